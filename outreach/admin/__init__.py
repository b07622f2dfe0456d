"""The editors' and operators' pages of this room."""

from outreach.admin import guides, hotline, questions, reception, seminars

__all__ = ["guides", "hotline", "questions", "reception", "seminars"]
