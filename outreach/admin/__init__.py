"""The editors' and operators' pages of this room."""

from outreach.admin import guides, questions, reception

__all__ = ["guides", "questions", "reception"]
