"""A photo of a request that still lies on another machine."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RemotePhoto(models.Model):
    """
    An address to fetch a photo from; gone as soon as it is fetched, or given up.

    Only hosts that the operator of the portal named (OPEN311_MEDIA_HOSTS) get here.
    """

    request = models.ForeignKey(
        "requests_app.Request", models.CASCADE, related_name="remote_photos"
    )
    url = models.TextField()
    tries = models.PositiveSmallIntegerField(default=0)
    # The next try; while one runs, when another worker may take it over.
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("photo to fetch")
        verbose_name_plural = _("photos to fetch")
        indexes = [models.Index(fields=["due_at"], name="remote_photo_due")]

    def __str__(self) -> str:
        return f"#{self.pk}"
