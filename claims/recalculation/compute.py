"""From a bill and intervals to lines, rubles, and what the other readings of the law would give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims.recalculation import heating, pressure
from claims.recalculation.evidence import Evidence, days_of, gather, month_of
from claims.recalculation.figures import Figures
from claims.recalculation.money import kopecks, running
from claims.recalculation.price import Draft, price
from claims.recalculation.values import (
    Bill,
    Calculation,
    Interval,
    Kind,
    Line,
    LineKind,
    Missing,
    Reading,
    Service,
)

HUNDRED = Decimal(100)
# Readings that bear on each utility; those of the volume only where nothing meters it.
SWITCHES: dict[Service, tuple[str, ...]] = {
    Service.HEATING: ("partial_hour", "heat_deviation_from", "heating_norm", "day_rule_101"),
    Service.HOT_WATER: ("partial_hour", "hw_step", "hw_base", "hw_40_also_pct", "day_rule_101"),
    Service.COLD_WATER: ("partial_hour", "day_rule_101"),
    Service.SEWAGE: ("partial_hour",),
    Service.ELECTRICITY: ("partial_hour",),
    Service.GAS: ("partial_hour", "day_rule_101"),
}


def calculate(
    bill: Bill, intervals: Iterable[Interval], *, figures: Figures, zone: tzinfo
) -> Calculation:
    """
    Return what `bill` must be reduced by for `intervals`; `figures` are those of the month.

    Intervals may overlap, lie outside the month or have no end. Their kinds must fit the utility
    and their readings be there (`parse` sees to both).
    """
    month = month_of(bill.month, zone=zone, night_ends=int(figures.number("night.ends")))
    found = gather(
        intervals,
        month=month,
        service=month.within(bill.heating_from, bill.heating_until, zone=zone),
        badness=_badness(bill, figures),
        planned_apart=bill.service == Service.HOT_WATER,
    )
    drafts, cap = price(bill, found, figures)
    amounts = running([draft.amount for draft in drafts], cap=cap)
    reduction = sum(amounts, Decimal("0.00"))
    percent = sum((draft.percent or Decimal(0) for draft in drafts), Decimal(0))
    return Calculation(
        bill=bill,
        lines=tuple(
            Line(
                kind=draft.kind,
                hours=draft.hours,
                percent=None if draft.percent is None else kopecks(draft.percent),
                amount_rub=amount,
                clause=draft.clause,
                explanation=draft.words(),
            )
            for draft, amount in zip(drafts, amounts, strict=True)
        ),
        percent=kopecks(min(percent, HUNDRED)),
        percent_uncapped=kopecks(percent),
        reduction_rub=reduction,
        to_pay_rub=kopecks(bill.charge_rub) - reduction,
        preliminary=found.preliminary,
        readings=tuple(_other_readings(bill, found, figures)),
        missing=tuple(_missing(bill, found, drafts)),
        notes=tuple(_notes(found, drafts, cap)),
    )


def _badness(bill: Bill, figures: Figures) -> dict[Kind, Callable[[Decimal], Decimal]]:
    """Return how two readings of one moment are ranked: by how far they are from the norm."""
    low, high = figures.number("hot_water.norm_low"), figures.number("hot_water.norm_high")
    if bill.service == Service.HEATING:
        low = heating.norm_c(bill, figures)
        high = low + figures.number("heating.above")
    volts = figures.number("electricity.volts_low"), figures.number("electricity.volts_high")
    ranks: dict[Kind, Callable[[Decimal], Decimal]] = {
        Kind.TEMPERATURE: lambda reading: max(low - reading, reading - high),
        Kind.VOLTAGE: lambda reading: max(volts[0] - reading, reading - volts[1]),
    }
    if Kind.PRESSURE in _measured(bill.service):
        bounds = pressure.bounds_mpa(bill, figures)
        ranks[Kind.PRESSURE] = lambda reading: pressure.percent_off(reading, bounds)
    return ranks


def _measured(service: Service) -> frozenset[Kind]:
    with_pressure = {Service.HEATING, Service.HOT_WATER, Service.COLD_WATER, Service.GAS}
    return frozenset({Kind.PRESSURE}) if service in with_pressure else frozenset()


def _other_readings(bill: Bill, found: Evidence, figures: Figures) -> Iterator[Reading]:
    switches = SWITCHES[bill.service]
    if bill.metered is False:
        switches = (*switches, "volume_cut")
    for switch in switches:
        if switch == "heating_norm" and bill.coldest_five_days_c is not None:
            continue
        for other in figures.others(switch):
            drafts, cap = price(bill, found, figures.read_as(switch, other))
            parts = running([draft.amount for draft in drafts], cap=cap)
            yield Reading(
                switch=switch,
                used=figures.reading(switch),
                other=other,
                reduction_rub=sum(parts, Decimal("0.00")),
            )


def _missing(bill: Bill, found: Evidence, drafts: list[Draft]) -> Iterator[Missing]:
    kinds = {cell.kind for cell in found.seconds}
    breaks = [*found.breaks, *found.planned_apart]
    if not breaks and not kinds:
        return
    yield Missing(
        code="act",
        text=_(
            "An act of inspection, or the number of your report to the dispatcher: they prove "
            "when the breach began and ended (п. 104–113)."
        ),
    )
    if kinds - {Kind.QUALITY}:
        yield Missing(
            code="instrument",
            text=_("In the act: by which instrument, where and when it was measured (п. 109)."),
        )
    if Kind.QUALITY in kinds:
        yield Missing(
            code="analysis", text=_("A laboratory's analysis or an act that names what was wrong.")
        )
    if found.preliminary:
        yield Missing(
            code="end",
            text=_(
                "When service was restored: until then the sum is preliminary, counted to the "
                "end of the month."
            ),
        )
    yield from _missing_figures(bill, found, drafts, kinds)


def _missing_figures(
    bill: Bill, found: Evidence, drafts: list[Draft], kinds: set[Kind]
) -> Iterator[Missing]:
    breaks = [*found.breaks, *found.planned_apart]
    if breaks and bill.metered is None:
        yield Missing(
            code="metered",
            text=_("Whether there is a meter: without one the volume not supplied is taken off."),
        )
    if bill.service == Service.HEATING:
        if any(one.reading is None for one in breaks):
            yield Missing(
                code="room_celsius",
                text=_("How cold the room became: below +12 °C a shorter break is permitted."),
            )
        if Kind.TEMPERATURE in kinds and bill.coldest_five_days_c is None:
            yield Missing(
                code="region",
                text=_("How cold the region's coldest five days are: the norm depends on it."),
            )
        if Kind.PRESSURE in kinds and (bill.radiators is None or bill.static_mpa is None):
            yield Missing(
                code="heating_system",
                text=_("Kind of radiators and static pressure: the bounds depend on them."),
            )
    if bill.service == Service.ELECTRICITY and breaks and bill.independent_feeds is None:
        yield Missing(
            code="independent_feeds",
            text=_("Whether the house has two independent feeds: then only 2 hours are permitted."),
        )
    cold = any(draft.kind == LineKind.COLD_TARIFF for draft in drafts)
    if cold and bill.hot_water is None:
        yield Missing(
            code="hot_water",
            text=_("Volume of hot water and both tariffs, from the bill: water below 40 °C."),
        )


def _notes(found: Evidence, drafts: list[Draft], cap: Decimal) -> Iterator[str]:
    if found.outside:
        yield ngettext(
            "%(count)s interval lies outside the month and is not counted.",
            "%(count)s intervals lie outside the month and are not counted.",
            found.outside,
        ) % {"count": found.outside}
    if found.crossing:
        yield _(
            "What lies in other months is not counted here: "
            "each month's bill is reduced on its own."
        )
    if found.service != found.month.span:
        yield ngettext(
            "Heating was due on %(count)s day of this month: hours of no season are not counted.",
            "Heating was due on %(count)s days of this month: hours of no season are not counted.",
            days_of(found.service),
        ) % {"count": days_of(found.service)}
    if sum(draft.amount for draft in drafts) > cap:
        yield _("The reduction cannot be more than the charge: it stops there.")
