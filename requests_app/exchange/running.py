"""
Working on batches, a part at a time.

A part, its answers and the batch's counters are one transaction, each row has a savepoint of its
own. Several workers may run at once: a batch is one worker's for the length of a part.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import translation

from requests_app.cabinet import pushed
from requests_app.exchange.sending import refuse
from requests_app.lifecycle import Refused
from requests_app.models import BatchState, ExchangeBatch, ExchangeKind, ExchangeRow, RowAnswer
from requests_app.outside import taking
from requests_app.outside.letters import Wrong

# Rows of a part: a second's work, so that a killed worker repeats no more, and locks are short.
PART = 50
KEPT = timedelta(days=90)
# A file looked through and not sent holds what people wrote.
LOOKED_FOR = timedelta(days=1)
# One statement of arrays: a CASE for each column and row takes longer than the work itself.
_ANSWERED = """
UPDATE requests_app_exchangerow AS line SET body = '{}', answer = said.answer, code = said.code,
    field = said.field, message = said.message, version = said.version, number = said.number
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::integer[], %s::text[])
    AS said (id, answer, code, field, message, version, number)
WHERE line.id = said.id
"""
_COUNTED = {
    RowAnswer.DONE: "done",
    RowAnswer.SAME: "same",
    RowAnswer.TO_SORT: "to_sort",
    RowAnswer.REFUSED: "refused",
}
# Each answers the rows it is given; what it raises of a row is caught here.
Take = Callable[[ExchangeBatch, list[ExchangeRow], datetime], Callable[[ExchangeRow], None]]
_TAKES: dict[str, Take] = {ExchangeKind.STATES: pushed.taker, ExchangeKind.LETTERS: taking.taker}
log = structlog.get_logger(__name__)


def run(*, at: Callable[[], datetime], parts: int) -> int:
    """Work on up to `parts` parts, batches in turn; return how many were done."""
    for made in range(parts):
        try:
            if not _part(at()):
                return made
        except OperationalError:
            # Two waited for each other; the part is as it was, and the next run repeats it.
            log.warning("exchange_part_put_off")
            return made
    return parts


def _part(at: datetime) -> bool:
    with transaction.atomic():
        waiting = ExchangeBatch.objects.unfinished().order_by(F("moved_at").asc(nulls_first=True))
        batch = waiting.select_for_update(skip_locked=True).first()
        if batch is None:
            return False
        lines = list(batch.lines.filter(answer="").order_by("turn")[:PART])
        with translation.override(batch.language):
            _take(batch, lines, at)
        batch.state, batch.moved_at = BatchState.RUNNING, at
        for line in lines:
            name = _COUNTED[RowAnswer(line.answer)]
            setattr(batch, name, getattr(batch, name) + 1)
        if len(lines) < PART:
            batch.state, batch.finished_at = BatchState.FINISHED, at
        batch.save(update_fields=["state", "moved_at", "finished_at", *_COUNTED.values()])
    return True


def _take(batch: ExchangeBatch, lines: list[ExchangeRow], at: datetime) -> None:
    take = _TAKES[batch.kind](batch, lines, at) if lines else None
    for line in lines:
        assert take is not None
        try:
            with transaction.atomic():
                take(line)
        except OperationalError:
            raise
        except (Refused, Wrong) as refused:
            refuse(line, refused.field, refused.message, refused.code)
        except Exception:
            # A row that our own fault breaks must not stop the others, nor be tried for ever.
            log.exception("exchange_row_failed", batch=str(line.batch_id), place=line.place)
            refuse(line, "", translation.gettext("The portal has failed on this row."), "error")
    columns = ("pk", "answer", "code", "field", "message", "version", "number")
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERED, [[getattr(line, name) for line in lines] for name in columns])


def sweep(*, at: datetime) -> int:
    """Delete what is over or was never sent, some at a time; return how many went."""
    old = ExchangeBatch.objects.filter(
        Q(finished_at__lt=at - KEPT) | Q(state=BatchState.SEEN, sent_at__lt=at - LOOKED_FOR)
    )
    return ExchangeBatch.objects.filter(
        pk__in=list(old.values_list("pk", flat=True)[:20])
    ).delete()[0]
