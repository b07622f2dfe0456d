"""What the operators' desk remembers: who looks at what, and saves that came too late."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Presence(models.Model):
    """An operator has this request open; the newest ping wins, old ones mean nothing."""

    request = models.ForeignKey("requests_app.Request", models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "user"], name="presence_once_per_operator")
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.user_id}"


class RefusedSave(models.Model):
    """A save refused because another came first: what was meant is kept beside what stands."""

    request = models.ForeignKey(
        "requests_app.Request", models.CASCADE, related_name="refused_saves"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(_("at"))
    seen_version = models.PositiveIntegerField()
    current_version = models.PositiveIntegerField()
    attempted = models.JSONField(_("what was meant"))

    class Meta:
        verbose_name = _("refused save")
        verbose_name_plural = _("refused saves")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.seen_version} < {self.current_version}"
