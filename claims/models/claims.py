"""A claim for a reduced bill, the hours it is about, and its timeline."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from claims.calculator.wording import SERVICES
from claims.querysets import ClaimQuerySet
from claims.statuses import AWAITED, ClaimStatus
from requests_app.steps import Role

_AWAITED = sorted(str(status) for status in AWAITED)


@pghistory.track(
    pghistory.InsertEvent("filed"),
    pghistory.UpdateEvent("changed"),
    fields=["status", "amount_rub", "granted_rub", "paid_rub", "credited_in", "due_at", "version"],
    model_name="ClaimAudit",
    append_only=True,
)
class Claim(models.Model):
    """
    What a resident demands back for one month of one utility.

    Bill, intervals, figures and result are copied when it is filed: a later change of the law's
    figures rewrites nothing. `status` is written by `claims.lifecycle` and nobody else.
    """

    request = models.ForeignKey(
        "requests_app.Request", models.PROTECT, related_name="claims", verbose_name=_("request")
    )
    place = models.PositiveSmallIntegerField(_("place among the request's claims"))
    number = models.CharField(_("number"), max_length=24, unique=True)
    service = models.CharField(
        _("utility"), max_length=12, choices=[(str(one.service), one.label) for one in SERVICES]
    )
    month = models.DateField(_("month of the bill"))
    account = models.CharField(_("personal account"), max_length=40, blank=True)
    body = models.JSONField(_("bill and intervals"))
    figures = models.JSONField(_("figures of the law"))
    found = models.JSONField(_("calculation"))
    charge_rub = models.DecimalField(_("charged, ₽"), max_digits=12, decimal_places=2)
    amount_rub = models.DecimalField(_("demanded, ₽"), max_digits=12, decimal_places=2)
    granted_rub = models.DecimalField(
        _("granted, ₽"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    paid_rub = models.DecimalField(
        _("on the bill, ₽"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    credited_in = models.DateField(_("month of the bill with the money"), null=True, blank=True)

    status = models.CharField(
        _("status"), max_length=12, choices=ClaimStatus, default=ClaimStatus.SENT
    )
    version = models.PositiveIntegerField(default=1)
    filed_at = models.DateTimeField(_("filed"))
    changed_at = models.DateTimeField(_("changed"))
    pressed_at = models.DateTimeField(_("pre-trial claim sent"), null=True, blank=True)
    due_at = models.DateTimeField(_("answer due"), null=True, blank=True)
    is_forgotten = models.BooleanField(_("personal data destroyed"), default=False)

    company = models.ForeignKey(
        "disclosure.ManagementCompany",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("management company"),
    )
    supplier = models.ForeignKey(
        "disclosure.ResourceSupplier",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("resource supplier"),
    )
    executor_inn = models.CharField(_("executor's ИНН"), max_length=12, blank=True)
    executor_name = models.CharField(_("executor"), max_length=300, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-filed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "place"], name="claims_place_once"),
            models.CheckConstraint(
                condition=Q(amount_rub__gt=0, amount_rub__lte=F("charge_rub")),
                name="claims_amount_within_charge",
            ),
            models.CheckConstraint(
                condition=Q(granted_rub=None) | Q(granted_rub__gt=0),
                name="claims_granted_is_money",
            ),
            models.CheckConstraint(
                condition=Q(status=ClaimStatus.PAID, paid_rub__gt=0)
                | (~Q(status=ClaimStatus.PAID) & Q(paid_rub=None)),
                name="claims_paid_is_money",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(status__in=_AWAITED), name="claims_answer_due"
            ),
            models.Index(fields=["executor_inn", "-filed_at"], name="claims_by_executor"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        number, place = self.number.split("/")
        return reverse("claims_of_request:claim", args=[number, int(place)])


class ClaimSpan(models.Model):
    """Hours that a claim is about; for one flat and utility no two living claims share any."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="spans")
    building = models.ForeignKey("disclosure.Building", models.PROTECT, related_name="+")
    # The flat, or the request where none was named: neighbours without a flat are not one account.
    household = models.CharField(max_length=40)
    service = models.CharField(max_length=12)
    during = DateTimeRangeField()
    is_living = models.BooleanField(default=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="claims_no_hour_twice",
                expressions=[
                    (F("building"), RangeOperators.EQUAL),
                    (F("household"), RangeOperators.EQUAL),
                    (F("service"), RangeOperators.EQUAL),
                    (F("during"), RangeOperators.OVERLAPS),
                ],
                condition=Q(is_living=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.during}"


class ClaimEvent(models.Model):
    """One line of a claim's timeline; both sides read it."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="events")
    at = models.DateTimeField(_("at"))
    step = models.CharField(_("step"), max_length=20)
    status = models.CharField(_("status"), max_length=12, choices=ClaimStatus)
    author = models.CharField(
        _("author"), max_length=12, choices=[(str(role), str(role)) for role in Role]
    )
    user = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    text = models.TextField(_("text"), blank=True)
    amount_rub = models.DecimalField(
        _("rubles"), max_digits=12, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("line of a claim")
        verbose_name_plural = _("lines of a claim")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.step}"
