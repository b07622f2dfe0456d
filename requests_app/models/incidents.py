"""One fault or planned outage over many buildings: its news, its followers, its background work."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from disclosure.utilities import Utility
from notifications.models import ENDED, BackgroundWork
from requests_app.querysets import IncidentQuerySet


class IncidentKind(models.TextChoices):
    """Whether somebody meant it."""

    FAULT = "fault", _("Fault")
    PLANNED = "planned", _("Planned outage")


class Ending(models.TextChoices):
    """How an incident ended; empty while it has not."""

    OVER = "over", _("it is over")
    CANCELLED = "cancelled", _("it was cancelled")
    MERGED = "merged", _("it went into another one")


class Incident(models.Model):
    """A fault or planned outage; requests about it hang on it."""

    kind = models.CharField(_("kind"), max_length=8, choices=IncidentKind)
    utility = models.CharField(_("utility"), max_length=16, choices=Utility, blank=True)
    category = models.ForeignKey(
        "requests_app.Category", models.PROTECT, related_name="+", verbose_name=_("category")
    )
    title = models.CharField(_("what happened"), max_length=200)
    text = models.TextField(_("what is being done"), blank=True)
    cause = models.CharField(_("cause"), max_length=300, blank=True, db_default="", default="")
    # Who mends it, copied: a later edit of the register rewrites no history.
    executor_inn = models.CharField(
        _("executor's ИНН"), max_length=12, blank=True, db_default="", default=""
    )
    executor_name = models.CharField(
        _("executor"), max_length=300, blank=True, db_default="", default=""
    )
    executor_phone = models.CharField(
        _("executor's phone"), max_length=64, blank=True, db_default="", default=""
    )
    started_at = models.DateTimeField(_("started"))
    expected_end_at = models.DateTimeField(_("expected to end"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ending = models.CharField(
        _("how it ended"), max_length=10, choices=Ending, blank=True, db_default="", default=""
    )
    ending_reason = models.CharField(
        _("reason"), max_length=500, blank=True, db_default="", default=""
    )
    # The act of the whole incident; each request that ends with it gets the same one.
    act_signed_on = models.DateField(_("act signed on"), null=True, blank=True)
    act_signer = models.CharField(
        _("who signed the act"), max_length=200, blank=True, db_default="", default=""
    )
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


class UpdateKind(models.TextChoices):
    """What a line of an incident's news tells."""

    OPENED = "opened", _("Opened")
    NEWS = "news", _("News")
    HOUSES = "houses", _("Houses changed")
    CORRECTED = "corrected", _("Corrected")
    OVER = "over", _("Over")
    CANCELLED = "cancelled", _("Cancelled")
    MERGED = "merged", _("Went into another")
    TOOK_IN = "took_in", _("Took in another")


class IncidentUpdate(models.Model):
    """One line of an incident's news, public; append-only, also for the database."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="updates")
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=10, choices=UpdateKind)
    text = models.TextField(_("text"), blank=True)
    # What the portal itself says: values, put into words for each reader by `incidents.words`.
    # Null: `text` says all; so did every line of before.
    told = models.JSONField(null=True, blank=True)
    # The incident that this one went into.
    into = models.ForeignKey(
        Incident,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="took_in",
        verbose_name=_("went into"),
    )
    # By when it should end, as this line promised.
    expected_end_at = models.DateTimeField(_("expected to end"), null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("news of an incident")
        verbose_name_plural = _("news of incidents")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["incident", "at", "id"], name="update_by_incident")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.kind} {self.at:%Y-%m-%d %H:%M}"


class JobKind(models.TextChoices):
    """What is done for many people in the background."""

    ATTACH = "attach", _("Attaching requests")
    TELL = "tell", _("Telling residents")
    END = "end", _("Ending requests and telling residents")
    MERGE = "merge", _("Handing over to the other incident and telling residents")


class JobStage(models.TextChoices):
    """Whom a job is at; in this order."""

    REQUESTS = "requests", _("attached requests")
    FOLLOWERS = "followers", _("followers of the incident")
    HOUSES = "houses", _("subscribers of the houses")


class IncidentJob(BackgroundWork):
    """
    Work for many requests or readers, made in batches.

    A batch and `place`, where it stopped, are one transaction: a worker that dies loses nothing,
    and the next one goes on from there.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="jobs")
    update = models.ForeignKey(IncidentUpdate, models.PROTECT, related_name="jobs")
    kind = models.CharField(_("what"), max_length=8, choices=JobKind)
    stage = models.CharField(_("is at"), max_length=10, choices=JobStage, default=JobStage.REQUESTS)
    place = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(_("in all"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    # Requests that could not be ended: the lifecycle has no such step from where they stand.
    left_out = models.PositiveIntegerField(_("left out"), default=0)
    created_at = models.DateTimeField(_("asked for"))
    moved_at = models.DateTimeField(_("last batch"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("background work of an incident")
        verbose_name_plural = _("background work of incidents")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["update", "kind"], name="job_once_an_update")
        ]
        indexes = [
            models.Index(fields=["id"], condition=~Q(state__in=ENDED), name="job_not_ended"),
            models.Index(fields=["incident", "-id"], name="job_by_incident"),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.kind} {self.done}/{self.total}"

    @property
    def letters_begin_with(self) -> str:
        """What the keys of its news begin with; the letter about one's own request is no news."""
        return "" if self.kind == JobKind.ATTACH else f"incident:{self.update_id}:"

    @property
    def may_be_cancelled(self) -> bool:
        """A merge is not left half done: people and requests would hang on what is gone."""
        return self.kind != JobKind.MERGE
