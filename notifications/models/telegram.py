"""What the Telegram bot remembers: which updates it has answered, and codes that link accounts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TelegramUpdate(models.Model):
    """An update that has been answered: Telegram sends one again until it hears «yes»."""

    update_id = models.BigIntegerField(primary_key=True)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("update of Telegram")
        verbose_name_plural = _("updates of Telegram")

    def __str__(self) -> str:
        return str(self.update_id)


class LinkCode(models.Model):
    """A code that links a chat to an account, once and soon; only its hash is kept."""

    code_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("code that links a chat")
        verbose_name_plural = _("codes that link chats")

    def __str__(self) -> str:
        return f"#{self.pk}"
