"""A month's evidence priced by one reading of the law; the amounts are still exact."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from claims.recalculation import heating, hot_water, interruption, pressure, words
from claims.recalculation.evidence import DAY, HOUR, Break, Evidence, days_of
from claims.recalculation.figures import Figures
from claims.recalculation.hours import Group, counted, graded
from claims.recalculation.values import Bill, HotWater, Kind, LineKind, Service

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Draft:
    """A line before rounding; its words are made only if it is shown."""

    kind: LineKind
    hours: Decimal
    percent: Decimal | None
    amount: Decimal
    clause: str
    words: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Pricing:
    """One pricing: what is priced, by which figures, and what percents are taken of."""

    bill: Bill
    found: Evidence
    figures: Figures
    base: Decimal

    @property
    def partial(self) -> str:
        """Return what becomes of a part of an hour."""
        return self.figures.reading("partial_hour")

    def hourly(
        self,
        kind: LineKind,
        code: str,
        hours: Decimal,
        tell: Callable[[], str],
        *,
        times: Decimal = Decimal(1),
        clause: str = "",
    ) -> Draft:
        """Return a line of hours × times × rate `code`; `clause` is of a narrower figure."""
        percent = hours * times * self.figures.number(code)
        amount = self.base * percent / 100
        return Draft(kind, hours, percent, amount, self.figures.clause(clause or code), tell)

    def seconds_of(self, kind: Kind) -> int:
        """Return the seconds of all readings of `kind`."""
        return sum(s for cell, s in self.found.seconds.items() if cell.kind == kind)


def price(bill: Bill, found: Evidence, figures: Figures) -> tuple[list[Draft], Decimal]:
    """Return the lines and the most they may add up to."""
    cold = _cold_stretches(bill, found, figures)
    base = cap = bill.charge_rub
    for stretch in cold:
        base -= stretch.volume_m3 * stretch.hot_rub
        # Cold water is still paid for, as cold.
        cap -= stretch.volume_m3 * stretch.cold_rub
    base, cap = max(ZERO, base), max(ZERO, cap)
    pricing = Pricing(bill, found, figures, base)
    lines = [
        *_breaks(pricing),
        *_volume(pricing),
        *(_heating(pricing) if bill.service == Service.HEATING else _hot_water(pricing)),
        *_cold_tariff(pricing, cold),
        *_pressure(pricing),
        *_days(pricing),
        *_electricity(pricing),
    ]
    return lines, cap


def _allowances(
    p: Pricing,
) -> Iterator[tuple[LineKind, list[Break], list[Decimal | None], Decimal | None]]:
    once = [interruption.once_limit(p.bill, one.reading, p.figures) for one in p.found.breaks]
    month = interruption.month_limit(p.bill, p.figures)
    yield LineKind.INTERRUPTION, p.found.breaks, once, month
    limit: list[Decimal | None] = [p.figures.number("hot_water.planned_limit")]
    yield LineKind.PLANNED, p.found.planned_apart, limit * len(p.found.planned_apart), None


def _breaks(p: Pricing) -> Iterator[Draft]:
    for kind, breaks, once, month in _allowances(p):
        if not breaks:
            continue
        beyond = interruption.excess(breaks, once=once, month=month)
        hours = counted(beyond.seconds, p.partial)
        rate = p.figures.number("rate.interruption")
        tell = partial(
            words.breaks, breaks, once=once, month=month, excess=beyond, hours=hours, rate=rate
        )
        yield p.hourly(kind, "rate.interruption", hours, tell, clause=_limit_code(p.bill, kind))


def _limit_code(bill: Bill, kind: LineKind) -> str:
    if kind == LineKind.PLANNED:
        return "hot_water.planned_limit"
    if bill.service == Service.ELECTRICITY:
        return "electricity.one_feed_limit"
    return f"{bill.service}.month_limit"


def _volume(p: Pricing) -> Iterator[Draft]:
    if p.bill.metered is not False:
        return
    seconds = 0
    for kind, breaks, once, month in _allowances(p):
        over = interruption.excess(breaks, once=once, month=month).over
        both = p.figures.reading("volume_cut") == "with_percent"
        for one, is_over in zip(breaks, over, strict=True):
            planned = one.seconds if kind == LineKind.PLANNED else one.planned
            seconds += one.seconds if is_over and both else planned
    hours = counted(seconds, p.partial)
    if hours:
        length = Decimal(p.found.service[1] - p.found.service[0]) / HOUR
        yield Draft(
            LineKind.VOLUME,
            hours,
            None,
            p.base * hours / length,
            p.figures.clause("reading.volume_cut"),
            lambda: words.volume(hours, length),
        )


def _grouped(
    p: Pricing, badness: Callable[[Decimal, bool], tuple[Decimal, bool] | None]
) -> list[Group]:
    """Return temperature readings by how bad they are; a reading of None is left out."""
    groups: dict[tuple[Decimal, bool, bool], Group] = {}
    for cell, seconds in p.found.seconds.items():
        if cell.kind != Kind.TEMPERATURE:
            continue
        bad = badness(cell.reading, cell.night)
        if bad is None:
            continue
        key = (bad[0], cell.night, bad[1])
        groups.setdefault(key, Group(bad[0], cell.night, bad[1])).add(seconds, cell.reading)
    return graded(groups.values(), p.partial)


def _shown(p: Pricing, groups: list[Group], code: str, tell: Callable[[Group], str]) -> list[Draft]:
    lines = [
        p.hourly(
            LineKind.TEMPERATURE,
            code,
            group.hours,
            partial(tell, group),
            times=group.badness,
        )
        for group in groups
        if group.badness and group.hours
    ]
    if groups and not lines:
        lines.append(p.hourly(LineKind.TEMPERATURE, code, ZERO, words.within))
    return lines


def _heating(p: Pricing) -> list[Draft]:
    norm, rate = heating.norm_c(p.bill, p.figures), p.figures.number("rate.heating_degree")
    groups = _grouped(
        p,
        lambda air, night: heating.degrees_beyond(air, norm=norm, night=night, figures=p.figures),
    )
    return _shown(
        p, groups, "rate.heating_degree", lambda group: words.heating(group, norm=norm, rate=rate)
    )


def _hot_water(p: Pricing) -> list[Draft]:
    also = p.figures.reading("hw_40_also_pct") == "yes"
    rate = p.figures.number("rate.hot_water_step")

    def badness(water: Decimal, night: bool) -> tuple[Decimal, bool] | None:  # noqa: FBT001
        if hot_water.is_cold(water, p.figures) and not also:
            return None
        return hot_water.steps_beyond(water, night=night, figures=p.figures)

    def tell(group: Group) -> str:
        bounds = hot_water.bounds_c(night=group.night, figures=p.figures)
        return words.hot_water(group, bounds=bounds, rate=rate)

    return _shown(p, _grouped(p, badness), "rate.hot_water_step", tell)


@dataclass(frozen=True, slots=True)
class _Cold:
    """Hours below 40 °C at one pair of tariffs, and their share of the month in m³."""

    hours: Decimal
    volume_m3: Decimal
    hot_rub: Decimal
    cold_rub: Decimal


def _cold_stretches(bill: Bill, found: Evidence, figures: Figures) -> list[_Cold]:
    """Return the hours below 40 °C by tariff, in order; whole hours are those of the month."""
    if bill.service != Service.HOT_WATER:
        return []
    water = bill.hot_water or HotWater(volume_m3=ZERO, tariff_rub=ZERO, cold_tariff_rub=ZERO)
    tariffs = [
        (0, water.tariff_rub, water.cold_tariff_rub),
        *((one.since.day - 1, one.tariff_rub, one.cold_tariff_rub) for one in water.later),
    ]
    seconds = [0] * len(tariffs)
    days = [day for day, _hot, _cold in tariffs]
    for cell, length in found.seconds.items():
        if cell.kind == Kind.TEMPERATURE and hot_water.is_cold(cell.reading, figures):
            seconds[bisect_right(days, cell.day) - 1] += length
    stretches = []
    so_far = 0
    for length, (_day, hot, cold) in zip(seconds, tariffs, strict=True):
        # Minutes that fill no hour before the change go on after it: none is lost by it.
        partial_hour = figures.reading("partial_hour")
        hours = counted(so_far + length, partial_hour) - counted(so_far, partial_hour)
        so_far += length
        if hours:
            volume = water.volume_m3 * hours / found.month.hours
            stretches.append(_Cold(hours, volume, hot, cold))
    return stretches


def _cold_tariff(p: Pricing, stretches: list[_Cold]) -> Iterator[Draft]:
    clause = p.figures.clause("hot_water.cold_below")
    water = p.bill.hot_water
    for one in stretches:
        if water is None:
            tell = partial(words.cold_unknown, one.hours)
        else:
            tell = partial(
                words.cold_tariff,
                one.hours,
                month_hours=p.found.month.hours,
                volume_m3=water.volume_m3,
                hot=one.hot_rub,
                cold=one.cold_rub,
                basis=water.basis,
            )
        amount = one.volume_m3 * max(ZERO, one.hot_rub - one.cold_rub)
        yield Draft(LineKind.COLD_TARIFF, one.hours, None, amount, clause, tell)


def _pressure(p: Pricing) -> Iterator[Draft]:
    """Yield the hours of pressure off by up to the band; heating knows only what is beyond it."""
    if not p.seconds_of(Kind.PRESSURE):
        return
    bounds, band = pressure.bounds_mpa(p.bill, p.figures), p.figures.number("pressure.band")
    seconds, most, far = 0, ZERO, False
    for cell, length in p.found.seconds.items():
        if cell.kind == Kind.PRESSURE:
            off = pressure.percent_off(cell.reading, bounds)
            far |= off > band
            if ZERO < off <= band:
                seconds += length
                most = max(most, off)
    hours = ZERO if p.bill.service == Service.HEATING else counted(seconds, p.partial)
    rate, clause = p.figures.number("rate.pressure"), f"{p.bill.service}.pressure_high"
    if hours:
        yield p.hourly(
            LineKind.PRESSURE,
            "rate.pressure",
            hours,
            lambda: words.off_a_little(hours, rate, most),
            clause=clause,
        )
    elif not far:
        yield p.hourly(LineKind.PRESSURE, "rate.pressure", ZERO, words.within, clause=clause)


def _days(p: Pricing) -> Iterator[Draft]:
    """Yield what п. 101 counts by days; a day that quality spoilt pressure spoils no more."""
    bounds, band = None, p.figures.number("pressure.band")
    bad: dict[LineKind, dict[int, int]] = {
        LineKind.QUALITY: defaultdict(int),
        LineKind.PRESSURE: defaultdict(int),
    }
    for cell, seconds in p.found.seconds.items():
        if cell.kind == Kind.QUALITY and p.bill.service != Service.ELECTRICITY:
            bad[LineKind.QUALITY][cell.day] += seconds
        elif cell.kind == Kind.PRESSURE:
            bounds = bounds or pressure.bounds_mpa(p.bill, p.figures)
            if pressure.percent_off(cell.reading, bounds) > band:
                bad[LineKind.PRESSURE][cell.day] += seconds
    spent: dict[int, Decimal] = defaultdict(lambda: ZERO)
    by_hours = p.figures.reading("day_rule_101") == "hours"
    for kind, seconds_by_day in bad.items():
        days = ZERO
        for day, seconds in seconds_by_day.items():
            part = Decimal(seconds) / DAY if by_hours else Decimal(1)
            part = min(part, 1 - spent[day])
            spent[day] += part
            days += part
        if days:
            yield _day_line(p, kind, days, sum(seconds_by_day.values()))


def _day_line(p: Pricing, kind: LineKind, days: Decimal, seconds: int) -> Draft:
    # П. 101: of the days on which the service was due in the period.
    of = days_of(p.found.service)
    tell = words.quality if kind == LineKind.QUALITY else words.off_much
    return Draft(
        kind,
        counted(seconds, p.partial),
        days * 100 / of,
        p.base * days / of,
        p.figures.clause("reading.day_rule_101"),
        lambda: tell(days, of),
    )


def _electricity(p: Pricing) -> Iterator[Draft]:
    if p.bill.service != Service.ELECTRICITY:
        return
    bad = total = 0
    for cell, seconds in p.found.seconds.items():
        total += seconds
        if cell.kind == Kind.QUALITY or pressure.is_bad_voltage(cell.reading, p.figures):
            bad += seconds
    hours, rate = counted(bad, p.partial), p.figures.number("rate.voltage")
    low = p.figures.number("electricity.volts_low")
    high = p.figures.number("electricity.volts_high")
    if hours:
        yield p.hourly(
            LineKind.VOLTAGE,
            "rate.voltage",
            hours,
            lambda: words.voltage(hours, rate, low, high),
        )
    elif total:
        yield p.hourly(LineKind.VOLTAGE, "rate.voltage", ZERO, words.within)
