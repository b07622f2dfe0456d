"""The request itself, its contact, timeline, files and act."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from requests_app.clocks import LegalKind
from requests_app.querysets import EventQuerySet, RequestQuerySet
from requests_app.statuses import OPEN, Channel, Outcome, Status, plain_words

if TYPE_CHECKING:
    from django.utils.functional import Promise

OPEN_CODES = sorted(str(code) for code in OPEN)


class PauseReason(models.TextChoices):
    """The only grounds on which the law lets a clock stand still."""

    RESIDENT = "resident", _("Waiting for the resident's answer")
    ACCESS = "access", _("Access agreed with the resident")


# Only what decides about a request is audited; texts and contacts have homes of their own.
@pghistory.track(
    pghistory.InsertEvent("filed"),
    pghistory.UpdateEvent("changed"),
    fields=[
        "status",
        "outcome",
        "category",
        "executor_inn",
        "executor_name",
        "assigned_to",
        "incident",
        "public",
        "due_at",
        "version",
    ],
    model_name="RequestAudit",
    append_only=True,
)
class Request(models.Model):
    """
    What a resident asks for, with what was promised at intake copied onto it.

    `status` is written by `requests_app.lifecycle` and nobody else.
    """

    number = models.CharField(_("number"), max_length=16, unique=True, editable=False)
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    code_hash = models.CharField(max_length=64, editable=False)
    channel = models.CharField(
        _("channel"), max_length=12, choices=Channel, default=Channel.WEB, editable=False
    )
    registered_at = models.DateTimeField(_("registered"), editable=False)

    category = models.ForeignKey(
        "requests_app.Category", models.PROTECT, related_name="requests", verbose_name=_("category")
    )
    building = models.ForeignKey(
        "disclosure.Building", models.PROTECT, related_name="requests", verbose_name=_("building")
    )
    entrance = models.CharField(_("entrance"), max_length=8, blank=True)
    flat = models.CharField(_("flat"), max_length=12, blank=True)
    description = models.TextField(_("description"))
    public = models.BooleanField(_("shown in the public list"), default=False)
    resident = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("resident"),
    )

    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.NEW, editable=False
    )
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=Outcome, blank=True, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(_("changed"), editable=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    reopened_count = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    duplicate_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="duplicates",
        verbose_name=_("duplicate of"),
    )

    # Who answers. Name, ИНН and phone are copied: a later edit of the register rewrites no promise.
    company = models.ForeignKey(
        "disclosure.ManagementCompany",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("management company"),
    )
    supplier = models.ForeignKey(
        "disclosure.ResourceSupplier",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("resource supplier"),
    )
    executor_inn = models.CharField(_("executor's ИНН"), max_length=12, blank=True)
    executor_name = models.CharField(_("executor"), max_length=300, blank=True)
    executor_phone = models.CharField(_("executor's phone"), max_length=64, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_requests",
        verbose_name=_("operator"),
    )
    incident = models.ForeignKey(
        "requests_app.Incident",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("incident"),
    )

    # The promise made at intake.
    norm = models.ForeignKey(
        "requests_app.Norm", models.PROTECT, null=True, blank=True, verbose_name=_("norm")
    )
    norm_clause = models.CharField(_("clause"), max_length=200, blank=True)
    norm_text = models.TextField(_("what the norm says"), blank=True)
    is_emergency = models.BooleanField(_("emergency"), default=False)
    react_by = models.DateTimeField(_("react by"), null=True, blank=True)
    inspect_by = models.DateTimeField(_("inspect by"), null=True, blank=True)
    fix_by = models.DateTimeField(_("fix by"), null=True, blank=True)
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"))
    paused_at = models.DateTimeField(_("clock stands since"), null=True, blank=True)
    pause_reason = models.CharField(
        _("why the clock stands"), max_length=12, choices=PauseReason, blank=True
    )

    # What it is before the law, what each stage was first promised, and what was reached when.
    legal_kind = models.CharField(
        _("legal kind"),
        max_length=16,
        choices=LegalKind,
        default=LegalKind.SERVICE,
        db_default=LegalKind.SERVICE,
        editable=False,
    )
    # {"fix": {"by": ISO moment, "clause": …}, …}; never changed by pauses or extensions.
    promised = models.JSONField(default=dict, db_default={}, blank=True, editable=False)
    planned_at = models.DateTimeField(_("planned for"), null=True, blank=True, editable=False)
    visit_at = models.DateTimeField(_("visit agreed for"), null=True, blank=True, editable=False)
    reacted_at = models.DateTimeField(_("harm stopped"), null=True, blank=True, editable=False)
    inspected_at = models.DateTimeField(_("looked at"), null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    extended_at = models.DateTimeField(
        _("answer put off on"), null=True, blank=True, editable=False
    )

    search = models.GeneratedField(
        expression=SearchVector("description", config="russian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        permissions = [
            ("see_contact", _("Can see the contact of a request")),
            ("triage_request", _("Can triage requests")),
            ("see_operators", _("Can see how each operator works")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED) | Q(outcome=""),
                name="request_outcome_only_when_closed",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CLOSED) | ~Q(outcome=""),
                name="request_closed_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(company=None) | Q(supplier=None), name="request_one_executor"
            ),
            models.CheckConstraint(
                condition=Q(paused_at=None) | Q(status=Status.NEEDS_INFO),
                name="request_pause_only_while_waiting",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(status__in=OPEN_CODES),
                name="request_work_list",
            ),
            models.Index(fields=["status", "due_at", "id"], name="request_by_status"),
            # Whether a fault had just been repaired there: asked of each request of a company.
            models.Index(
                fields=["building", "category", "done_at"],
                condition=Q(done_at__isnull=False),
                name="request_repaired_here",
            ),
            models.Index(fields=["due_at", "id"], name="request_by_due"),
            models.Index(
                fields=["assigned_to", "due_at", "id"],
                condition=Q(status__in=OPEN_CODES),
                name="request_by_operator_open",
            ),
            models.Index(
                fields=["executor_inn", "due_at", "id"],
                condition=Q(status__in=OPEN_CODES),
                name="request_by_executor_open",
            ),
            models.Index(
                fields=["executor_inn", "-registered_at", "-id"], name="request_by_executor"
            ),
            # What an executor's program asks again and again: what changed since.
            models.Index(
                fields=["executor_inn", "changed_at", "id"], name="request_by_executor_change"
            ),
            models.Index(fields=["resident", "-registered_at", "-id"], name="request_by_resident"),
            models.Index(fields=["building", "-registered_at", "-id"], name="request_by_building"),
            models.Index(fields=["category", "due_at", "id"], name="request_by_category"),
            models.Index(fields=["-registered_at", "-id"], name="request_newest"),
            models.Index(
                fields=["-registered_at", "-id"],
                condition=Q(public=True),
                name="request_public_newest",
            ),
            models.Index(
                fields=["-registered_at", "-id"],
                condition=Q(public=True, status__in=OPEN_CODES),
                name="request_public_open",
            ),
            # What changed since a front asked last; a closed one changed when it was closed.
            models.Index(
                Coalesce("closed_at", "changed_at").desc(),
                F("id").desc(),
                condition=Q(public=True),
                name="request_public_changed",
            ),
            models.Index(
                fields=["done_at"], condition=Q(status=Status.DONE), name="request_done_waiting"
            ),
            GinIndex("search", name="request_search", fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to work on it."""
        return self.status in OPEN

    @property
    def plain_status(self) -> Promise:
        """What a resident reads for where the request stands."""
        return plain_words(self.status, self.outcome)


