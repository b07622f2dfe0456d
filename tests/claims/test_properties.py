"""What must hold whatever comes in, and a second specification that agrees on random input."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claims.recalculation import figures
from claims.recalculation.compute import calculate
from claims.recalculation.money import share_out
from claims.recalculation.values import KINDS, Bill, HotWater, Interval, Kind, Radiators, Service
from claims.vectors import APRIL, FIGURES, ZONE

HALF_HOURS = 30 * 48
START = datetime.combine(APRIL, datetime.min.time(), tzinfo=ZONE)
READINGS = {
    Kind.TEMPERATURE: st.integers(0, 200).map(lambda n: Decimal(n) / 2),
    Kind.PRESSURE: st.integers(0, 200).map(lambda n: Decimal(n) / 200),
    Kind.VOLTAGE: st.integers(1, 500).map(Decimal),
    Kind.INTERRUPTION: st.none() | st.integers(-10, 25).map(Decimal),
    Kind.QUALITY: st.none(),
    Kind.NO_ACCESS: st.none(),
}


def interval(kind: Kind, start: int, length: int, reading: Decimal | None, planned: bool):
    begins = START + timedelta(minutes=30 * start)
    return Interval(
        kind=kind,
        start=begins,
        end=begins + timedelta(minutes=30 * length),
        reading=reading,
        planned=planned and kind == Kind.INTERRUPTION,
    )


@st.composite
def intervals(draw, service: Service, kinds: frozenset[Kind] | None = None):
    allowed = sorted(kinds or KINDS[service] | {Kind.NO_ACCESS})
    found = []
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(allowed))
        found.append(
            interval(
                kind,
                draw(st.integers(-100, HALF_HOURS + 50)),
                draw(st.integers(1, 300)),
                draw(READINGS[kind]),
                draw(st.booleans()),
            )
        )
    return found


@st.composite
def bills(draw, service: Service | None = None):
    service = service or draw(st.sampled_from(list(Service)))
    water = None
    if service == Service.HOT_WATER and draw(st.booleans()):
        water = HotWater(
            volume_m3=Decimal(draw(st.integers(0, 20))),
            tariff_rub=Decimal(draw(st.integers(0, 300))),
            cold_tariff_rub=Decimal(draw(st.integers(0, 100))),
        )
    return Bill(
        service=service,
        month=APRIL,
        charge_rub=Decimal(draw(st.integers(0, 500_000))) / 100,
        metered=draw(st.sampled_from([None, True, False])),
        corner_room=draw(st.booleans()),
        coldest_five_days_c=draw(st.sampled_from([None, Decimal(-31), Decimal(-28)])),
        independent_feeds=draw(st.sampled_from([None, 1, 2])),
        dead_end_main=draw(st.booleans()),
        radiators=draw(st.sampled_from([None, *Radiators])),
        static_mpa=draw(st.sampled_from([None, Decimal("0.3")])),
        hot_water=water,
    )


@st.composite
def cases(draw):
    bill = draw(bills())
    return bill, draw(intervals(bill.service))


def run(bill: Bill, rows, law: figures.Figures = FIGURES):
    return calculate(bill, rows, figures=law, zone=ZONE)


@given(cases())
@settings(max_examples=150, deadline=None)
def test_never_negative_never_above_the_charge_and_parts_make_the_whole(case):
    bill, rows = case
    found = run(bill, rows)
    assert 0 <= found.reduction_rub <= bill.charge_rub
    assert all(line.amount_rub >= 0 for line in found.lines)
    assert sum(line.amount_rub for line in found.lines) == found.reduction_rub
    assert found.to_pay_rub + found.reduction_rub == bill.charge_rub
    assert 0 <= found.percent <= 100
    assert all(0 <= reading.reduction_rub <= bill.charge_rub for reading in found.readings)


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_longer_breach_never_gives_less(data):
    service = data.draw(st.sampled_from(list(Service)))
    kind = data.draw(st.sampled_from(sorted(KINDS[service])))
    bill = data.draw(bills(service))
    rows = data.draw(intervals(service, frozenset({kind})))
    start, length = data.draw(st.integers(0, HALF_HOURS)), data.draw(st.integers(1, 200))
    reading, more = data.draw(READINGS[kind]), data.draw(st.integers(0, 100))
    short = run(bill, [*rows, interval(kind, start, length, reading, False)])
    long = run(bill, [*rows, interval(kind, start, length + more, reading, False)])
    # Air, water and volts of many readings: the worse one counts, so only one is let vary.
    if not rows or kind in {Kind.INTERRUPTION, Kind.QUALITY}:
        assert long.reduction_rub >= short.reduction_rub


@given(cases(), st.data())
@settings(max_examples=100, deadline=None)
def test_cutting_an_interval_in_two_changes_nothing(case, data):
    bill, rows = case
    cut = []
    for row in rows:
        length = int((row.end - row.start).total_seconds() // 60)
        at = row.start + timedelta(minutes=data.draw(st.integers(1, length - 1)))
        for start, end in ((row.start, at), (at, row.end)):
            cut.append(
                Interval(
                    kind=row.kind, start=start, end=end, planned=row.planned, reading=row.reading
                )
            )
    assert run(bill, cut).reduction_rub == run(bill, rows).reduction_rub


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_percents_of_distant_readings_add(data):
    reading = data.draw(READINGS[Kind.TEMPERATURE])
    hours = data.draw(st.integers(1, 19)), data.draw(st.integers(1, 19))
    bill = Bill(service=Service.HEATING, month=APRIL, charge_rub=Decimal(3000))
    first = interval(Kind.TEMPERATURE, 10, hours[0] * 2, reading, False)
    second = interval(Kind.TEMPERATURE, 106, hours[1] * 2, reading, False)
    apart = run(bill, [first]).percent_uncapped + run(bill, [second]).percent_uncapped
    assert run(bill, [first, second]).percent_uncapped == apart


@pytest.mark.parametrize("total", ["0.00", "0.01", "100.00", "12345.67"])
def test_300_flats_share_to_the_kopeck(total):
    parts = share_out(Decimal(total), [Decimal(30 + n % 40) for n in range(300)])
    assert sum(parts) == Decimal(total)
    assert min(parts) >= 0


# ── The second specification: half hour by half hour, written from appendix 1 alone.

HEAT_LIMIT = ((12, 16), (10, 8), (8, 4))


def spec(bill: Bill, rows: list[Interval]) -> Decimal:
    """Walk the month in half hours; whole hours, permitted bounds, calendar days."""
    slot = timedelta(minutes=30)
    wide = range(-100, HALF_HOURS + 400)
    lain: dict[Kind, dict[int, list[Interval]]] = {kind: {} for kind in Kind}
    for row in rows:
        for n in wide:
            if row.start <= START + n * slot < row.end:
                lain[row.kind].setdefault(n, []).append(row)
    shut, off = lain[Kind.NO_ACCESS], lain[Kind.INTERRUPTION]
    month = range(HALF_HOURS)
    amount, cap = Fraction(0), Fraction(bill.charge_rub)
    measured = {
        kind: {n: [r.reading for r in found] for n, found in slots.items()}
        for kind, slots in lain.items()
    }

    def live(kind: Kind) -> list[int]:
        return [n for n in month if n in lain[kind] and n not in shut and n not in off]

    base = cap
    cold = 0
    if bill.service == Service.HOT_WATER:
        for n in live(Kind.TEMPERATURE):
            cold += pick(measured[Kind.TEMPERATURE][n], Decimal(60), Decimal(75)) < 40
        cold //= 2
        if cold and bill.hot_water:
            water = bill.hot_water
            share = Fraction(water.volume_m3) * cold / 720
            base = max(Fraction(0), base - share * Fraction(water.tariff_rub))
            cap = max(Fraction(0), cap - share * Fraction(water.cold_tariff_rub))
            amount += share * max(Fraction(0), Fraction(water.tariff_rub - water.cold_tariff_rub))
    amount += broken(bill, off, shut, base)
    amount += base * degrees(bill, live(Kind.TEMPERATURE), measured[Kind.TEMPERATURE]) / 100
    amount += base * pressed(bill, live, measured) / 100
    if bill.service == Service.ELECTRICITY:
        bad = set(live(Kind.QUALITY))
        for n in live(Kind.VOLTAGE):
            volts = pick(measured[Kind.VOLTAGE][n], Decimal(207), Decimal(253))
            if not 207 <= volts <= 253:
                bad.add(n)
        # Half hours of both parameters at once are hours of one bad supply.
        amount += base * Fraction(15, 100) * (len(bad) // 2) / 100
    return Decimal(floor(min(amount, cap) * 100 + Fraction(1, 2))) / 100


def pick(readings, low, high):
    return max(readings, key=lambda value: max(low - value, value - high))


def broken(bill, off, shut, base):
    hot = bill.service == Service.HOT_WATER
    apart = [lambda row: not row.planned, lambda row: row.planned] if hot else [lambda _row: True]
    total, volume, taken = Fraction(0), 0, set()
    for group, belongs in enumerate(apart):
        slots = sorted(n for n, rows in off.items() if any(map(belongs, rows)) and n not in taken)
        taken |= set(slots)
        runs: list[list[int]] = []
        for n in slots:
            if runs and n == runs[-1][-1] + 1:
                runs[-1].append(n)
            else:
                runs.append([n])
        planned_group = hot and group == 1
        sums = beyond = 0
        over, lengths, planned = [], [], []
        for one in runs:
            counted = [n for n in one if n not in shut]
            inside = [n for n in counted if 0 <= n < HALF_HOURS]
            before = len([n for n in counted if n < 0])
            rooms = [r.reading for n in one for r in off[n] if belongs(r) and r.reading is not None]
            limit = one_limit(bill, min(rooms, default=None), planned_group)
            extra = 0 if limit is None else max(0, len(inside) - max(0, limit * 2 - before))
            sums, beyond = sums + len(inside), beyond + extra
            over.append(extra > 0)
            lengths.append(len(inside))
            planned.append(len([n for n in inside if all(r.planned for r in off[n])]))
        month_limit = {Service.HEATING: 24, Service.GAS: 4}.get(bill.service, 8)
        if bill.service == Service.ELECTRICITY or (hot and bill.dead_end_main) or planned_group:
            by_month = 0
        else:
            by_month = max(0, sums - month_limit * 2)
        total += Fraction(15, 100) * (max(beyond, by_month) // 2)
        for is_over, length, meant in zip(over, lengths, planned, strict=True):
            volume += length if is_over or by_month or planned_group else meant
    money = base * total / 100
    if bill.metered is False:
        money += base * (volume // 2) / 720
    return money


def one_limit(bill, room, planned_group):
    if planned_group:
        return 336
    if bill.service == Service.HEATING:
        if room is None:
            return 16
        return next((limit for least, limit in HEAT_LIMIT if room >= least), 0)
    if bill.service == Service.ELECTRICITY:
        return 2 if bill.independent_feeds == 2 else 24
    if bill.service == Service.GAS:
        return None
    return 24 if bill.service == Service.HOT_WATER and bill.dead_end_main else 4


def degrees(bill, slots, readings):
    """Percent of air or water: whole hours at each badness or worse, added up."""
    heat = bill.service == Service.HEATING
    norm = Decimal(20 if bill.coldest_five_days_c == -31 else 18) + 2 * bill.corner_room
    low, high = (norm, norm + 4) if heat else (Decimal(60), Decimal(75))
    badness = []
    for n in slots:
        value, night = pick(readings[n], low, high), n % 48 < 10
        if heat:
            far = max((low - 3 if night else low) - value, value - high, 0)
            badness.append(floor(far))
        elif value >= 40:
            slack = 5 if night else 3
            badness.append(floor(max(low - slack - value, value - high - slack, 0) / 3))
    hours = sum(sum(b >= k for b in badness) // 2 for k in range(1, max(badness, default=0) + 1))
    return hours * (Fraction(15, 100) if heat else Fraction(1, 10))


BOUNDS = {
    Service.COLD_WATER: ("0.03", "0.6"),
    Service.HOT_WATER: ("0.03", "0.45"),
    Service.GAS: ("0.0012", "0.003"),
}


def pressed(bill, live, measured):
    """Percent of pressure and of composition; days for what is far off."""
    if bill.service in BOUNDS:
        low, high = map(Decimal, BOUNDS[bill.service])
    else:
        low = bill.static_mpa + Decimal("0.05") if bill.static_mpa is not None else Decimal(0)
        high = Decimal("0.6") if bill.radiators == Radiators.CAST_IRON else Decimal(1)
    near, days = 0, set()

    def off_by(value):
        return max((low - value) / low if low else 0, (value - high) / high, 0)

    for n in live(Kind.PRESSURE):
        worst = max(map(off_by, measured[Kind.PRESSURE][n]))
        if worst > Decimal("0.25"):
            days.add(n // 48)
        elif worst > 0:
            near += 1
    if bill.service != Service.ELECTRICITY:
        days |= {n // 48 for n in live(Kind.QUALITY)}
    hours = 0 if bill.service == Service.HEATING else near // 2
    return Fraction(1, 10) * hours + Fraction(100) * len(days) / 30


@given(cases())
@settings(max_examples=120, deadline=None)
def test_two_specifications_agree(case):
    bill, rows = case
    assert run(bill, rows).reduction_rub == spec(bill, rows)


def test_an_hour_of_bad_volts_and_frequency_is_one_hour():
    bill = Bill(service=Service.ELECTRICITY, month=APRIL, charge_rub=Decimal(1000))
    rows = [
        interval(Kind.VOLTAGE, 100, 20, Decimal(190), False),
        interval(Kind.QUALITY, 110, 20, None, False),
    ]
    assert run(bill, rows).percent == Decimal("2.25")
    assert run(bill, rows).reduction_rub == spec(bill, rows)


def test_figures_of_a_day_before_the_rules_are_not_invented():
    with pytest.raises(figures.NotInForce):
        figures.on(date(2011, 1, 1))
