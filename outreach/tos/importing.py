"""
The directory out of a file: CSV or XLSX with a row a ТОС, or a GeoJSON with a feature a ТОС.

First a plan (what is new, what changes, which rows are not taken and why), then the plan in one
transaction. The name tells a ТОС; the same file twice does nothing new. People are not imported:
each needs a consent of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure import address_search, addresses
from disclosure.models import Building, check_inn
from disclosure.sheets import reading
from outreach.models import Tos, TosHouse, TosKind
from outreach.tos import boundaries, houses
from requests_app.typed_text import one_line

MOST_ROWS = 500
MOST_HOUSES = 300
# Stays below what a form may bring, as the second press brings the file again.
LONGEST = 1_500_000
LIMITS = reading.Limits(megabytes=2, unpacked_megabytes=30, rows=MOST_ROWS + 1)
_COLUMNS = {
    "название": "name",
    "тип": "kind",
    "район": "district",
    "номер устава": "charter_number",
    "устав зарегистрирован": "charter_on",
    "инн": "inn",
    "адрес": "office",
    "часы": "hours",
    "основан": "founded_on",
    "граница": "boundary",
    "дома": "houses",
}
_TEXTS = ("district", "charter_number", "inn", "office", "hours")
_DATES = ("charter_on", "founded_on")


@dataclass(frozen=True)
class Raw:
    """A row as the file has it: its number, texts by field, and a geometry or None."""

    line: int
    values: Mapping[str, str]
    geometry: object = None


@dataclass
class Row:
    """A row understood: `changes` are words for the preview; `reason` says why it is not taken."""

    line: int
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    geometry: dict[str, Any] | None = None
    buildings: list[int] = field(default_factory=list)
    tos: Tos | None = None
    changes: list[str] = field(default_factory=list)
    reason: str = ""


@dataclass
class Plan:
    """What the file would do."""

    added: list[Row] = field(default_factory=list)
    changed: list[Row] = field(default_factory=list)
    unchanged: list[Row] = field(default_factory=list)
    rejected: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Done:
    """What was done."""

    added: int
    changed: int


class ImportForm(forms.Form):
    """A file, or the text of one that was looked at before; `rows`, `read_text` after is_valid."""

    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("File: CSV, XLSX or GeoJSON"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.json,.geojson"}),
    )
    text = forms.CharField(required=False, max_length=LONGEST, widget=forms.HiddenInput)

    rows: list[Raw]
    read_text: str

    def clean(self) -> dict[str, Any]:
        """Read the rows."""
        values = super().clean() or {}
        sent = values.get("file")
        data = sent.read(LIMITS.megabytes * 1024 * 1024 + 1) if sent else None
        if data is None:
            data = values.get("text", "").encode()
        if not data.strip():
            self.add_error("file", _("Choose a file."))
            return values
        try:
            self.rows, self.read_text = read(data)
        except reading.Unreadable as wrong:
            self.add_error("file", str(wrong))
        return values


def read(data: bytes) -> tuple[list[Raw], str]:
    """Return the rows of a file, and a text that reads the same; raise Unreadable."""
    if data.lstrip()[:1] in {b"{", b"["}:
        rows = list(_of_geojson(data))
        text = data.decode("utf-8-sig")
    else:
        lines = list(reading.lines(data, LIMITS))
        rows = list(_of_table(lines))
        text = "\n".join("\t".join(_quoted(cell) for cell in line.cells) for line in lines)
    if not rows:
        raise reading.Unreadable(_("The file has no rows."))
    if len(rows) > MOST_ROWS or len(text) > LONGEST:
        raise reading.Unreadable(
            _("More than %(count)d rows or a megabyte and a half: send it in parts.")
            % {"count": MOST_ROWS}
        )
    return rows, text


def _quoted(cell: str) -> str:
    flat = cell.replace("\t", " ").replace("\n", " ").replace('"', '""')
    return f'"{flat}"'


def _of_table(lines: list[reading.Line]) -> Iterator[Raw]:
    if not lines:
        return
    head = [_COLUMNS.get(" ".join(cell.casefold().split()), "") for cell in lines[0].cells]
    if "name" not in head:
        raise reading.Unreadable(_("The first row must name the columns; «Название» is needed."))
    for line in lines[1:]:
        values = {
            name: cell
            for name, cell in zip(head, line.cells, strict=False)
            if name and cell.strip()
        }
        yield Raw(line.number, values)


def _of_geojson(data: bytes) -> Iterator[Raw]:
    try:
        value = json.loads(data.decode("utf-8-sig"))
        features = value["features"]
        if value["type"] != "FeatureCollection" or not isinstance(features, list):
            raise ValueError
    except (ValueError, TypeError, KeyError, RecursionError, UnicodeDecodeError):
        raise reading.Unreadable(
            _("This is no GeoJSON: a FeatureCollection is expected.")
        ) from None
    known = {**_COLUMNS, **{name: name for name in _COLUMNS.values()}}
    for number, feature in enumerate(features, start=1):
        said = feature.get("properties") if isinstance(feature, dict) else None
        values = {
            known[str(key).casefold()]: str(text)
            for key, text in (said.items() if isinstance(said, dict) else ())
            if str(key).casefold() in known and text not in (None, "")
        }
        yield Raw(number, values, feature.get("geometry") if isinstance(feature, dict) else None)


def plan(rows: list[Raw], *, on: date) -> Plan:
    """Return what the rows would do to the directory as it is."""
    made = Plan()
    known = {tos.name.casefold(): tos for tos in Tos.objects.all()}
    seen: set[str] = set()
    for raw in rows:
        row = _understood(raw, on=on)
        key = row.name.casefold()
        if not row.reason and key in seen:
            row.reason = _("It is named twice in the file.")
        if row.reason:
            made.rejected.append(row)
            continue
        seen.add(key)
        row.tos = known.get(key)
        if row.tos is None:
            made.added.append(row)
            continue
        row.changes = _changes(row, row.tos)
        (made.changed if row.changes else made.unchanged).append(row)
    return made


def _understood(raw: Raw, *, on: date) -> Row:
    row = Row(raw.line, one_line(raw.values.get("name", ""))[:300])
    try:
        if not row.name:
            raise ValueError(_("The name is missing."))
        row.values = _values(raw.values)
        row.geometry = _geometry(raw)
        row.buildings = _buildings(raw.values.get("houses", ""), on=on)
    except boundaries.BadBoundary as bad:
        row.reason = str(bad)
    except ValidationError as bad:
        row.reason = " ".join(bad.messages)
    except ValueError as bad:
        row.reason = str(bad)
    return row


def _values(texts: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in _TEXTS:
        if name in texts:
            most = Tos._meta.get_field(name).max_length  # type: ignore[union-attr]
            values[name] = one_line(texts[name])
            if most and len(values[name]) > most:
                raise ValueError(
                    _("“%(text)s” is longer than %(count)d characters.")
                    % {"text": values[name][:40], "count": most}
                )
    if values.get("inn"):
        check_inn(values["inn"])
    for name in _DATES:
        if name in texts:
            values[name] = _day(texts[name])
    if "kind" in texts:
        values["kind"] = _kind(texts["kind"])
    return values


def _day(text: str) -> date:
    bare = text.strip()
    parts = bare.split(".")
    if len(parts) == 3:
        bare = "-".join(reversed(parts))
    try:
        found = parse_date(bare)
    except ValueError:
        found = None
    if found is None or not 1900 < found.year < 2100:
        raise ValueError(_("“%(text)s” is no date: write 25.03.2026.") % {"text": text[:40]})
    return found


def _kind(text: str) -> str:
    word = text.strip().casefold()
    for kind in TosKind:
        if word in {kind.value, str(kind.label).casefold()}:
            return kind.value
    raise ValueError(_("“%(text)s” is no kind of territory.") % {"text": text[:40]})


def _geometry(raw: Raw) -> dict[str, Any] | None:
    centre = (settings.CITY.latitude, settings.CITY.longitude)
    if raw.geometry is not None:
        return boundaries.checked(raw.geometry, centre=centre)
    text = raw.values.get("boundary", "")
    return boundaries.read(text, centre=centre) if text else None


def _buildings(text: str, *, on: date) -> list[int]:
    asked = [one_line(part) for part in text.replace("\n", ";").split(";") if part.strip()]
    if len(asked) > MOST_HOUSES:
        raise ValueError(_("More than %(count)d houses.") % {"count": MOST_HOUSES})
    return [_building(address, on=on) for address in asked]


def _building(address: str, *, on: date) -> int:
    """Return the very house of an address; the nearest number is not good enough here."""
    found = address_search.find(address, on=on, limit=1)
    _street, number = addresses.split_house(address)
    if found and not found[0].is_guess and number:
        house = Building.objects.only("search_house").get(pk=found[0].id)
        if house.search_house == addresses.house_key(number):
            return house.pk
    raise ValueError(_("“%(text)s” is no house of the register.") % {"text": address[:80]})


def _changes(row: Row, tos: Tos) -> list[str]:
    changes = [
        str(Tos._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        for name, value in row.values.items()
        if getattr(tos, name) != value
    ]
    if row.geometry is not None and row.geometry != tos.boundary:
        changes.append(_("boundary"))
    if row.buildings:
        kept = TosHouse.objects.filter(tos=tos, is_listed=True, building__in=row.buildings)
        if kept.count() != len(set(row.buildings)):
            changes.append(_("houses"))
    return changes


@transaction.atomic
def apply(made: Plan, *, at: datetime) -> Done:
    """Do what the plan says, all of it or nothing."""
    for row in [*made.added, *made.changed]:
        tos, _is_new = Tos.objects.update_or_create(name=row.name, defaults=row.values)
        if row.buildings:
            houses.name(tos, row.buildings)
        if row.geometry is not None:
            houses.draw(tos, row.geometry, at=at)
    return Done(len(made.added), len(made.changed))
