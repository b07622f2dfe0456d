"""
Reading the body of a calculation into values, with every mistake named by its field.

A log may hold 100,000 points, so this is plain code and not a tree of serializers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from claims.recalculation.values import (
    KINDS,
    MAX_INTERVALS,
    Bill,
    HotWater,
    Interval,
    Kind,
    LaterTariff,
    Radiators,
    Service,
)

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)

MAX_ERRORS = 50
FIRST_MONTH, LAST_MONTH = date(2012, 9, 1), date(2099, 12, 1)
MAX_RUB = Decimal(100_000_000)
MAX_VOLUME = Decimal(1_000_000)
_TOP = {
    "utility",
    "month",
    "charge",
    "metered",
    "room",
    "region",
    "supply",
    "hot_water",
    "intervals",
}
_WATER = {"volume_m3", "tariff", "cold_tariff", "residents", "later", "basis"}
_SUPPLY = {
    "independent_feeds",
    "dead_end_main",
    "static_mpa",
    "heating_from",
    "heating_until",
}
_LATER = {"from", "tariff", "cold_tariff"}
MOST_CHANGES = 30
_INTERVAL = frozenset(
    {"kind", "start", "end", "planned", "room_celsius", "celsius", "mpa", "volts"}
)
# Which field holds the reading of a kind, and what no instrument shows.
READINGS: dict[Kind, tuple[str, Decimal, Decimal]] = {
    Kind.INTERRUPTION: ("room_celsius", Decimal(-90), Decimal(90)),
    Kind.TEMPERATURE: ("celsius", Decimal(-90), Decimal(150)),
    Kind.PRESSURE: ("mpa", Decimal(0), Decimal(100)),
    Kind.VOLTAGE: ("volts", Decimal(1), Decimal(100_000)),
}


class Invalid(Exception):
    """The body has mistakes: `errors` maps a field («intervals.3.end») to what is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in errors.items()))
        self.errors = errors


class Reader:
    """Takes fields out of a mapping and keeps what was wrong with them."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    @property
    def is_full(self) -> bool:
        """Tell whether there are enough mistakes to stop reading."""
        return len(self.errors) >= MAX_ERRORS

    def wrong(self, field: str, text: str) -> None:
        """Keep the first mistake of a field."""
        self.errors.setdefault(field, text)

    def only(self, row: Mapping[str, Any], known: Collection[str], prefix: str) -> None:
        """Name each field that nobody asked for."""
        for name in row:
            if name not in known and not self.is_full:
                shown = str(name)[:60]
                self.wrong(f"{prefix}{shown}", _("This field is not known."))

    def group(self, body: Mapping[str, Any], name: str, known: set[str]) -> Mapping[str, Any]:
        """Return the object `name`, empty if it is absent."""
        row = body.get(name)
        if row is None:
            return {}
        if not isinstance(row, Mapping):
            self.wrong(name, _("This must be an object."))
            return {}
        self.only(row, known, f"{name}.")
        return row

    def value(
        self, row: Mapping[str, Any], path: str, read: Callable[[Any], T], *, required: bool = False
    ) -> T | None:
        """Return the field at `path` read by `read`; None where it is absent or wrong."""
        raw = row.get(path.rsplit(".", 1)[-1])
        if raw is None or raw == "":
            if required:
                self.wrong(path, _("This field is required."))
            return None
        try:
            return read(raw)
        except ValueError as mistake:
            self.wrong(path, str(mistake))
            return None


def read(body: object, *, zone: tzinfo) -> tuple[Bill, list[Interval]]:
    """Return the bill and its intervals; raise Invalid. A moment without offset is the city's."""
    reader = Reader()
    if not isinstance(body, Mapping):
        raise Invalid({"": _("The body must be an object.")})
    reader.only(body, _TOP, "")
    bill = _bill(body, reader)
    intervals = _intervals(body.get("intervals"), bill, reader, zone)
    if reader.errors or bill is None:
        raise Invalid(reader.errors)
    return bill, intervals


