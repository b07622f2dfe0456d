"""Reading a list of tariffs and norms: CSV or XLSX, every row that is not taken named with why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from django.db import models
from django.utils.translation import gettext as _

from claims.models.tariffs import UNITS, TariffKind, TariffUnit
from claims.tariffs.planning import Told
from disclosure.sheets import reading as sheets
from disclosure.utilities import Utility

LIMITS = sheets.Limits(megabytes=1, unpacked_megabytes=20, rows=5_000)
# What a column is called in a file, in either language.
COLUMNS = {
    "kind": ("вид", "kind"),
    "utility": ("услуга", "utility"),
    "settlement": ("населённый пункт", "settlement"),
    "supplier": ("инн поставщика", "supplier_inn"),
    "group": ("для кого", "group"),
    "value": ("значение", "value"),
    "unit": ("единица", "unit"),
    "since": ("с", "from"),
    "until": ("по", "until"),
    "act": ("акт", "act"),
    "source": ("источник", "source"),
}
NEEDED = ("kind", "utility", "value", "unit", "since", "act", "source")
MOST = Decimal(1_000_000)
_LENGTHS = {"settlement": 120, "group": 200, "act": 300, "source": 300}
C = TypeVar("C", bound=models.TextChoices)


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that cannot be read, and why, in words."""

    line: int
    reason: str


class _Wrong(Exception):
    """What is wrong with a row, in words."""


def read(data: bytes, *, suppliers: Mapping[str, int]) -> tuple[list[Told], list[Bad]]:
    """
    Return the rows of a file and those that are none; `suppliers` are ids by ИНН.

    Raise disclosure.sheets.reading.Unreadable where the file as a whole is no such list.
    """
    rows = sheets.lines(data, LIMITS)
    head = next(rows, None)
    if head is None:
        raise sheets.Unreadable(_("The file is empty."))
    places = _places(head.cells)
    told: list[Told] = []
    bad: list[Bad] = []
    for row in rows:
        cells = {
            name: row.cells[place].strip() if place < len(row.cells) else ""
            for name, place in places.items()
        }
        try:
            told.append(_told(cells, row.number, suppliers))
        except _Wrong as wrong:
            bad.append(Bad(row.number, str(wrong)))
    return told, bad


def _places(head: list[str]) -> dict[str, int]:
    names = [cell.strip().casefold() for cell in head]
    places = {
        column: names.index(word)
        for column, words in COLUMNS.items()
        for word in words
        if word in names
    }
    absent = [COLUMNS[name][0] for name in NEEDED if name not in places]
    if absent:
        raise sheets.Unreadable(
            _("There is no column %(names)s.") % {"names": ", ".join(f"«{n}»" for n in absent)}
        )
    return places


def _told(cells: Mapping[str, str], line: int, suppliers: Mapping[str, int]) -> Told:
    for name in NEEDED:
        if not cells[name]:
            raise _Wrong(_("«%(name)s» is empty.") % {"name": COLUMNS[name][0]})
    for name, most in _LENGTHS.items():
        if len(cells.get(name, "")) > most:
            raise _Wrong(
                _("«%(name)s»: at most %(most)s characters.")
                % {"name": COLUMNS[name][0], "most": most}
            )
    kind = _choice(TariffKind, cells["kind"], "kind")
    unit = _choice(TariffUnit, cells["unit"], "unit")
    if unit not in UNITS[kind]:
        raise _Wrong(_("This unit is not one of this kind."))
    since = _day(cells["since"], "since")
    until = _day(cells["until"], "until") if cells.get("until") else None
    if until is not None and until < since:
        raise _Wrong(_("It ends before it begins."))
    inn = cells.get("supplier", "")
    if inn and inn not in suppliers:
        raise _Wrong(_("No supplier has the ИНН %(inn)s.") % {"inn": inn[:20]})
    return Told(
        key=(
            kind,
            _choice(Utility, cells["utility"], "utility"),
            cells.get("settlement", ""),
            suppliers[inn] if inn else None,
            cells.get("group", ""),
        ),
        value=_number(cells["value"]),
        unit=unit,
        since=since,
        until=until,
        act=cells["act"],
        source=cells["source"],
        line=line,
    )


def _choice(choices: type[C], said: str, column: str) -> C:
    word = said.casefold()
    for one in choices:
        if word in {one.value, str(one.label).casefold()}:
            return one
    known = ", ".join(_names(choices))
    raise _Wrong(
        _("«%(name)s»: %(said)s is none of %(known)s.")
        % {"name": COLUMNS[column][0], "said": said[:40], "known": known}
    )


def _names(choices: type[models.TextChoices]) -> Iterator[str]:
    for one in choices:
        yield str(one.value)


def _number(said: str) -> Decimal:
    try:
        number = Decimal(said.replace(",", ".").replace(" ", "").replace("\N{NO-BREAK SPACE}", ""))
    except InvalidOperation:
        raise _Wrong(_("«%(said)s» is no number.") % {"said": said[:40]}) from None
    if not number.is_finite() or not 0 < number < MOST:
        raise _Wrong(_("A number above zero is expected, not %(said)s.") % {"said": said[:40]})
    if number != number.quantize(Decimal("0.00001")):
        raise _Wrong(_("At most five digits after the comma, not %(said)s.") % {"said": said[:40]})
    return number.quantize(Decimal("0.00001"))


def _day(said: str, column: str) -> date:
    for shape in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            day = datetime.strptime(said, shape).date()  # noqa: DTZ007 - a day, no moment
        except ValueError:
            continue
        if date(2000, 1, 1) <= day <= date(2099, 12, 31):
            return day
    raise _Wrong(
        _("«%(name)s»: %(said)s is no day (2026-07-01).")
        % {"name": COLUMNS[column][0], "said": said[:40]}
    )
