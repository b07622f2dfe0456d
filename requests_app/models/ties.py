"""How requests hang together: links between two, and a batch of steps that can be taken back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Tie(models.TextChoices):
    """Why two requests are linked."""

    RELATED = "related", _("belong together")
    SPLIT = "split", _("one was split off the other")


class RequestLink(models.Model):
    """Two requests that belong together; stored once, the earlier row first."""

    first = models.ForeignKey("requests_app.Request", models.CASCADE, related_name="+")
    second = models.ForeignKey("requests_app.Request", models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=Tie, default=Tie.RELATED)

    class Meta:
        verbose_name = _("link of requests")
        verbose_name_plural = _("links of requests")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="link_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="link_in_order_and_not_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} – {self.second_id}"


class Batch(models.Model):
    """One step made for many requests at once; it can be taken back while no letter has left."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # The press that made it: a second press finds it and makes nothing.
    key = models.CharField(max_length=64)
    verb = models.CharField(max_length=16)
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="batch_press_once")]
        indexes = [models.Index(fields=["made_at"], name="batch_by_time")]

    def __str__(self) -> str:
        return f"{self.verb} #{self.pk}"


class BatchPart(models.Model):
    """What the batch did to one request, and what stood there before."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="parts")
    request = models.ForeignKey("requests_app.Request", models.CASCADE, related_name="+")
    event = models.ForeignKey("requests_app.RequestEvent", models.CASCADE, related_name="+")
    # The version that the step left behind: another one means that somebody went on from it.
    version = models.PositiveIntegerField()
    before = models.JSONField()

    class Meta:
        verbose_name = _("part of a batch")
        verbose_name_plural = _("parts of a batch")
        constraints = [models.UniqueConstraint(fields=["batch", "request"], name="batch_part_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}: {self.request_id}"
