"""What an outside portal is told back of its letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from disclosure.sheets import writing
from requests_app.models import LetterState
from requests_app.querysets_exchange import OutsideLetterQuerySet
from requests_app.statuses import Outcome, Status

HEAD = (
    *("Номер там", "Состояние", "Номер здесь", "Статус", "Итог"),
    *("Ответ", "Срок", "Изменено"),
)
_READ = (
    *("id", "number", "state", "reason", "changed_at", "request__number", "request__status"),
    *("request__outcome", "request__due_at"),
)


@dataclass(frozen=True)
class Told:
    """Where a letter stands; without a request the last four are None and "" ."""

    outside_number: str
    state: str
    number: str
    status: str
    outcome: str
    answer: str
    due_at: datetime | None
    changed_at: datetime


def rows_of(
    letters: OutsideLetterQuerySet, source: str, *, since: datetime | None = None
) -> OutsideLetterQuerySet:
    """Return the source's letters that changed since the moment, each with its request."""
    found = letters.filter(source=source).with_answers().select_related("request").only(*_READ)
    return found.changed_since(since) if since else found


def told(letter: Any) -> Told:
    """Return what is told of a letter of `rows_of`: the words that the person may read."""
    item = letter.request
    return Told(
        outside_number=letter.number,
        state=letter.state,
        number=item.number if item else "",
        status=item.status if item else "",
        outcome=item.outcome if item else "",
        answer=letter.reason if letter.state == LetterState.DECLINED else letter.said,
        due_at=item.due_at if item else None,
        changed_at=letter.changed_at,
    )


def csv_lines(letters: OutsideLetterQuerySet, *, zone: tzinfo) -> Iterator[str]:
    """Yield the answers as a table; rows come one by one, however many."""
    yield "\ufeff" + writing.csv_line(HEAD)
    for letter in letters.order_by("pk").iterator(chunk_size=500):
        row = told(letter)
        yield writing.csv_line(
            [
                row.outside_number,
                str(LetterState(row.state).label),
                row.number,
                str(Status(row.status).label) if row.status else "",
                str(Outcome(row.outcome).label) if row.outcome else "",
                row.answer,
                _moment(row.due_at, zone) if row.due_at else "",
                _moment(row.changed_at, zone),
            ]
        )


def _moment(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%d.%m.%Y %H:%M}"
