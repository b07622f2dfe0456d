"""Requests followed from a chat."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app.models.requests import Request


class ChatFollow(models.Model):
    """A Telegram chat hears of a request whose number and code its holder knew."""

    chat = models.CharField(max_length=32)
    request = models.ForeignKey(Request, models.CASCADE, related_name="chat_follows")
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("request followed from a chat")
        verbose_name_plural = _("requests followed from chats")
        constraints = [
            models.UniqueConstraint(fields=["chat", "request"], name="chat_follows_once")
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
