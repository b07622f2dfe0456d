"""What a person reads in the portal itself, and matters that have come to their end."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications import said
from notifications.querysets import InboxQuerySet


class InboxItem(models.Model):
    """A piece of news to an account, in the words of the letter that tells it elsewhere."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    event = models.CharField(_("event"), max_length=64)
    template = models.CharField(_("template"), max_length=120)
    context = models.JSONField(default=dict)
    topic = models.CharField(_("about"), max_length=120)
    why = models.CharField(_("why it came"), max_length=300)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    dedupe_key = models.CharField(max_length=160, unique=True)
    created_at = models.DateTimeField(pgettext_lazy("news", "arrived"))
    read_at = models.DateTimeField(pgettext_lazy("news", "read"), null=True, blank=True)

    objects = InboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("inbox item")
        verbose_name_plural = _("inbox items")
        indexes = [
            models.Index(fields=["user", "-id"], name="inbox_of_user"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="inbox_unread"),
            models.Index(fields=["topic"], name="inbox_by_topic"),
            models.Index(fields=["created_at"], name="inbox_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} #{self.pk}"

    @property
    def why_said(self) -> str:
        """Why it came, in the active language."""
        return said.why(self.why, self.context.get("why"))


class EndedMatter(models.Model):
    """A matter that has ended: news of it written before then is of no use and does not leave."""

    point = models.CharField(max_length=120, primary_key=True)
    ended_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("ended matter")
        verbose_name_plural = _("ended matters")

    def __str__(self) -> str:
        return self.point