def _bill(body: Mapping[str, Any], reader: Reader) -> Bill | None:
    service = reader.value(body, "utility", word_of(Service), required=True)
    month = reader.value(body, "month", month_of, required=True)
    charge = reader.value(body, "charge", decimal_of(Decimal(0), MAX_RUB), required=True)
    room = reader.group(body, "room", {"corner", "radiators"})
    region = reader.group(body, "region", {"coldest_five_days_c"})
    supply = reader.group(body, "supply", _SUPPLY)
    water = _hot_water(body, month, reader)
    feeds = reader.value(supply, "supply.independent_feeds", feeds_of)
    cold = decimal_of(Decimal(-90), Decimal(60))
    values: dict[str, Any] = {
        "metered": reader.value(body, "metered", flag_of),
        "corner_room": bool(reader.value(room, "room.corner", flag_of)),
        "radiators": reader.value(room, "room.radiators", word_of(Radiators)),
        "coldest_five_days_c": reader.value(region, "region.coldest_five_days_c", cold),
        "dead_end_main": bool(reader.value(supply, "supply.dead_end_main", flag_of)),
        "static_mpa": reader.value(
            supply, "supply.static_mpa", decimal_of(Decimal(0), Decimal(10))
        ),
    }
    first = reader.value(supply, "supply.heating_from", day_of)
    last = reader.value(supply, "supply.heating_until", day_of)
    if service is None or month is None or charge is None:
        return None
    for name, day in (("heating_from", first), ("heating_until", last)):
        if day is not None and (service != Service.HEATING or day.replace(day=1) != month):
            reader.wrong(f"supply.{name}", _("A day of the same month, and only for heating."))
    if first is not None and last is not None and last < first:
        reader.wrong("supply.heating_until", _("It ends before it begins."))
    return Bill(
        service=service,
        month=month,
        charge_rub=charge,
        independent_feeds=feeds,
        hot_water=water,
        heating_from=first,
        heating_until=last,
        **values,
    )


def _hot_water(body: Mapping[str, Any], month: date | None, reader: Reader) -> HotWater | None:
    row = reader.group(body, "hot_water", _WATER)
    if not any(value not in (None, "") for value in row.values()):
        return None
    volume = reader.value(
        row, "hot_water.volume_m3", decimal_of(Decimal(0), MAX_VOLUME), required=True
    )
    hot = reader.value(row, "hot_water.tariff", decimal_of(Decimal(0), MAX_RUB), required=True)
    cold = reader.value(
        row, "hot_water.cold_tariff", decimal_of(Decimal(0), MAX_RUB), required=True
    )
    # How many live there is for whoever fills in the volume by norm; see claims.tariffs.filling.
    reader.value(row, "hot_water.residents", residents_of)
    basis = reader.value(row, "hot_water.basis", text_of(300))
    later = _later(row.get("later"), month, reader)
    if volume is None or hot is None or cold is None:
        return None
    return HotWater(
        volume_m3=volume, tariff_rub=hot, cold_tariff_rub=cold, later=later, basis=basis or ""
    )


def _later(raw: object, month: date | None, reader: Reader) -> tuple[LaterTariff, ...]:
    """Return the tariffs that follow within the month, each from a later day than the last."""
    if raw in (None, ""):
        return ()
    if not isinstance(raw, list) or len(raw) > MOST_CHANGES:
        reader.wrong("hot_water.later", _("This must be a list."))
        return ()
    found: list[LaterTariff] = []
    money = decimal_of(Decimal(0), MAX_RUB)
    for place, row in enumerate(raw):
        path = f"hot_water.later.{place}"
        if not isinstance(row, Mapping):
            reader.wrong(path, _("This must be an object."))
            return ()
        reader.only(row, _LATER, f"{path}.")
        since = reader.value(row, f"{path}.from", day_of, required=True)
        hot = reader.value(row, f"{path}.tariff", money, required=True)
        cold = reader.value(row, f"{path}.cold_tariff", money, required=True)
        if since is None or hot is None or cold is None or month is None:
            continue
        before = found[-1].since if found else month
        if not (before < since and since.replace(day=1) == month):
            reader.wrong(f"{path}.from", _("A later day of the same month."))
            continue
        found.append(LaterTariff(since=since, tariff_rub=hot, cold_tariff_rub=cold))
    return tuple(found)


def _intervals(raw: object, bill: Bill | None, reader: Reader, zone: tzinfo) -> list[Interval]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        reader.wrong("intervals", _("This must be a list."))
        return []
    if len(raw) > MAX_INTERVALS:
        reader.wrong(
            "intervals", _("At most %(most)s intervals are counted.") % {"most": MAX_INTERVALS}
        )
        return []
    found = []
    for place, row in enumerate(raw):
        if reader.is_full:
            break
        interval = _interval(row, f"intervals.{place}", bill, reader, zone)
        if interval is not None:
            found.append(interval)
    return found


