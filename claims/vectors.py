"""
The law's table of worked examples, V01–V51: what the tests prove and the docs show.

Each is a month laid out in hours from its first midnight; expected figures are worked out by hand
from appendix 1, not by this code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from claims.recalculation import figures, housing, penalties, waste
from claims.recalculation.compute import calculate
from claims.recalculation.values import Bill, HotWater, Interval, Kind, LineKind, Service

ZONE = ZoneInfo("Europe/Ulyanovsk")
APRIL, JANUARY = date(2026, 4, 1), date(2026, 1, 1)
FIGURES = figures.on(APRIL)
Outcome = dict[str, str]


@dataclass(frozen=True)
class Vector:
    """One worked example: `told` is its input in words, `expected` the figures that must come."""

    name: str
    about: str
    told: str
    expected: Outcome
    outcome: Callable[[], Outcome] = field(repr=False)


def stretch(kind: str, start: float, hours: float, reading: str | None = None) -> Interval:
    """Return an interval of April that begins `start` hours after its first midnight."""
    begins = datetime.combine(APRIL, datetime.min.time(), tzinfo=ZONE) + timedelta(hours=start)
    return Interval(
        kind=Kind(kind),
        start=begins,
        end=begins + timedelta(hours=hours),
        reading=None if reading is None else Decimal(reading),
    )


def _apart(lengths: tuple[float, ...], room: str | None) -> list[Interval]:
    found, at = [], 6.0
    for length in lengths:
        found.append(stretch("interruption", at, length, room))
        at += length + 10
    return found


def by_day(hours: int, reading: str) -> list[Interval]:
    """Return `hours` at `reading`, all between 05:00 and midnight."""
    days, rest = divmod(hours, 19)
    found = [stretch("temperature", 24 * n + 5, 19, reading) for n in range(days)]
    return [*found, stretch("temperature", 24 * days + 5, rest, reading)] if rest else found


def by_night(hours: int, reading: str) -> list[Interval]:
    """Return `hours` at `reading`, all between midnight and 05:00."""
    nights, rest = divmod(hours, 5)
    found = [stretch("temperature", 24 * n, 5, reading) for n in range(nights)]
    return [*found, stretch("temperature", 24 * nights, rest, reading)] if rest else found


def _run(
    service: str, charge: str, intervals: list[Interval], month: date = APRIL, **more: Any
) -> Callable[[], Outcome]:
    def outcome() -> Outcome:
        bill = Bill(service=Service(service), month=month, charge_rub=Decimal(charge), metered=True)
        bill = _with(bill, more)
        shift = datetime.combine(month, datetime.min.time()) - datetime.combine(
            APRIL, datetime.min.time()
        )
        moved = [
            Interval(
                kind=one.kind,
                start=one.start + shift,
                end=one.end + shift if one.end else None,
                reading=one.reading,
            )
            for one in intervals
        ]
        found = calculate(bill, moved, figures=FIGURES, zone=ZONE)
        hours = sum((line.hours for line in found.lines if line.percent), Decimal(0))
        by_kind = {line.kind: str(line.amount_rub) for line in found.lines}
        return {
            "hours": f"{hours:f}",
            "percent": str(found.percent_uncapped),
            "reduction": str(found.reduction_rub),
            "to_pay": str(found.to_pay_rub),
            **{str(kind): by_kind[kind] for kind in LineKind if kind in by_kind},
        }

    return outcome


def _with(bill: Bill, more: dict[str, Any]) -> Bill:
    values = {name: getattr(bill, name) for name in Bill.__dataclass_fields__}
    return Bill(**{**values, **more})


def _breaks(
    name: str,
    about: str,
    service: str,
    charge: str,
    lengths: tuple[float, ...],
    expected: tuple[str, str, str],
    room: str | None = None,
    **more: Any,
) -> Vector:
    hours, percent, reduction = expected
    told = f"перерывы {', '.join(f'{length:g}' for length in lengths)} ч; P = {charge} ₽"
    return Vector(
        name,
        about,
        told,
        {
            "hours": hours,
            "percent": percent,
            "reduction": reduction,
            "to_pay": str(Decimal(charge) - Decimal(reduction)),
        },
        _run(service, charge, _apart(lengths, room), **more),
    )


def _water(name: str, told: str, intervals: list[Interval], percent: str, reduction: str) -> Vector:
    expected = {"percent": percent, "reduction": reduction}
    return Vector(name, "ГВС, температура", told, expected, _run("hot_water", "1200", intervals))


def _air(
    name: str,
    told: str,
    intervals: list[Interval],
    percent: str,
    reduction: str,
    coldest: str = "-28",
) -> Vector:
    expected = {"percent": percent, "reduction": reduction}
    run = _run("heating", "3000", intervals, coldest_five_days_c=Decimal(coldest))
    return Vector(name, "Отопление, воздух", told, expected, run)


def _pressure(
    name: str,
    service: str,
    charge: str,
    mpa: str,
    hours: int,
    month: date,
    reduction: str,
    percent: str,
) -> Vector:
    about = {"cold_water": "ХВС, давление", "hot_water": "ГВС, давление"}[service]
    days = (month.replace(month=month.month + 1) - month).days
    return Vector(
        name,
        about,
        f"{mpa} МПа, {hours} ч; {days} дней; P = {charge} ₽",
        {"percent": percent, "reduction": reduction},
        _run(service, charge, [stretch("pressure", 24, hours, mpa)], month),
    )


_BATH = HotWater(volume_m3=Decimal(6), tariff_rub=Decimal(200), cold_tariff_rub=Decimal(40))
_LONG = [stretch("interruption", 6, 30, "15"), stretch("temperature", 6, 30, "15")]


def _waste() -> Outcome:
    late = waste.waste(Decimal(400), [(Decimal(100), Decimal(0))], figures=FIGURES)
    return {
        "hours": str(late.excess_hours),
        "percent": str(late.percent),
        "reduction": str(late.amount_rub),
    }


def _fine() -> Outcome:
    excess, fine = penalties.overcharge_fine(Decimal(1850), due_rub=Decimal(1400))
    return {"reduction": str(excess), "fine": str(fine)}


VECTORS: tuple[Vector, ...] = (
    _breaks("V01", "ХВС", "cold_water", "800", (4,), ("0", "0.00", "0.00")),
    _breaks("V02", "ХВС", "cold_water", "800", (5,), ("1", "0.15", "1.20")),
    _breaks("V03", "ХВС", "cold_water", "800", (30,), ("26", "3.90", "31.20")),
    _breaks("V04", "ХВС", "cold_water", "800", (3, 3, 3), ("1", "0.15", "1.20")),
    _breaks("V05", "ХВС", "cold_water", "800", (5, 3, 4), ("4", "0.60", "4.80")),
    _breaks("V06", "ХВС", "cold_water", "800", (6, 6), ("4", "0.60", "4.80")),
    _breaks("V07", "ХВС", "cold_water", "800", (4.5,), ("0", "0.00", "0.00")),
    _breaks("V08", "ХВС", "cold_water", "800", (4.5, 4.5), ("1", "0.15", "1.20")),
    _breaks("V09", "ГВС", "hot_water", "1200", (52,), ("48", "7.20", "86.40")),
    _breaks(
        "V10",
        "ГВС, тупиковая магистраль",
        "hot_water",
        "1200",
        (30,),
        ("6", "0.90", "10.80"),
        dead_end_main=True,
    ),
    _breaks("V11", "Водоотведение", "sewage", "500", (4, 4, 2), ("2", "0.30", "1.50")),
    _breaks(
        "V12",
        "Электричество, один источник",
        "electricity",
        "1500",
        (30,),
        ("6", "0.90", "13.50"),
        independent_feeds=1,
    ),
    _breaks(
        "V13",
        "Электричество, два источника",
        "electricity",
        "1500",
        (5,),
        ("3", "0.45", "6.75"),
        independent_feeds=2,
    ),
    _breaks(
        "V14",
        "Электричество, два источника",
        "electricity",
        "1500",
        (3, 1.5, 4),
        ("3", "0.45", "6.75"),
        independent_feeds=2,
    ),
    _breaks("V15", "Газ", "gas", "300", (3, 3), ("2", "0.30", "0.90")),
    _breaks("V16", "Отопление, от +12 °C", "heating", "3000", (20,), ("4", "0.60", "18.00"), "12"),
    _breaks("V17", "Отопление, 10–12 °C", "heating", "3000", (20,), ("12", "1.80", "54.00"), "10"),
    _breaks("V18", "Отопление, 8–10 °C", "heating", "3000", (20,), ("16", "2.40", "72.00"), "8"),
    _breaks(
        "V19", "Отопление, от +12 °C", "heating", "3000", (15, 15), ("6", "0.90", "27.00"), "13"
    ),
    _breaks("V20", "ХВС, предел 100 %", "cold_water", "800", (700,), ("696", "104.40", "800.00")),
    _water("V21", "57 °C × 100 ч днём", by_day(100, "57"), "0.00", "0.00"),
    _water("V22", "54 °C × 100 ч днём", by_day(100, "54"), "10.00", "120.00"),
    _water("V23", "55 °C × 100 ч днём", by_day(100, "55"), "0.00", "0.00"),
    _water("V24", "50 °C × 72 ч днём", by_day(72, "50"), "14.40", "172.80"),
    _water("V25", "52 °C × 10 ч ночью", by_night(10, "52"), "1.00", "12.00"),
    _water(
        "V26",
        "50 °C × 19 ч днём и 5 ч ночью",
        [*by_day(19, "50"), *by_night(5, "50")],
        "4.30",
        "51.60",
    ),
    _water("V27", "45 °C × 240 ч днём", by_day(240, "45"), "96.00", "1152.00"),
    Vector(
        "V28",
        "ГВС ниже 40 °C",
        "6 м³ по 200 ₽, холодная 40 ₽; 38 °C × 72 из 720 ч",
        {"reduction": "96.00", "to_pay": "1104.00"},
        _run("hot_water", "1200", by_day(72, "38"), hot_water=_BATH),
    ),
    Vector(
        "V29",
        "ГВС, смешанный случай",
        "как V28, но 38 °C × 24 ч и 45 °C × 48 ч днём",
        {"percent": "19.20", "reduction": "254.72", "to_pay": "945.28"},
        _run(
            "hot_water",
            "1200",
            [*by_night(24, "38"), *by_day(48, "45")],
            hot_water=_BATH,
        ),
    ),
    _air("V30", "норма +18; 17 °C × 24 ч днём", by_day(24, "17"), "3.60", "108.00"),
    _air(
        "V31",
        "норма +18; 16 °C × 19 ч днём и 5 ч ночью",
        [*by_day(19, "16"), *by_night(5, "16")],
        "5.70",
        "171.00",
    ),
    _air(
        "V32",
        "норма +18; 14 °C × 19 ч днём и 5 ч ночью",
        [*by_day(19, "14"), *by_night(5, "14")],
        "12.15",
        "364.50",
    ),
    _air(
        "V33",
        "норма +20; 18 °C × 190 ч днём и 50 ч ночью",
        [*by_day(190, "18"), *by_night(50, "18")],
        "57.00",
        "1710.00",
        coldest="-31",
    ),
    _air("V34", "норма +18; 16,5 °C × 100 ч днём", by_day(100, "16.5"), "15.00", "450.00"),
    _air("V35", "норма +18; 23 °C × 100 ч днём", by_day(100, "23"), "15.00", "450.00"),
    _air(
        "V36",
        "норма +18; 10 °C × 380 ч днём и 100 ч ночью",
        [*by_day(380, "10"), *by_night(100, "10")],
        "531.00",
        "3000.00",
    ),
    _pressure("V37", "cold_water", "800", "0.025", 48, APRIL, "38.40", "4.80"),
    _pressure("V38", "cold_water", "800", "0.02", 48, APRIL, "53.33", "6.67"),
    _pressure("V39", "cold_water", "800", "0.7", 24, JANUARY, "19.20", "2.40"),
    _pressure("V40", "cold_water", "800", "0.8", 24, JANUARY, "25.81", "3.23"),
    _pressure("V41", "hot_water", "1200", "0.5", 10, APRIL, "12.00", "1.00"),
    _pressure("V42", "cold_water", "800", "0.0225", 10, APRIL, "8.00", "1.00"),
    Vector(
        "V43",
        "ХВС, состав",
        "3 дня из 31; P = 800 ₽",
        {"reduction": "77.42"},
        _run("cold_water", "800", [stretch("quality", 24, 72)], JANUARY),
    ),
    Vector(
        "V44",
        "Электричество, напряжение",
        "195 В × 40 ч; P = 1500 ₽",
        {"hours": "40", "percent": "6.00", "reduction": "90.00"},
        _run("electricity", "1500", [stretch("voltage", 24, 40, "195")]),
    ),
    Vector(
        "V45",
        "ТКО",
        "не вывозили 100 ч при 0 °C; P = 400 ₽",
        {"hours": "52", "percent": "6.6", "reduction": "26.40"},
        _waste,
    ),
    Vector(
        "V46",
        "Содержание жилья",
        "уборка 60 ₽ в месяц, не было 10 дней из 31",
        {"reduction": "19.35"},
        lambda: {"reduction": str(housing.upkeep_not_done(Decimal(60), days=10, month_days=31))},
    ),
    Vector(
        "V47",
        "Отопление без счётчика",
        "перерыв 48 ч при +18 °C; 30 дней; P = 3000 ₽",
        {
            "percent": "4.80",
            "interruption": "144.00",
            "volume_not_supplied": "200.00",
            "reduction": "344.00",
        },
        _run("heating", "3000", _apart((48,), "18"), metered=False),
    ),
    Vector(
        "V48",
        "Штраф за завышение платы",
        "начислено 1850 ₽, надлежало 1400 ₽",
        {"reduction": "450.00", "fine": "225.00"},
        _fine,
    ),
    Vector(
        "V49",
        "Временное отсутствие, ХВС без счётчика",
        "1 из 3 жителей, 12 полных дней из 30; P = 600 ₽",
        {"reduction": "80.00"},
        lambda: {
            "reduction": str(
                housing.absence(Decimal(600), residents=3, away=1, days=12, month_days=30)
            )
        },
    ),
    _water("V50", "82 °C × 10 ч днём", by_day(10, "82"), "1.00", "12.00"),
    Vector(
        "V51",
        "Отопление: п. 14 исключает п. 15",
        "перерыв 30 ч, воздух +15 °C; P = 3000 ₽",
        {"hours": "14", "percent": "2.10", "reduction": "63.00"},
        _run("heating", "3000", _LONG, coldest_five_days_c=Decimal(-28)),
    ),
)
