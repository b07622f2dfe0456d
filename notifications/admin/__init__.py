"""The outbox in the operators' workplace: messages, and in the demo the letters themselves."""

from notifications.admin import fan_outs, letters, outbox, texts, webhooks

__all__ = ["fan_outs", "letters", "outbox", "texts", "webhooks"]
