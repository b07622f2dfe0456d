"""
A table of who owns what and how each voted, counted exactly: 20 000 rows in a second.

A row is an owner's share of one of the premises: a flat with three owners is three rows. Names of
owners are not read: a count needs none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import lcm

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from outreach.meetings.numbers import BadNumber, area, share
from outreach.meetings.voting import Attendance, Impossible, Votes

MAX_QUESTIONS = 30
SHOWN_WRONGS = 100
# Areas are counted in hundredths of a square decimetre: four digits after the comma.
_UNIT = 10_000
# «33,33 %» three times: the shares were meant to be whole.
_ROUNDED = Fraction(1, 200)


class Answer(StrEnum):
    """What a ballot says on one question."""

    FOR = "for"
    AGAINST = "against"
    ABSTAINED = "abstained"


class Kind(StrEnum):
    """What is owned; each votes by its area (ЖК РФ, ст. 48 ч. 3; машино-место is counted too)."""

    FLAT = "flat"
    OTHER = "other"
    CAR_PLACE = "car_place"


_ANSWERS = {
    **dict.fromkeys(("за", "да", "+", "for", "yes"), Answer.FOR),
    **dict.fromkeys(("против", "нет", "against", "no"), Answer.AGAINST),
    **dict.fromkeys(
        ("воздержался", "воздержалась", "воздержались", "воздерж", "возд", "abstained"),
        Answer.ABSTAINED,
    ),
}
_NOTHING = {"", "-", "—", "–", "не голосовал", "не голосовала", "не участвовал", "недействителен"}
_NUMBER = ("помещение", "кв", "квартира", "номер", "№", "n")
_QUESTION = re.compile(r"(?:вопрос|в)?\s*[№.]?\s*(\d{1,2})\.?")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Wrong:
    """A row that cannot be counted; `line` as a spreadsheet program numbers it, 0: the table."""

    line: int
    text: str


@dataclass(frozen=True)
class Ballot:
    """An owner's share of one of the premises, with an answer or None for each question."""

    line: int
    number: str
    kind: Kind
    area: Fraction
    share: Fraction
    answers: tuple[Answer | None, ...]

    @property
    def takes_part(self) -> bool:
        """Whether the owner answered anything."""
        return any(self.answers)


