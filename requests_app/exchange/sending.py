"""Storing a batch: one transaction, no row of it is worked on yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.actors import Actor, Executor, user_id_of
from requests_app.models import BatchState, ExchangeBatch, ExchangeKind, ExchangeRow, RowAnswer

MOST_ROWS = 1_000
KEY_MAX = 200


class NotTaken(Exception):
    """The batch as a whole is not taken."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A row as it came; `fault` is why it can be no row at all, by field."""

    key: str = ""
    number: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    fault: tuple[str, str] | None = None


def store(
    kind: ExchangeKind,
    rows: Sequence[Sent],
    *,
    by: Actor,
    at: datetime,
    source: str = "",
    file_name: str = "",
    idempotency_key: str = "",
    most: int = MOST_ROWS,
    is_seen_first: bool = False,
) -> ExchangeBatch:
    """
    Store the rows and return their batch; a repeated key with the same rows returns the first one.

    With `is_seen_first` nobody works on it before `go`.

    Raise NotTaken for none or too many, accounts.idempotency.KeyReused for a key of other rows.
    """
    if not rows:
        raise NotTaken(_("The batch has no rows."), "no_rows")
    if len(rows) > most:
        raise NotTaken(_("At most %(count)d rows at once.") % {"count": most}, "too_many_rows")
    user = user_id_of(by)
    with transaction.atomic():
        fresh: idempotency.Fresh | None = None
        if idempotency_key:
            claimed = idempotency.claim(
                scope=f"exchange:{kind}:{source}:{user}",
                key=idempotency_key,
                fingerprint=idempotency.fingerprint_of([asdict(row) for row in rows]),
                at=at,
            )
            if isinstance(claimed, idempotency.Replay):
                return ExchangeBatch.objects.get(pk=claimed.result["batch"])
            fresh = claimed
        batch = ExchangeBatch.objects.create(
            kind=kind,
            source=source,
            user_id=user,
            inns=sorted(by.inns) if isinstance(by, Executor) else [],
            file_name=file_name[:200],
            language=(get_language() or "ru")[:8],
            sent_at=at,
            state=BatchState.SEEN if is_seen_first else BatchState.WAITING,
            rows=len(rows),
            refused=sum(row.fault is not None for row in rows),
        )
        ExchangeRow.objects.bulk_create(_lines(batch, rows), batch_size=500)
        if fresh:
            fresh.remember({"batch": str(batch.pk)})
    return batch


def go(batch: ExchangeBatch, *, at: datetime) -> bool:
    """Let the work on a batch begin that was looked through; False when it had begun already."""
    seen = ExchangeBatch.objects.filter(pk=batch.pk, state=BatchState.SEEN)
    return bool(seen.update(state=BatchState.WAITING, sent_at=at))


def _lines(batch: ExchangeBatch, rows: Sequence[Sent]) -> list[ExchangeRow]:
    # In one order for everybody: two batches of the same requests must not wait for each other.
    # Rows of one request keep the order they were sent in.
    turns = sorted(range(len(rows)), key=lambda place: (rows[place].number, place))
    turn_of = {place: turn for turn, place in enumerate(turns)}
    lines = []
    for place, row in enumerate(rows):
        line = ExchangeRow(
            batch=batch,
            place=place + 1,
            turn=turn_of[place],
            key=row.key[:KEY_MAX],
            number=row.number[:64],
            body=row.body,
        )
        if row.fault is not None:
            refuse(line, row.fault[0], row.fault[1], "invalid")
        lines.append(line)
    return lines


def refuse(line: ExchangeRow, field_name: str, message: str, code: str) -> None:
    """Answer a row with a refusal."""
    line.answer, line.code = RowAnswer.REFUSED, code[:40]
    line.field, line.message = field_name[:60], message[:500]
