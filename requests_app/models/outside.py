"""Letters that people wrote to outside portals, by the number they have there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from requests_app.querysets_exchange import OutsideLetterQuerySet


class OutsideSource(models.TextChoices):
    """Which portal; its format is in requests_app/outside/sources.py."""

    POS = "pos", _("Gosuslugi. We decide together")
    GIS_ZHKH = "gis-zhkh", _("ГИС ЖКХ")


class LetterState(models.TextChoices):
    """What became of a letter."""

    FILED = "filed", pgettext_lazy("letter", "became a request")
    TO_SORT = "to_sort", pgettext_lazy("letter", "to be sorted out")
    DECLINED = "declined", pgettext_lazy("letter", "declined")


class OutsideLetter(models.Model):
    """
    One letter; sent again, it is found by its number and makes no second request.

    `payload` holds what it says, person included, only until it is sorted out: then the request
    and its contact do.
    """

    source = models.CharField(_("source"), max_length=16, choices=OutsideSource)
    number = models.CharField(_("number there"), max_length=64)
    received_at = models.DateTimeField(_("received there"))
    taken_at = models.DateTimeField(_("taken in"))
    state = models.CharField(_("state"), max_length=8, choices=LetterState)
    # Also when its request changes: the database sees to that (migration 0032).
    changed_at = models.DateTimeField(_("changed"))
    request = models.OneToOneField(
        "requests_app.Request",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outside",
        verbose_name=_("request"),
    )
    address = models.CharField(_("address there"), max_length=500, blank=True)
    matter = models.CharField(_("matter there"), max_length=200, blank=True)
    # What staff have to decide: codes of `outside.placing`, by commas.
    unclear = models.CharField(max_length=40, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    # Of what it said, to know a letter that was changed there.
    fingerprint = models.CharField(max_length=64)
    reason = models.CharField(_("why it was declined"), max_length=1000, blank=True)
    sorted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who sorted it out"),
    )

    objects = OutsideLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter from an outside portal")
        verbose_name_plural = _("letters from outside portals")
        permissions = [
            ("sort_outsideletter", _("Can sort out letters from outside portals")),
            ("take_outsideletter", _("Can take in letters from outside portals")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="outside_number_once"),
            models.CheckConstraint(
                condition=Q(state="filed", request__isnull=False)
                | Q(state="to_sort", request=None)
                | (Q(state="declined", request=None) & ~Q(reason="")),
                name="outside_state_says_all",
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at", "id"], condition=Q(state="to_sort"), name="outside_to_sort"
            ),
            models.Index(fields=["source", "id"], name="outside_by_source"),
            models.Index(fields=["source", "changed_at", "id"], name="outside_by_change"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.number}"


class OutsideMatter(models.Model):
    """What a matter of an outside portal is called here; learnt from staff, never guessed."""

    source = models.CharField(_("source"), max_length=16, choices=OutsideSource)
    name = models.CharField(_("matter there"), max_length=200)
    category = models.ForeignKey(
        "requests_app.Category", models.CASCADE, related_name="+", verbose_name=_("matter here")
    )

    class Meta:
        verbose_name = _("matter of an outside portal")
        verbose_name_plural = _("matters of outside portals")
        ordering = ["source", "name"]
        constraints = [
            models.UniqueConstraint(fields=["source", "name"], name="outside_matter_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.category}"