@dataclass
class Table:
    """What was read: ballots, and everything that stands in their way."""

    questions: int = 0
    ballots: list[Ballot] = field(default_factory=list)
    wrongs: list[Wrong] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The count: areas, how many premises and ballots, votes by question, and remarks."""

    attendance: Attendance
    listed: Fraction
    premises: int
    ballots: int
    took_part: int
    votes: tuple[Votes, ...]
    by_kind: dict[Kind, Fraction]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _Columns:
    number: int
    area: int
    share: int | None
    kind: int | None
    questions: tuple[int, ...]


def read(lines: Iterable[tuple[int, Sequence[str]]]) -> Table:
    """Return the ballots of the lines (number, cells); the first line names the columns."""
    rows = iter(lines)
    table = Table()
    head = next(rows, None)
    if head is None:
        table.wrongs.append(Wrong(0, _("The table is empty.")))
        return table
    columns = _columns(head[1])
    if isinstance(columns, str):
        table.wrongs.append(Wrong(head[0], columns))
        return table
    table.questions = len(columns.questions)
    for line, cells in rows:
        try:
            table.ballots.append(_ballot(line, cells, columns))
        except ValueError as wrong:
            table.wrongs.append(Wrong(line, str(wrong)))
    if not table.ballots and not table.wrongs:
        table.wrongs.append(Wrong(0, _("The table has a head and no rows.")))
    table.wrongs += _contradictions(table.ballots)
    return table


def _columns(cells: Sequence[str]) -> _Columns | str:
    """Return where each column stands, or what is missing."""
    names = [_word(cell) for cell in cells]

    def first(*starts: str) -> int | None:
        found = (place for place, name in enumerate(names) if name.startswith(starts))
        return next(found, None)

    area_at, share_at = first("площадь", "area"), first("доля", "share")
    number_at, kind_at = first(*_NUMBER), first("тип", "вид", "kind")
    taken = {area_at, share_at, number_at, kind_at}
    asked = tuple(
        place
        for place, name in enumerate(names)
        if place not in taken and _QUESTION.fullmatch(name)
    )
    if number_at is None or area_at is None:
        return _("The first row must name the columns: «Помещение», «Площадь», «Доля», «Вопрос 1»…")
    if not asked:
        return _("There is no column of a question: name them «Вопрос 1», «Вопрос 2»…")
    if len(asked) > MAX_QUESTIONS:
        return _("More than %(count)d questions.") % {"count": MAX_QUESTIONS}
    return _Columns(number_at, area_at, share_at, kind_at, asked)


def _word(text: str) -> str:
    return _SPACES.sub(" ", text.casefold().replace("ё", "е")).strip()


def _ballot(line: int, cells: Sequence[str], columns: _Columns) -> Ballot:
    def cell(place: int | None) -> str:
        return cells[place].strip() if place is not None and place < len(cells) else ""

    number = _SPACES.sub(" ", cell(columns.number))[:60]
    if not number:
        raise ValueError(_("The number of the flat is missing."))
    try:
        size, part = area(cell(columns.area)), share(cell(columns.share) or "1")
    except BadNumber as bad:
        raise ValueError(str(bad)) from None
    if size <= 0:
        raise ValueError(_("The area must be more than zero."))
    answers = tuple(_answer(cell(place)) for place in columns.questions)
    return Ballot(line, number, _kind(cell(columns.kind), number), size, part, answers)


def _answer(text: str) -> Answer | None:
    word = _word(text).rstrip(".")
    if word in _NOTHING:
        return None
    if word not in _ANSWERS:
        raise ValueError(
            _("“%(text)s” is no answer: write «за», «против», «воздержался» or nothing.")
            % {"text": text[:40]}
        )
    return _ANSWERS[word]


def _kind(text: str, number: str) -> Kind:
    word = _word(text or number)
    if word.startswith(("машино", "м/м", "мм", "парк")):
        return Kind.CAR_PLACE
    if word.startswith(("неж", "офис", "магазин", "помещение нежилое", "пом")):
        return Kind.OTHER
    return Kind.FLAT


def _contradictions(ballots: Sequence[Ballot]) -> Iterator[Wrong]:
    """Yield what the rows of one of the premises say against each other."""
    first: dict[tuple[Kind, str], Ballot] = {}
    whole: dict[tuple[Kind, str], Fraction] = defaultdict(Fraction)
    for ballot in ballots:
        key = (ballot.kind, ballot.number.casefold())
        before = first.setdefault(key, ballot)
        whole[key] += ballot.share
        if before.area != ballot.area:
            yield Wrong(
                ballot.line,
                _("№ %(number)s has another area in row %(line)d.")
                % {"number": ballot.number, "line": before.line},
            )
    for key, total in whole.items():
        if total > 1:
            yield Wrong(
                first[key].line,
                _("Shares of № %(number)s add up to more than the whole (%(percent)s %%).")
                % {"number": first[key].number, "percent": f"{float(total) * 100:.2f}"},
            )


def count(table: Table, *, total: Fraction | None = None) -> Tally:
    """
    Return the count of a table without wrongs.

    `total` is the area of the whole house where the table does not list all of it; raise
    voting.Impossible if the table holds more.
    """
    ballots = table.ballots
    scale = lcm(*{ballot.share.denominator for ballot in ballots})
    unit = scale * _UNIT
    premises = {(one.kind, one.number.casefold()): one for one in ballots}
    listed = sum((one.area for one in premises.values()), Fraction(0))
    sums = [dict.fromkeys(Answer, 0) for _place in range(table.questions)]
    present = took_part = 0
    for ballot in ballots:
        weight = _weight(ballot, scale)
        if ballot.takes_part:
            present += weight
            took_part += 1
        for place, answer in enumerate(ballot.answers):
            if answer is not None:
                sums[place][answer] += weight
    by_kind: dict[Kind, Fraction] = defaultdict(Fraction)
    for one in premises.values():
        by_kind[one.kind] += one.area
    whole = _whole(total, listed)
    return Tally(
        attendance=Attendance(total=whole, present=Fraction(present, unit)),
        listed=listed,
        premises=len(premises),
        ballots=len(ballots),
        took_part=took_part,
        votes=tuple(
            Votes(
                in_favour=Fraction(one[Answer.FOR], unit),
                against=Fraction(one[Answer.AGAINST], unit),
                abstained=Fraction(one[Answer.ABSTAINED], unit),
            )
            for one in sums
        ),
        by_kind=dict(by_kind),
        remarks=tuple(_remarks(ballots, listed, whole)),
    )


def _whole(total: Fraction | None, listed: Fraction) -> Fraction:
    if total is None:
        return listed
    if total < listed:
        raise Impossible(
            "total", _("The table holds more area than the whole house: votes of more than 100 %.")
        )
    return total


def _weight(ballot: Ballot, scale: int) -> int:
    """Return the area of the share in units of 1 / (scale × 10 000) m², a whole number."""
    units = int(ballot.area * _UNIT)
    return units * ballot.share.numerator * (scale // ballot.share.denominator)


def _remarks(ballots: Sequence[Ballot], listed: Fraction, whole: Fraction) -> Iterator[str]:
    shares: dict[tuple[Kind, str], Fraction] = defaultdict(Fraction)
    for ballot in ballots:
        shares[ballot.kind, ballot.number.casefold()] += ballot.share
    rounded = sum(1 for total in shares.values() if 1 - _ROUNDED <= total < 1)
    partial = sum(1 for total in shares.values() if total < 1 - _ROUNDED)
    if rounded:
        yield ngettext(
            "Shares of %(count)d flat are rounded and are not one in all: write 1/3, not 33 %%.",
            "Shares of %(count)d flats are rounded and are not one in all: write 1/3, not 33 %%.",
            rounded,
        ) % {"count": rounded}
    if partial:
        yield ngettext(
            "%(count)d flat does not name all its owners: the rest of it counts as absent.",
            "%(count)d flats do not name all their owners: the rest of them counts as absent.",
            partial,
        ) % {"count": partial}
    if whole > listed:
        yield _("Premises that the table does not list count as absent.")
