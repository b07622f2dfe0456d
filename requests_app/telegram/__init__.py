"""The Telegram bot: following a request, its state, and the way to a new one."""
