"""What goes into a calculation and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

MAX_INTERVALS = 100_000


class Service(StrEnum):
    """A utility whose charge can be reduced by the hour; the words of the interface."""

    HEATING = "heating"
    HOT_WATER = "hot_water"
    COLD_WATER = "cold_water"
    SEWAGE = "sewage"
    ELECTRICITY = "electricity"
    GAS = "gas"


class Kind(StrEnum):
    """What was wrong during an interval, or why it does not count."""

    INTERRUPTION = "interruption"
    TEMPERATURE = "temperature"
    PRESSURE = "pressure"
    QUALITY = "quality"
    VOLTAGE = "voltage"
    NO_ACCESS = "no_access"


# What appendix 1 knows for each utility; anything else is a mistake of the sender.
KINDS: dict[Service, frozenset[Kind]] = {
    Service.HEATING: frozenset({Kind.INTERRUPTION, Kind.TEMPERATURE, Kind.PRESSURE}),
    Service.HOT_WATER: frozenset(
        {Kind.INTERRUPTION, Kind.TEMPERATURE, Kind.PRESSURE, Kind.QUALITY}
    ),
    Service.COLD_WATER: frozenset({Kind.INTERRUPTION, Kind.PRESSURE, Kind.QUALITY}),
    Service.SEWAGE: frozenset({Kind.INTERRUPTION}),
    Service.ELECTRICITY: frozenset({Kind.INTERRUPTION, Kind.VOLTAGE, Kind.QUALITY}),
    Service.GAS: frozenset({Kind.INTERRUPTION, Kind.PRESSURE, Kind.QUALITY}),
}


class Radiators(StrEnum):
    """What the highest pressure of heating depends on."""

    CAST_IRON = "cast_iron"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class LaterTariff:
    """What a cubic metre costs as hot and as cold from a day of the month on."""

    since: date
    tariff_rub: Decimal
    cold_tariff_rub: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class HotWater:
    """
    The month's hot water: cubic metres, and rubles for one as hot and as cold.

    `later` are the tariffs that follow within the month, by their days; `basis` says by which act.
    """

    volume_m3: Decimal
    tariff_rub: Decimal
    cold_tariff_rub: Decimal
    later: tuple[LaterTariff, ...] = ()
    basis: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """
    A stretch of bad supply, or of no access (aware moments; no `end`: it goes on).

    `reading` is °C for temperature, MPa for pressure, volts for voltage; of an interruption of
    heating it is the air of the room at its coldest.
    """

    kind: Kind
    start: datetime
    end: datetime | None = None
    planned: bool = False
    reading: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """A month's charge and what its norms depend on; None where nobody said."""

    service: Service
    month: date  # its first day
    charge_rub: Decimal
    metered: bool | None = None
    corner_room: bool = False
    coldest_five_days_c: Decimal | None = None
    independent_feeds: int | None = None
    dead_end_main: bool = False
    radiators: Radiators | None = None
    static_mpa: Decimal | None = None
    # First and last day of the heating season, where it begins or ends within the month.
    heating_from: date | None = None
    heating_until: date | None = None
    hot_water: HotWater | None = None


class LineKind(StrEnum):
    """What a line of the calculation is for."""

    INTERRUPTION = "interruption"
    PLANNED = "planned_interruption"
    VOLUME = "volume_not_supplied"
    TEMPERATURE = "temperature"
    COLD_TARIFF = "cold_tariff"
    PRESSURE = "pressure"
    QUALITY = "quality"
    VOLTAGE = "voltage"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One ground of the reduction; `percent` is None where the law counts rubles, not percents."""

    kind: LineKind
    hours: Decimal
    percent: Decimal | None
    amount_rub: Decimal
    clause: str
    explanation: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A choice the law leaves open: which reading was used, and what the other one gives."""

    switch: str
    used: str
    other: str
    reduction_rub: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """Evidence or a figure that nobody gave, in words."""

    code: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Calculation:
    """
    The result; the lines' amounts add up to `reduction_rub` to the kopeck.

    `percent` is capped at 100, `percent_uncapped` is what the hours alone add up to.
    `preliminary`: an interval has no end yet, the month was counted to its last hour.
    """

    bill: Bill
    lines: tuple[Line, ...]
    percent: Decimal
    percent_uncapped: Decimal
    reduction_rub: Decimal
    to_pay_rub: Decimal
    preliminary: bool
    readings: tuple[Reading, ...]
    missing: tuple[Missing, ...]
    notes: tuple[str, ...]
