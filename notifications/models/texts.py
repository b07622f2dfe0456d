"""Versions of letters' texts; the files of the portal hold until one is published."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LetterText(models.Model):
    """
    One published version of a letter's text in one language; never edited afterwards.

    The newest one holds. An empty one (`from_file`) gives the letter back to the portal's own text.
    """

    template = models.CharField(_("letter"), max_length=120)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES)
    number = models.PositiveIntegerField(_("version"))
    from_file = models.BooleanField(_("the portal's own text"), default=False)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=5_000, blank=True)
    button = models.CharField(_("words on the button"), max_length=60, blank=True)
    short = models.CharField(_("in short, for SMS and notifications"), max_length=300, blank=True)
    published_at = models.DateTimeField(pgettext_lazy("text", "published"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("text of a letter")
        verbose_name_plural = _("texts of letters")
        constraints = [
            models.UniqueConstraint(
                fields=["template", "language", "number"], name="letter_text_version_once"
            ),
            models.CheckConstraint(
                condition=Q(from_file=True) | (~Q(subject="") & ~Q(body="")),
                name="letter_text_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} ({self.language}) {self.number}"
