"""A court case, its parties, hearings, documents and story."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pghistory
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.fields import LowercaseEmailField
from claims.court.querysets import CaseQuerySet, HearingQuerySet
from claims.court.statuses import (
    OVER,
    CaseKind,
    CaseStatus,
    HearingState,
    Outcome,
    PartyRole,
    Side,
)

_OVER = sorted(str(status) for status in OVER)


def _money(label: object, **how: object) -> models.DecimalField:
    return models.DecimalField(
        label,  # type: ignore[arg-type]
        max_digits=14,
        decimal_places=2,
        validators=[MinValueValidator(Decimal(0))],
        **how,  # type: ignore[arg-type]
    )


@pghistory.track(
    pghistory.InsertEvent("filed"),
    pghistory.UpdateEvent("changed"),
    fields=["status", "outcome", "lawyer", "awarded_rub", "paid_rub", "court_number", "version"],
    model_name="CourtCaseAudit",
    append_only=True,
)
class CourtCase(models.Model):
    """
    The file of one suit. Its lawyer and its plaintiff open it, and nobody else.

    `status` is written by `claims.court.lifecycle` alone; `version` lets two lawyers who edit at
    once find out.
    """

    claim = models.OneToOneField(
        "claims.Claim",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="case",
        verbose_name=_("claim"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=CaseKind, default=CaseKind.SUIT)
    status = models.CharField(
        _("status"), max_length=12, choices=CaseStatus, default=CaseStatus.PREPARING
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    version = models.PositiveIntegerField(default=1)
    lawyer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="court_cases",
        verbose_name=_("lawyer"),
    )
    plaintiff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="own_court_cases",
        verbose_name=_("plaintiff's account"),
    )

    court = models.CharField(_("court"), max_length=300, blank=True)
    court_address = models.CharField(_("court's address"), max_length=300, blank=True)
    court_number = models.CharField(_("number in the court"), max_length=60, blank=True)
    judge = models.CharField(_("judge"), max_length=200, blank=True)

    subject = models.CharField(_("subject of the suit"), max_length=500)
    facts = models.TextField(_("circumstances"), blank=True)
    demands = models.TextField(_("other demands, one a line"), blank=True)
    attachments = models.TextField(_("attached papers, one a line"), blank=True)
    principal_rub = _money(_("to be returned, ₽"), default=0)
    damage_rub = _money(_("damage, ₽"), default=0)
    moral_rub = _money(_("moral damage, ₽"), default=0)
    # The penalty is counted from these, as of any day: a kept sum would be old tomorrow.
    penalty_price_rub = _money(_("price of the service for the penalty, ₽"), default=0)
    penalty_from = models.DateField(_("penalty from"), null=True, blank=True)
    penalty_until = models.DateField(
        _("penalty as of"),
        null=True,
        blank=True,
        help_text=_("Empty: as of the day the paper is made."),
    )
    asks_works = models.BooleanField(
        _("asks to oblige the defendant to do something"), default=False
    )
    is_consumer = models.BooleanField(_("the plaintiff sues as a consumer"), default=True)
    authority = models.CharField(
        _("lawyer's authority"),
        max_length=300,
        blank=True,
        help_text=_("Power of attorney: number, date, who certified it."),
    )

    opened_at = models.DateTimeField(pgettext_lazy("court case", "opened"))
    changed_at = models.DateTimeField(_("changed"))
    filed_on = models.DateField(_("filed"), null=True, blank=True)
    decided_on = models.DateField(_("decided"), null=True, blank=True)
    in_force_on = models.DateField(_("in force"), null=True, blank=True)
    writ_number = models.CharField(_("writ of execution"), max_length=60, blank=True)
    writ_on = models.DateField(_("writ received"), null=True, blank=True)
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    awarded_rub = _money(_("awarded, ₽"), null=True, blank=True)
    paid_rub = _money(_("received, ₽"), default=0)
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("court case")
        verbose_name_plural = _("court cases")
        ordering = ["-id"]
        permissions = [
            ("lead_courtcase", _("Can take on court cases")),
            ("assign_courtcase", _("Can give court cases to lawyers")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(status__in=_OVER) & Q(ended_on__isnull=False))
                | (~Q(status__in=_OVER) & Q(ended_on=None)),
                name="court_case_ends_once",
            ),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.PAID) | Q(paid_rub__gt=0),
                name="court_case_paid_is_money",
            ),
            models.CheckConstraint(
                condition=~Q(status=CaseStatus.PAID) | ~Q(outcome=""),
                name="court_case_paid_has_outcome",
            ),
        ]
        indexes = [
            models.Index(fields=["lawyer", "status"], name="court_case_by_lawyer"),
            models.Index(fields=["ended_on"], name="court_case_by_end"),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk}"

    def get_absolute_url(self) -> str:
        """Return the address of its file."""
        return reverse("court:case", args=[self.pk])

    @property
    def is_over(self) -> bool:
        """Whether nobody has to do anything more."""
        return self.status in OVER


class CaseParty(models.Model):
    """Who stands in a case as whom; emptied when the file's time is over."""

    case = models.ForeignKey(CourtCase, models.CASCADE, related_name="parties")
    role = models.CharField(_("role"), max_length=16, choices=PartyRole)
    name = models.CharField(_("name"), max_length=300)
    inn = models.CharField(_("ИНН"), max_length=12, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    email = LowercaseEmailField(_("e-mail"), blank=True)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["case", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(role=PartyRole.PLAINTIFF), name="court_one_plaintiff"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.role}"


class CaseHearing(models.Model):
    """A sitting of the court, in the court's own zone; a moved one keeps its uid."""

    case = models.ForeignKey(CourtCase, models.CASCADE, related_name="hearings")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0)
    starts_at = models.DateTimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=60)
    zone = models.CharField(_("time zone of the court"), max_length=40)
    place = models.CharField(_("place"), max_length=300)
    note = models.CharField(_("what about"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=HearingState, default=HearingState.PLANNED
    )
    result = models.CharField(_("what came of it"), max_length=1_000, blank=True)
    changed_at = models.DateTimeField(_("changed"))

    objects = HearingQuerySet.as_manager()

    class Meta:
        verbose_name = _("hearing")
        verbose_name_plural = _("hearings")
        ordering = ["starts_at", "id"]
        constraints = [
            # A double click puts one hearing on the calendar, not two.
            models.UniqueConstraint(
                fields=["case", "starts_at"],
                condition=~Q(state=HearingState.CANCELLED),
                name="court_one_hearing_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["state", "starts_at"], name="court_hearing_by_time")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def ends_at(self) -> datetime:
        """When it is likely over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def local(self) -> datetime:
        """Its beginning by the court's clock."""
        return self.starts_at.astimezone(ZoneInfo(self.zone))


class CaseDocument(models.Model):
    """A paper of the case: a scan or a photo, kept as every upload is."""

    case = models.ForeignKey(CourtCase, models.CASCADE, related_name="documents")
    upload = models.OneToOneField("accounts.Upload", models.PROTECT, related_name="+")
    title = models.CharField(_("what it is"), max_length=300)
    added_by = models.CharField(_("who added"), max_length=12, choices=Side)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("paper of a case")
        verbose_name_plural = _("papers of a case")
        ordering = ["-added_at", "-id"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.upload_id}"


class CaseEvent(models.Model):
    """One line of a case's story; both its people read it."""

    case = models.ForeignKey(CourtCase, models.CASCADE, related_name="events")
    at = models.DateTimeField(_("at"))
    step = models.CharField(_("step"), max_length=20)
    status = models.CharField(_("status"), max_length=12, choices=CaseStatus)
    author = models.CharField(_("author"), max_length=12, choices=Side)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    day = models.DateField(_("day"), null=True, blank=True)
    amount_rub = _money(_("rubles"), null=True, blank=True)
    text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("line of a case")
        verbose_name_plural = _("lines of a case")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.step}"
