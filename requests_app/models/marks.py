"""What residents think of the work: a mark from one to five beside the words in the timeline."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from requests_app.models.requests import Author, Request

WORST, BEST = 1, 5


class Mark(models.Model):
    """
    The mark that stands for a request; the timeline keeps each that was given.

    `origin` tells marks given from one network address, as a keyed digest: the address itself is
    kept nowhere. It is empty for what was said on the phone.
    """

    request = models.OneToOneField(Request, models.CASCADE, related_name="mark", primary_key=True)
    value = models.PositiveSmallIntegerField(_("mark"))
    at = models.DateTimeField(_("given"))
    by = models.CharField(_("written down by"), max_length=10, choices=Author)
    origin = models.CharField(max_length=32, blank=True, editable=False)

    class Meta:
        verbose_name = _("resident's mark")
        verbose_name_plural = _("residents' marks")
        constraints = [
            models.CheckConstraint(
                condition=Q(value__gte=WORST, value__lte=BEST), name="mark_from_one_to_five"
            )
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.value}"