# By what law outside portals hand contacts over; they answer the person themselves.
OUTSIDE_BASES = ["59-FZ", "209-FZ"]


class RequestContact(models.Model):
    """
    How to reach the person who asked; apart from the request, so that lists cannot leak it.

    Each look by staff is logged; `retention_until` says when it must be gone.
    """

    request = models.OneToOneField(
        Request, models.CASCADE, related_name="contact", primary_key=True
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    consent_at = models.DateTimeField(_("consent given"))
    # The wording, or the law that needs no consent of ours.
    consent_version = models.CharField(_("text of the consent"), max_length=32)
    retention_until = models.DateField(_("kept until"))

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            # Who wrote through an outside portal is answered there.
            models.CheckConstraint(
                condition=~Q(email="") | ~Q(phone="") | Q(consent_version__in=OUTSIDE_BASES),
                name="contact_or_portal_reaches",
            )
        ]
        indexes = [
            models.Index(fields=["phone"], condition=~Q(phone=""), name="contact_by_phone"),
            models.Index(fields=["email"], condition=~Q(email=""), name="contact_by_email"),
            models.Index(fields=["retention_until"], name="contact_by_retention"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def basis(self) -> str:
        """The law by which it came without a consent of ours; empty: the person agreed."""
        return self.consent_version if self.consent_version in OUTSIDE_BASES else ""


class EventKind(models.TextChoices):
    """What a line of the timeline tells."""

    FILED = "filed", _("Filed")
    STATUS = "status", _("Status")
    COMMENT = "comment", _("Comment")
    NOTE = "note", _("Internal note")
    ASSIGNED = "assigned", _("Operator")
    RECATEGORISED = "recategorised", _("Category")
    INCIDENT = "incident", _("Incident")
    PLANNED = "planned", _("Planned time")
    REACTED = "reacted", _("Harm stopped")
    VISIT = "visit", _("Visit agreed")
    INSPECTED = "inspected", _("Act of inspection")
    ANSWERED = "answered", _("Written answer")
    EXTENDED = "extended", _("Answer put off")
    ASKED_TIME = "asked_time", _("More time asked for")
    ASKED_PASS = "asked_pass", _("Passing on asked for")
    MARKED = "marked", _("Resident's mark")
    ESCALATED = "escalated", _("Broken deadline")


class Author(models.TextChoices):
    """On whose side the author of a line stands; people are never named in public."""

    RESIDENT = "resident", _("Resident")
    OPERATOR = "operator", _("Contact centre")
    EXECUTOR = "executor", _("Executor")
    SYSTEM = "system", _("The portal")


class RequestEvent(models.Model):
    """One line of the timeline; append-only, also for the database."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="events")
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=16, choices=EventKind)
    step = models.CharField(_("step"), max_length=24, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status)
    text = models.TextField(_("text"), blank=True)
    public = models.BooleanField(_("seen by the resident"), default=True)
    author = models.CharField(_("author"), max_length=10, choices=Author)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Values the line is made of: {"executor": …, "due_at": …, "outcome": …}; never a person.
    data = models.JSONField(default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("timeline event")
        verbose_name_plural = _("timeline events")
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["request", "at", "id"], name="event_by_request"),
            # What the staff did today, for the operators' board.
            models.Index(fields=["at"], condition=Q(author="operator"), name="event_of_staff"),
            # What fronts of other systems ask for every hour.
            models.Index(fields=["at", "id"], condition=Q(kind="status"), name="event_of_state"),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind} {self.at:%Y-%m-%d %H:%M}"


class Shows(models.TextChoices):
    """What a photo of an act proves."""

    BEFORE = "before", _("Before the work")
    AFTER = "after", _("After the work")


class Attachment(models.Model):
    """A file of a request: sent with it, added to a comment, or the scan of an act."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="attachments")
    event = models.ForeignKey(RequestEvent, models.CASCADE, related_name="attachments")
    upload = models.OneToOneField("accounts.Upload", models.PROTECT, related_name="attachment")
    shows = models.CharField(
        _("shows"), max_length=8, choices=Shows, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Act(models.Model):
    """The executor's signed proof that the work is done."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="acts")
    event = models.OneToOneField(RequestEvent, models.CASCADE, related_name="act")
    signed_on = models.DateField(_("signed on"))
    signer = models.CharField(_("who signed"), max_length=200)
    upload = models.ForeignKey(
        "accounts.Upload",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="acts",
        verbose_name=_("scan"),
    )

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"#{self.pk}"
