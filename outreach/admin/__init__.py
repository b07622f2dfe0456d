"""The editors' and operators' pages of this room."""

from outreach.admin import guides, reception

__all__ = ["guides", "reception"]
