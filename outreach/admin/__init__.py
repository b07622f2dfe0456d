"""The editors' and operators' pages of this room."""

from outreach.admin import guides, hotline, questions, reception, seminars, tos

__all__ = ["guides", "hotline", "questions", "reception", "seminars", "tos"]
