"""What requests are about, and the dated norms that promise their time limits."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from disclosure.utilities import Utility
from requests_app.deadlines import Limit, NormLimits, Unit
from requests_app.querysets import CategoryQuerySet


class StopKind(models.TextChoices):
    """Why filing stops at a category before it goes on."""

    NONE = "", _("Nothing stops")
    CALL_FIRST = "call_first", _("Call first: danger")
    NOT_OURS = "not_ours", _("Others answer for it")


class Answers(models.TextChoices):
    """Who answers for a matter by default (domain: ПП РФ № 491, п. 8 draws the border)."""

    MANAGEMENT_COMPANY = "management_company", _("Management company")
    SUPPLIER = "supplier", _("Resource supplier")
    DISPATCH = "dispatch", _("Emergency dispatch service")
    GAS_SERVICE = "gas_service", _("Gas service")
    LIFT_SERVICE = "lift_service", _("Lift service")
    WASTE_OPERATOR = "waste_operator", _("Regional waste operator")
    OVERHAUL_OPERATOR = "overhaul_operator", _("Regional overhaul operator")
    CITY = "city", _("City administration")
    INSPECTORATE = "inspectorate", _("Housing inspectorate")
    SOCIAL = "social", _("Social protection")
    INITIATOR = "initiator", _("Initiator of the meeting")
    OPERATOR = "operator", _("Contact centre")


class Confidence(models.TextChoices):
    """How well the number is known; `check` waits for a lawyer."""

    SURE = "sure", _("Sure")
    LIKELY = "likely", _("Likely")
    CHECK = "check", _("To be checked")


@pghistory.track(model_name="CategoryAudit", append_only=True)
class Category(models.Model):
    """A matter of requests; a tree of two levels, only leaves take requests."""

    slug = models.SlugField(_("code"), max_length=64, unique=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent"),
        limit_choices_to={"parent": None},
    )
    name = models.CharField(_("name"), max_length=160)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    icon = models.CharField(_("icon"), max_length=32, blank=True)
    emergency = models.BooleanField(_("emergency"), default=False)
    stop_kind = models.CharField(
        _("stops filing"), max_length=12, choices=StopKind, blank=True, default=StopKind.NONE
    )
    stop_message = models.TextField(_("message before filing"), blank=True)
    keywords = models.TextField(
        _("everyday words"), blank=True, help_text=_("Separated by commas; used by search.")
    )
    is_open = models.BooleanField(_("takes requests"), default=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    position = models.PositiveIntegerField(_("order"), default=0)
    # Fingerprint of the values last loaded from the reference file: tells an edit made here.
    loaded_hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stop_kind="") | ~Q(stop_message=""), name="category_stop_says_why"
            )
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(model_name="NormAudit", append_only=True)
class Norm(models.Model):
    """A dated rule: who answers for a category, by when, and which clause says so."""

    category = models.ForeignKey(
        Category, models.PROTECT, related_name="norms", verbose_name=_("category")
    )
    in_force = DateRangeField(_("in force"), help_text=_("From, and before which day."))
    answers = models.CharField(_("who answers"), max_length=20, choices=Answers)
    second_answers = models.CharField(
        _("who else may answer"), max_length=20, choices=Answers, blank=True
    )
    utility = models.CharField(_("utility"), max_length=16, choices=Utility, blank=True)

    react_amount = models.PositiveIntegerField(_("react within"), null=True, blank=True)
    react_unit = models.CharField(_("unit"), max_length=14, choices=Unit, blank=True)
    inspect_amount = models.PositiveIntegerField(_("inspect within"), null=True, blank=True)
    inspect_unit = models.CharField(_("unit"), max_length=14, choices=Unit, blank=True)
    fix_amount = models.PositiveIntegerField(_("fix within"), null=True, blank=True)
    fix_unit = models.CharField(_("unit"), max_length=14, choices=Unit, blank=True)
    answer_amount = models.PositiveIntegerField(_("answer within"), null=True, blank=True)
    answer_unit = models.CharField(_("unit"), max_length=14, choices=Unit, blank=True)
    window_start = models.TimeField(_("the fixing time runs from"), null=True, blank=True)
    window_end = models.TimeField(_("the fixing time runs until"), null=True, blank=True)

    clause = models.CharField(_("clause"), max_length=200)
    text = models.TextField(_("what it says, in plain words"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    confidence = models.CharField(
        _("confidence"), max_length=8, choices=Confidence, default=Confidence.LIKELY
    )
    loaded_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("norm")
        verbose_name_plural = _("norms")
        ordering = ["category", "in_force"]
        constraints = [
            ExclusionConstraint(
                name="norm_one_in_force",
                expressions=[
                    (F("category"), RangeOperators.EQUAL),
                    (F("in_force"), RangeOperators.OVERLAPS),
                ],
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{f"{name}_amount": None, f"{name}_unit": ""})
                    | (Q(**{f"{name}_amount__isnull": False}) & ~Q(**{f"{name}_unit": ""})),
                    name=f"norm_{name}_has_unit",
                )
                for name in ("react", "inspect", "fix", "answer")
            ],
            models.CheckConstraint(
                condition=Q(window_start=None, window_end=None)
                | Q(window_start__lt=F("window_end")),
                name="norm_window_is_within_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.clause

    def limits(self) -> NormLimits:
        """Return the time limits as a value for `requests_app.deadlines`."""
        window = None
        if self.window_start is not None and self.window_end is not None:
            window = (self.window_start, self.window_end)
        return NormLimits(
            react=_limit(self.react_amount, self.react_unit),
            inspect=_limit(self.inspect_amount, self.inspect_unit),
            fix=_limit(self.fix_amount, self.fix_unit),
            answer=_limit(self.answer_amount, self.answer_unit),
            window=window,
        )


def _limit(amount: int | None, unit: str) -> Limit | None:
    return None if amount is None else Limit(amount, Unit(unit))


class CalendarDay(models.Model):
    """A day that is off, or worked, against the calendar of holidays: the yearly decree."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("Day off")
        WORKDAY = "workday", _("Working day")

    date = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("special days")
        ordering = ["-date"]

    def __str__(self) -> str:
        return f"{self.date:%d.%m.%Y}"
