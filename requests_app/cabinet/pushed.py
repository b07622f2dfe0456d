"""A row that an executor's own system pushed: the request is brought to what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.actors import Executor, Nobody, actor_of
from requests_app import lifecycle
from requests_app.cabinet.bringing import Wish, acts_of, bring
from requests_app.models import ExchangeBatch, ExchangeRow, Request, RowAnswer
from requests_app.querysets import RequestQuerySet


def taker(
    batch: ExchangeBatch, lines: list[ExchangeRow], at: datetime
) -> Callable[[ExchangeRow], None]:
    """Return what answers these rows of the batch, one by one; it raises lifecycle.Refused."""
    # Rights as they are now: who no longer speaks for a company moves none of its requests.
    now = actor_of(batch.user) if batch.user is not None else Nobody()
    inns = tuple(set(now.inns) & set(batch.inns)) if isinstance(now, Executor) else ()

    if not isinstance(now, Executor) or not inns:
        return _nobody
    by = replace(now, inns=inns)
    # Of all rows at once; each step below locks its request and reads it again.
    known = {item.number: item for item in _requests([line.number for line in lines], by=by)}

    def take(line: ExchangeRow) -> None:
        _take(line, known, by=by, at=at)

    return take


def _nobody(_line: ExchangeRow) -> None:
    raise lifecycle.NotFound


def _requests(numbers: list[str], *, by: Executor) -> RequestQuerySet:
    return Request.objects.visible_to(by).filter(number__in=numbers).without_texts()


def _take(line: ExchangeRow, known: dict[str, Request], *, by: Executor, at: datetime) -> None:
    fresh: idempotency.Fresh | None = None
    if line.key:
        claimed = _claim(line, by=by, at=at)
        if isinstance(claimed, idempotency.Replay):
            line.answer, line.version = RowAnswer.SAME, claimed.result.get("version")
            return
        fresh = claimed
    item = known.get(line.number)
    if item is None:
        # As if it did not exist: it may be another organisation's.
        raise lifecycle.NotFound
    wish = _wish(line.number, line.body)
    try:
        after = _brought(wish, item, by=by, at=at)
    except lifecycle.Stale:
        # Somebody's press came between, before the first step: that one locks the request. The row
        # is judged by what stands now.
        item = _requests([line.number], by=by).first() or item
        after = _brought(wish, item, by=by, at=at)
    line.answer = RowAnswer.SAME if after is None else RowAnswer.DONE
    known[line.number] = after or item
    line.version = known[line.number].version
    if fresh:
        fresh.remember({"version": line.version})


def _brought(wish: Wish, item: Request, *, by: Executor, at: datetime) -> Request | None:
    acts = acts_of([item]).get(item.pk, frozenset()) if wish.act_on else frozenset()
    return bring(wish, item, acts, by=by, at=at)


def _claim(
    line: ExchangeRow, *, by: Executor, at: datetime
) -> idempotency.Fresh | idempotency.Replay:
    try:
        return idempotency.claim(
            scope=f"push:{by.id}",
            key=line.key,
            fingerprint=idempotency.fingerprint_of([line.number, line.body]),
            at=at,
        )
    except idempotency.KeyReused:
        raise lifecycle.Refused(
            "client_id",
            _("This client_id was sent before with other words."),
            "client_id_reused",
        ) from None


def _wish(number: str, body: dict[str, Any]) -> Wish:
    act = body.get("act") or {}
    planned = parse_datetime(body["planned_at"]) if body.get("planned_at") else None
    return Wish(
        number=number,
        state=body.get("to", ""),
        planned_at=planned.replace(second=0, microsecond=0) if planned else None,
        act_on=date.fromisoformat(act["signed_on"]) if act.get("signed_on") else None,
        act_by=act.get("signer", ""),
        act_upload=UUID(act["upload"]) if act.get("upload") else None,
        words=body.get("text", ""),
        version=body.get("version"),
    )