def _interval(
    row: object, path: str, bill: Bill | None, reader: Reader, zone: tzinfo
) -> Interval | None:
    if not isinstance(row, Mapping):
        reader.wrong(path, _("This must be an object."))
        return None
    if not _INTERVAL.issuperset(row):
        reader.only(row, _INTERVAL, f"{path}.")
    at = moment_of(zone)
    kind = reader.value(row, f"{path}.kind", word_of(Kind), required=True)
    start = reader.value(row, f"{path}.start", at, required=True)
    end = reader.value(row, f"{path}.end", at)
    planned = bool(reader.value(row, f"{path}.planned", flag_of))
    if start is not None and end is not None and end <= start:
        reader.wrong(f"{path}.end", _("The end must be later than the start."))
    if kind is None or start is None:
        return None
    if bill is not None and kind != Kind.NO_ACCESS and kind not in KINDS[bill.service]:
        reader.wrong(f"{path}.kind", _("This utility has no such breach."))
    return Interval(
        kind=kind,
        start=start,
        end=end,
        planned=planned,
        reading=_reading(row, path, kind, reader),
    )


def _reading(row: Mapping[str, Any], path: str, kind: Kind, reader: Reader) -> Decimal | None:
    named = READINGS.get(kind)
    for name in ("room_celsius", "celsius", "mpa", "volts"):
        if row.get(name) is not None and (named is None or named[0] != name):
            reader.wrong(f"{path}.{name}", _("This reading does not belong to this breach."))
    if named is None:
        return None
    name, lowest, highest = named
    return reader.value(
        row, f"{path}.{name}", decimal_of(lowest, highest), required=kind != Kind.INTERRUPTION
    )


def word_of(words: type[Word]) -> Callable[[Any], Word]:
    """Return a reader of one of `words`."""

    def read(raw: Any) -> Word:
        try:
            return words(raw)
        except ValueError:
            known = ", ".join(words)
            raise ValueError(_("One of: %(known)s.") % {"known": known}) from None

    return read


def decimal_of(lowest: Decimal, highest: Decimal) -> Callable[[Any], Decimal]:
    """Return a reader of a number between two; text keeps its kopecks, a comma is a point."""

    def read(raw: Any) -> Decimal:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            raise ValueError(_("This must be a number."))
        text = str(raw).strip().replace(",", ".").replace("\N{MINUS SIGN}", "-")
        text = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
        try:
            number = Decimal(text) if len(text) <= 40 else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite():
            raise ValueError(_("This must be a number."))
        if not lowest <= number <= highest:
            raise ValueError(
                _("This must be between %(lowest)s and %(highest)s.")
                % {"lowest": f"{lowest:f}", "highest": f"{highest:f}"}
            )
        # Finer than any instrument or bill; it also bounds how many readings differ.
        return number.quantize(Decimal("0.0001"))

    return read


def flag_of(raw: Any) -> bool:
    """Return a yes or no."""
    if not isinstance(raw, bool):
        raise ValueError(_("This must be true or false."))
    return raw


def feeds_of(raw: Any) -> int:
    """Return how many independent feeds there are."""
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= 9:
        raise ValueError(_("A whole number from 1 to 9."))
    return raw


def residents_of(raw: Any) -> int:
    """Return how many live in a flat."""
    text = str(raw)
    if isinstance(raw, bool) or not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 99:
        raise ValueError(_("A whole number from 1 to 99."))
    return int(text)


def text_of(most: int) -> Callable[[Any], str]:
    """Return a reader of a short text."""

    def read(raw: Any) -> str:
        if not isinstance(raw, str) or len(raw) > most:
            raise ValueError(_("At most %(most)s characters.") % {"most": most})
        return " ".join(raw.split())

    return read


def day_of(raw: Any) -> date:
    """Return a day of «2026-01-16»."""
    try:
        return date.fromisoformat(raw if isinstance(raw, str) and len(raw) == 10 else "")
    except ValueError:
        raise ValueError(_("A day looks like 2026-01-16.")) from None


def month_of(raw: Any) -> date:
    """Return the first day of «2026-01»."""
    text = raw if isinstance(raw, str) else ""
    try:
        month = date.fromisoformat(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        month = None
    if month is None:
        raise ValueError(_("A month looks like 2026-01."))
    if not FIRST_MONTH <= month <= LAST_MONTH:
        raise ValueError(_("These rules hold for months from September 2012 on."))
    return month


def moment_of(zone: tzinfo) -> Callable[[Any], datetime]:
    """Return a reader of ISO moments."""

    def read(raw: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(raw) if isinstance(raw, str) else None
        except ValueError:
            moment = None
        if moment is None or not isinstance(raw, str) or len(raw) < 16:
            raise ValueError(_("A date with time looks like 2026-01-10T08:00."))
        if not 2000 <= moment.year <= 2100:
            raise ValueError(_("The year is out of reach."))
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)

    return read
