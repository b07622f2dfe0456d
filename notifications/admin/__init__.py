"""The outbox in the operators' workplace: messages, and in the demo the letters themselves."""

from notifications.admin import letters, outbox

__all__ = ["letters", "outbox"]
