"""Tariffs and norms of consumption: reference data that calculations offer, dated, with acts."""

from __future__ import annotations

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Deferrable, F, Func, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from disclosure.utilities import Utility


class TariffKind(models.TextChoices):
    """What the number is."""

    TARIFF = "tariff", _("Tariff, rubles")
    NORM = "norm", _("Norm of consumption")


class TariffUnit(models.TextChoices):
    """What the number is of; the first five are paid for, the others are consumed in a month."""

    M3 = "m3", _("₽ for 1 m³")
    GCAL = "gcal", _("₽ for 1 Gcal")
    KWH = "kwh", _("₽ for 1 kWh")
    M2 = "m2", _("₽ for 1 m² a month")
    PERSON = "person", _("₽ for a person a month")
    M3_PERSON = "m3_person", _("m³ for a person a month")
    KWH_PERSON = "kwh_person", _("kWh for a person a month")
    GCAL_M2 = "gcal_m2", _("Gcal for 1 m² a month")
    M3_M2 = "m3_m2", _("m³ for 1 m² a month")


UNITS = {
    TariffKind.TARIFF: frozenset(
        {TariffUnit.M3, TariffUnit.GCAL, TariffUnit.KWH, TariffUnit.M2, TariffUnit.PERSON}
    ),
    TariffKind.NORM: frozenset(
        {TariffUnit.M3_PERSON, TariffUnit.KWH_PERSON, TariffUnit.GCAL_M2, TariffUnit.M3_M2}
    ),
}


class _Days(Func):
    """The days from `since` to `until`, both included."""

    function = "daterange"
    output_field = DateRangeField()


@pghistory.track(
    pghistory.InsertEvent(),
    pghistory.UpdateEvent(),
    pghistory.DeleteEvent(),
    model_name="TariffAudit",
    append_only=True,
)
class Tariff(models.Model):
    """
    A price or a norm in force from `since` to `until`, both included.

    Without `settlement` or `supplier` it is everybody's; the narrower one stands before it.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=TariffKind)
    utility = models.CharField(_("utility"), max_length=16, choices=Utility)
    settlement = models.CharField(_("settlement"), max_length=120, blank=True)
    supplier = models.ForeignKey(
        "disclosure.ResourceSupplier",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("resource supplier"),
    )
    group = models.CharField(
        _("for whom"),
        max_length=200,
        blank=True,
        help_text=_("Kind of houses or of residents, as in the act; empty: for all."),
    )
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=5)
    unit = models.CharField(_("unit"), max_length=12, choices=TariffUnit)
    since = models.DateField(_("in force from"))
    until = models.DateField(_("in force until"), null=True, blank=True)
    act = models.CharField(_("act: who, date and number"), max_length=300)
    source = models.CharField(_("source"), max_length=300)

    objects = models.Manager()

    class Meta:
        verbose_name = _("tariff or norm")
        verbose_name_plural = _("tariffs and norms")
        ordering = ["utility", "kind", "settlement", "group", "-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="claims_tariff_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="claims_tariff_is_a_number"),
            ExclusionConstraint(
                name="claims_one_tariff_at_a_time",
                expressions=[
                    (F("kind"), RangeOperators.EQUAL),
                    (F("utility"), RangeOperators.EQUAL),
                    (F("settlement"), RangeOperators.EQUAL),
                    (Coalesce(F("supplier"), Value(0)), RangeOperators.EQUAL),
                    (F("group"), RangeOperators.EQUAL),
                    (
                        _Days(F("since"), F("until"), RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                # A load closes an old one and opens the next: only the end of it must agree.
                deferrable=Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_utility_display()}: {self.value.normalize():f} {self.get_unit_display()}"

    def clean(self) -> None:
        """Refuse a unit of the other kind, and days that a like one has already."""
        if self.kind and self.unit and self.unit not in UNITS[TariffKind(self.kind)]:
            raise ValidationError({"unit": _("This unit is not one of this kind.")})
        if self.since is None or (self.until is not None and self.until < self.since):
            return
        like = Tariff.objects.filter(
            kind=self.kind,
            utility=self.utility,
            settlement=self.settlement,
            supplier=self.supplier_id,
            group=self.group,
        ).filter(Q(until=None) | Q(until__gte=self.since))
        if self.until is not None:
            like = like.filter(since__lte=self.until)
        first = like.exclude(pk=self.pk).first()
        if first is not None:
            raise ValidationError(
                {"since": _("These days overlap with № %(number)s.") % {"number": first.pk}}
            )
