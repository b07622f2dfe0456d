"""One fault or planned outage over many buildings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from disclosure.utilities import Utility
from requests_app.querysets import IncidentQuerySet


class IncidentKind(models.TextChoices):
    """Whether somebody meant it."""

    FAULT = "fault", _("Fault")
    PLANNED = "planned", _("Planned outage")


class Incident(models.Model):
    """A fault or planned outage; requests about it hang on it."""

    kind = models.CharField(_("kind"), max_length=8, choices=IncidentKind)
    utility = models.CharField(_("utility"), max_length=16, choices=Utility, blank=True)
    category = models.ForeignKey(
        "requests_app.Category", models.PROTECT, related_name="+", verbose_name=_("category")
    )
    title = models.CharField(_("what happened"), max_length=200)
    text = models.TextField(_("what is being done"), blank=True)
    started_at = models.DateTimeField(_("started"))
    expected_end_at = models.DateTimeField(_("expected to end"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    buildings = models.ManyToManyField(
        "disclosure.Building", through="IncidentBuilding", verbose_name=_("buildings")
    )

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")),
                name="incident_ends_after_start",
            )
        ]
        indexes = [
            models.Index(fields=["started_at"], condition=Q(ended_at=None), name="incident_open"),
        ]

    def __str__(self) -> str:
        return self.title


class IncidentBuilding(models.Model):
    """A building that an incident touches."""

    incident = models.ForeignKey(Incident, models.CASCADE)
    building = models.ForeignKey("disclosure.Building", models.PROTECT, related_name="incidents")

    class Meta:
        verbose_name = _("building of the incident")
        verbose_name_plural = _("buildings of the incident")
        constraints = [
            models.UniqueConstraint(
                fields=["building", "incident"], name="incident_names_building_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.building_id}"
