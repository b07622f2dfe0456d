"""
Taking a letter in: a request where house and matter are certain, else a line for staff.

Idempotent by the number it has there. Two batches with one number make one request: the second
waits at the unique key until the first has committed, and finds its letter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.actors import System
from requests_app import intake
from requests_app.models import (
    ExchangeBatch,
    ExchangeRow,
    LetterState,
    OutsideLetter,
    RowAnswer,
)
from requests_app.outside import letters, placing
from requests_app.outside.letters import Letter
from requests_app.outside.sources import SOURCES, Source


def taker(
    batch: ExchangeBatch, _lines: list[ExchangeRow], at: datetime
) -> Callable[[ExchangeRow], None]:
    """Return what answers a row of the batch; it raises letters.Wrong."""
    source = SOURCES[batch.source]

    def take(line: ExchangeRow) -> None:
        letter = letters.read(line.body, at=at)
        kept, is_new = take_in(letter, source, at=at)
        line.number = kept.request.number if kept.request else ""
        if not is_new:
            line.answer = RowAnswer.SAME
            if kept.fingerprint != _fingerprint(letter):
                line.code = "differs"
                line.message = _("It was taken in before with another text; the first one stands.")
        elif kept.state == LetterState.FILED:
            line.answer = RowAnswer.DONE
        else:
            line.answer, line.code = RowAnswer.TO_SORT, "unclear"
            line.message = unclear_words(kept)

    return take


def take_in(letter: Letter, source: Source, *, at: datetime) -> tuple[OutsideLetter, bool]:
    """Return the letter's row, and whether it is new; files a request where all is certain."""
    rows = OutsideLetter.objects.select_related("request")
    known = rows.filter(source=source.code, number=letter.number).first()
    if known is not None:
        return known, False
    house = placing.house_of(letter)
    matter = placing.matter_of(letter, source, at=at)
    unclear = [
        name for name, found in ((placing.HOUSE, house), (placing.MATTER, matter)) if not found
    ]
    row = OutsideLetter(
        source=source.code,
        number=letter.number,
        received_at=letter.received_at,
        taken_at=at,
        state=LetterState.TO_SORT,
        changed_at=at,
        address=letter.address,
        matter=letter.matter,
        unclear=",".join(unclear),
        payload=_plain(letter),
        fingerprint=_fingerprint(letter),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return rows.get(source=source.code, number=letter.number), False
    if house and matter:
        try:
            with transaction.atomic():
                file(row, building=house, category=matter, at=at)
        except intake.Invalid as invalid:
            row.unclear = ",".join(invalid.errors)[:40]
            row.save(update_fields=["unclear"])
    return row, True


def file(row: OutsideLetter, *, building: int, category: str, at: datetime) -> None:
    """
    Make the letter a request of this house and matter; its time runs from its receipt there.

    The caller holds a transaction. Raise intake.Invalid.
    """
    source, said = SOURCES[row.source], row.payload
    filed = intake.file(
        intake.NewRequest(
            category=category,
            building=building,
            description=said["text"],
            contact=intake.Contact(
                name=said.get("name", ""),
                email=said.get("email", ""),
                phone=said.get("phone", ""),
            ),
            consent=False,
            basis=source.basis,
            entrance=said.get("entrance", ""),
            flat=said.get("flat", ""),
            channel=source.channel,
            is_appeal=bool(said.get("is_appeal")),
        ),
        by=System(),
        at=row.received_at,
    )
    row.request, row.state = filed.request, LetterState.FILED
    # The request and its contact hold it now.
    row.payload, row.unclear, row.changed_at = {}, "", at
    row.save(update_fields=["request", "state", "payload", "unclear", "changed_at"])


def unclear_words(row: OutsideLetter) -> str:
    """Return what staff have to decide, in words."""
    words = {
        placing.HOUSE: _("The house is not certain."),
        placing.MATTER: _("The matter is not certain."),
    }
    told = [words[name] for name in row.unclear.split(",") if name in words]
    return " ".join(told) or _("It cannot be filed as it is.")


def _plain(letter: Letter) -> dict[str, Any]:
    said = asdict(letter)
    for name in ("number", "received_at", "address", "matter"):
        del said[name]
    return {name: value for name, value in said.items() if value}


def _fingerprint(letter: Letter) -> str:
    return idempotency.fingerprint_of(asdict(letter))
