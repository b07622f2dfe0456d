"""Tables of this room."""

from outreach.models.guides import Guide, Opinion, Topic, UnansweredSearch

__all__ = ["Guide", "Opinion", "Topic", "UnansweredSearch"]
