"""What the watch for bursts remembers: requests heard, the past of places, and its proposals."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from disclosure.utilities import Utility
from requests_app.querysets import ProposalQuerySet


class ProposalState(models.TextChoices):
    """Where a proposal stands; the codes are those of `incidents.bursts_grouping.State`."""

    OPEN = "open", _("waits for an operator")
    ACCEPTED = "accepted", _("became an incident")
    DISMISSED = "dismissed", _("dismissed")
    MERGED = "merged", _("went into a wider one")


class ProposalScope(models.TextChoices):
    """How wide the place is; the codes are those of `incidents.bursts.Scope`."""

    HOUSE = "house", _("House")
    STREET = "street", _("Street")
    ZONE = "zone", _("Supply zone")


class IncidentProposal(models.Model):
    """A burst of requests that looks like an incident, and what an operator decided about it."""

    utility = models.CharField(_("utility"), max_length=16, choices=Utility)
    scope = models.CharField(_("place"), max_length=8, choices=ProposalScope)
    building = models.ForeignKey("disclosure.Building", models.PROTECT, related_name="+")
    street = models.ForeignKey("disclosure.Street", models.PROTECT, related_name="+")
    zone = models.CharField(_("supply zone"), max_length=160)
    state = models.CharField(
        _("state"), max_length=10, choices=ProposalState, default=ProposalState.OPEN
    )
    first_at = models.DateTimeField(_("first request"))
    last_at = models.DateTimeField(_("newest request"))
    raised_at = models.DateTimeField(_("raised"))
    # What the test saw when it raised or last widened the proposal.
    counted = models.CharField(max_length=8)
    window_minutes = models.PositiveSmallIntegerField()
    seen = models.PositiveIntegerField()
    expected = models.FloatField()
    chance = models.FloatField()
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    incident = models.ForeignKey(
        "requests_app.Incident", models.SET_NULL, null=True, blank=True, related_name="proposals"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed incident")
        verbose_name_plural = _("proposed incidents")
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ProposalState.DISMISSED) | ~Q(reason=""),
                name="proposal_dismissed_with_reason",
            )
        ]
        indexes = [
            models.Index(fields=["utility", "last_at"], name="proposal_by_utility"),
            models.Index(fields=["-raised_at", "-id"], name="proposal_newest"),
            models.Index(
                fields=["-last_at"], condition=Q(state=ProposalState.OPEN), name="proposal_open"
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"


class HeardRequest(models.Model):
    """
    A request about a utility as the watch counts it; rows of no proposal go after some days.

    `is_counted` is false where an incident was known, or the request is itself no news.
    """

    request = models.OneToOneField(
        "requests_app.Request", models.CASCADE, related_name="heard", primary_key=True
    )
    at = models.DateTimeField()
    utility = models.CharField(max_length=16, choices=Utility)
    building = models.ForeignKey("disclosure.Building", models.PROTECT, related_name="+")
    street = models.ForeignKey("disclosure.Street", models.PROTECT, related_name="+")
    zone = models.CharField(max_length=160)
    # A hash of flat or phone: tells one caller of a house from another, and names nobody.
    caller = models.CharField(max_length=16)
    flats = models.PositiveIntegerField()
    is_counted = models.BooleanField(default=True)
    proposal = models.ForeignKey(
        IncidentProposal, models.SET_NULL, null=True, blank=True, related_name="heard"
    )

    class Meta:
        verbose_name = _("request heard")
        verbose_name_plural = _("requests heard")
        indexes = [models.Index(fields=["utility", "at"], name="heard_by_utility")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class QuietPast(models.Model):
    """How many requests about a utility the city sends by hour and month, counted every night."""

    utility = models.CharField(max_length=16, choices=Utility, unique=True)
    counted_at = models.DateTimeField()
    # `bursts_history.History` without its places.
    values = models.JSONField()

    class Meta:
        verbose_name = _("quiet past of a utility")
        verbose_name_plural = _("quiet past of utilities")

    def __str__(self) -> str:
        return self.utility


class QuietPlace(models.Model):
    """What part of the last year's requests about a utility a house, street or zone sent."""

    utility = models.CharField(max_length=16, choices=Utility)
    scope = models.CharField(max_length=8, choices=ProposalScope)
    # The id of the house or street, or the zone's name.
    key = models.CharField(max_length=160)
    flats = models.PositiveIntegerField()
    seen = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("quiet past of a place")
        verbose_name_plural = _("quiet past of places")
        constraints = [
            models.UniqueConstraint(
                fields=["utility", "scope", "key"], name="quiet_place_once_a_utility"
            )
        ]

    def __str__(self) -> str:
        return f"{self.utility}: {self.scope} {self.key}"
