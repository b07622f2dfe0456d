"""The form: a bill, rows of what was wrong, and its state as a query string."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, tzinfo
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.calculator.wording import BREACHES, PLANNED, READING_LABELS
from claims.recalculation import parse
from claims.recalculation.values import Bill, Interval, Kind, Service
from claims.tariffs import filling
from claims.tariffs.filling import Reference

MAX_ROWS = 30
MONTHS_SHOWN = 37  # three years: claims older than that have lapsed (ГК РФ, ст. 196)
MAX_LENGTH = 40
_NUMBER = re.compile(r"[0-9]{2}-[0-9]{6,12}")
_ID = re.compile(r"[1-9][0-9]{0,17}")
_ROW_FIELD = re.compile(r"i(\d{1,2})-(kind|start|end|reading)")


def _number(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}
        ),
    )


def _day(label: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


class _Unjudged(forms.Form):
    """
    A form that only draws itself: which field is needed depends on the others, so `parse` judges.

    No field is marked as required or optional; mistakes are set by `Calculator.judge`.
    """

    use_required_attribute = False

    def full_clean(self) -> None:
        """Find no mistake by itself."""
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data = {}


class BillForm(_Unjudged):
    """What the bill says, and what the norms depend on."""

    month = forms.ChoiceField(label=gettext_lazy("Month of the bill"))
    charge = _number(gettext_lazy("Charged for the service, ₽"))
    metered = forms.ChoiceField(
        label=gettext_lazy("Is there a meter?"),
        choices=[
            ("", gettext_lazy("I do not know")),
            ("yes", gettext_lazy("Yes, in the flat or in the house")),
            ("no", gettext_lazy("No, we pay by norm")),
        ],
    )
    corner = forms.BooleanField(label=gettext_lazy("A corner room (two outer walls)"))
    coldest = forms.ChoiceField(
        label=gettext_lazy("Norm of the air in the room"),
        choices=[
            ("", gettext_lazy("As usual in our city")),
            ("-28", gettext_lazy("+18 °C")),
            ("-31", gettext_lazy("+20 °C (five coldest days are −31 °C or colder)")),
        ],
    )
    radiators = forms.ChoiceField(
        label=gettext_lazy("Radiators"),
        choices=[
            ("", gettext_lazy("I do not know")),
            ("cast_iron", gettext_lazy("Cast iron")),
            ("other", gettext_lazy("Other")),
        ],
    )
    static = _number(gettext_lazy("Static pressure of the system, MPa"))
    heating_from = _day(gettext_lazy("Heating began in this month, on"))
    heating_until = _day(gettext_lazy("Heating ended in this month, last day"))
    feeds = forms.ChoiceField(
        label=gettext_lazy("How is the house fed?"),
        choices=[
            ("", gettext_lazy("I do not know")),
            ("1", gettext_lazy("One source (most houses)")),
            ("2", gettext_lazy("Two independent sources (houses with lifts)")),
        ],
    )
    dead_end = forms.BooleanField(label=gettext_lazy("An accident on a dead-end main"))
    volume = _number(gettext_lazy("Hot water in the bill, m³"))
    residents = _number(gettext_lazy("Or how many people live in the flat, if you pay by norm"))
    hot_tariff = _number(gettext_lazy("Tariff of hot water, ₽ for 1 m³"))
    cold_tariff = _number(gettext_lazy("Tariff of cold water, ₽ for 1 m³"))

    # What each utility asks besides month, charge and meter.
    ASKED: Mapping[Service, tuple[str, ...]] = {
        Service.HEATING: (
            "corner",
            "coldest",
            "radiators",
            "static",
            "heating_from",
            "heating_until",
        ),
        Service.HOT_WATER: ("volume", "residents", "hot_tariff", "cold_tariff", "dead_end"),
        Service.ELECTRICITY: ("feeds",),
    }

    def __init__(self, *args: Any, service: Service, months: list[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {"month", "charge", "metered", *self.ASKED.get(service, ())}
        for name in set(self.fields) - kept:
            del self.fields[name]
        month = self.fields["month"]
        assert isinstance(month, forms.ChoiceField)
        month.choices = [(f"{one:%Y-%m}", f"{MONTHS[one.month]} {one.year}") for one in months]

    def extra(self) -> list[forms.BoundField]:
        """Return the fields that few need."""
        always = {"month", "charge", "metered"}
        return [self[name] for name in self.fields if name not in always]


class RowForm(_Unjudged):
    """One stretch of bad service."""

    kind = forms.ChoiceField(label=gettext_lazy("What was wrong"))
    start = forms.CharField(
        label=gettext_lazy("Bad from"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    end = forms.CharField(
        label=gettext_lazy("Bad until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    reading = _number(gettext_lazy("Measured"))

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = list(BREACHES[service])
        if service in READING_LABELS:
            self.fields["reading"].label = str(READING_LABELS[service])
        else:
            del self.fields["reading"]


class Calculator:
    """The form as its address says: `bill`, `rows`, and after `judge` its mistakes."""

    def __init__(
        self,
        query: QueryDict,
        *,
        today: date,
        known: Callable[[date], Reference] | None = None,
    ) -> None:
        """`known` returns the tariffs and norms of a month; without it nothing is filled in."""
        self._known = known
        self.service = _service(query.get("utility", ""))
        self.asked = "charge" in query and "more" not in query
        told = query.get("request", "")
        # The request whose page offered the calculation; it carries no right to see anything.
        self.request_number = told if _NUMBER.fullmatch(told) else ""
        told = query.get("incident", "")
        # The incident whose hours fill the form in: it is public.
        self.incident_id = int(told) if _ID.fullmatch(told) else None
        self._data = {
            name: value[: MAX_LENGTH + 1]
            for name, value in query.items()
            if name != "utility" and (name in BillForm.base_fields or _ROW_FIELD.fullmatch(name))
        }
        if self.service is None:
            return
        months = _months(today, str(self._data.get("month", "")))
        last_month = months[1] if len(months) > 1 else months[0]
        self._data.setdefault("month", f"{last_month:%Y-%m}")
        self.bill = BillForm(self._data, service=self.service, months=months)
        self.rows = [
            RowForm(self._data, service=self.service, prefix=f"i{place}", auto_id="id_%s")
            for place in self._places(more="more" in query)
        ]

    def _places(self, *, more: bool) -> list[int]:
        found = sorted(
            {
                int(match[1])
                for name, value in self._data.items()
                if value and (match := _ROW_FIELD.fullmatch(name)) and match[2] != "kind"
            }
        )[:MAX_ROWS]
        if (not found or more) and len(found) < MAX_ROWS:
            found.append(found[-1] + 1 if found else 0)
        return found

    @property
    def is_full(self) -> bool:
        """Tell whether no row can be added."""
        return len(self.rows) >= MAX_ROWS

    @property
    def query(self) -> str:
        """Return the shortest address of this state: only what was filled in."""
        kept = {name: value for name, value in sorted(self._data.items()) if value}
        if self.request_number:
            kept["request"] = self.request_number
        if self.incident_id:
            kept["incident"] = str(self.incident_id)
        return urlencode({"utility": self.service or "", **kept})

    def judge(self, zone: tzinfo) -> tuple[Bill, list[Interval]] | None:
        """Return the bill and its intervals; None where there are mistakes, set beside fields."""
        try:
            bill, intervals = parse.read(self.body(), zone=zone)
        except parse.Invalid as invalid:
            for field, text in invalid.errors.items():
                self._blame(field, text)
            return None
        if not intervals:
            self.rows[0].add_error("start", _("Say when service was bad: from when, until when."))
            return None
        return bill, intervals

    @cached_property
    def reference(self) -> Reference:
        """Return what the portal knows of the month's water; of another service, nothing."""
        if self._known is None or self.service != Service.HOT_WATER:
            return Reference()
        try:
            return self._known(parse.month_of(self._data.get("month", "")))
        except ValueError:
            return Reference()

    def body(self) -> dict[str, Any]:
        """Return what the call for machines takes, with the tariffs that nobody wrote."""
        return filling.fill(self._told(), self.reference)

    def _told(self) -> dict[str, Any]:
        told = self._data.get
        water = {
            "volume_m3": told("volume"),
            "residents": told("residents"),
            "tariff": told("hot_tariff"),
            "cold_tariff": told("cold_tariff"),
        }
        body: dict[str, Any] = {
            "utility": str(self.service),
            "month": told("month"),
            "charge": told("charge"),
            "metered": {"yes": True, "no": False}.get(str(told("metered", ""))),
            "room": {"corner": bool(told("corner")), "radiators": told("radiators")},
            "region": {"coldest_five_days_c": told("coldest")},
            "supply": {
                "dead_end_main": bool(told("dead_end")),
                "static_mpa": told("static"),
                "heating_from": told("heating_from"),
                "heating_until": told("heating_until"),
            },
            "hot_water": water if self.service == Service.HOT_WATER else None,
            "intervals": [self._interval(row) for row in self._filled()],
        }
        if told("feeds") in {"1", "2"}:
            body["supply"]["independent_feeds"] = int(str(told("feeds")))
        return body

    def _filled(self) -> list[RowForm]:
        names = ("start", "end", "reading")
        return [
            row
            for row in self.rows
            if any(self._data.get(f"{row.prefix}-{name}") for name in names)
        ]

    def _interval(self, row: RowForm) -> dict[str, Any]:
        told = {
            name: self._data.get(f"{row.prefix}-{name}", "") for name in ("kind", "start", "end")
        }
        told["kind"] = told["kind"] or "interruption"
        kind = "interruption" if told["kind"] == PLANNED else told["kind"]
        interval: dict[str, Any] = {
            "kind": kind,
            "start": told["start"],
            "end": told["end"],
            "planned": told["kind"] == PLANNED,
        }
        named = parse.READINGS.get(Kind(kind)) if kind in set(Kind) else None
        reading = self._data.get(f"{row.prefix}-reading", "")
        # «No water at all» has nothing to measure; only the air of a cold room counts there.
        measured = kind != "interruption" or self.service == Service.HEATING
        if named is not None and measured and "reading" in row.fields:
            interval[named[0]] = reading
        return interval

    def _blame(self, field: str, text: str) -> None:
        parts = field.split(".")
        if parts[0] == "intervals" and len(parts) == 3:
            row = self._filled()[int(parts[1])]
            name = parts[2] if parts[2] in {"kind", "start", "end"} else "reading"
            row.add_error(name if name in row.fields else None, text)
            return
        name = _FIELDS.get(field, field)
        self.bill.add_error(name if name in self.bill.fields else None, text)


_FIELDS = {
    "room.corner": "corner",
    "room.radiators": "radiators",
    "region.coldest_five_days_c": "coldest",
    "supply.independent_feeds": "feeds",
    "supply.dead_end_main": "dead_end",
    "supply.static_mpa": "static",
    "supply.heating_from": "heating_from",
    "supply.heating_until": "heating_until",
    "hot_water.volume_m3": "volume",
    "hot_water.residents": "residents",
    "hot_water.tariff": "hot_tariff",
    "hot_water.cold_tariff": "cold_tariff",
}


def _service(word: str) -> Service | None:
    try:
        return Service(word)
    except ValueError:
        return None


def _months(today: date, asked: str) -> list[date]:
    """Return the last three years' months, newest first, and the asked one where it is valid."""
    first = today.replace(day=1)
    months = []
    for _place in range(MONTHS_SHOWN):
        months.append(first)
        first = date(first.year - (first.month == 1), first.month - 1 or 12, 1)
    try:
        month = parse.month_of(asked)
    except ValueError:
        return months
    return months if month in months else sorted([*months, month], reverse=True)
