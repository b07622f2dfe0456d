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


def taker(batch: ExchangeBatch, at: datetime) -> Callable[[ExchangeRow], None]:
    """Return what answers a row of the batch; it raises lifecycle.Refused."""
    # Rights as they are now: who no longer speaks for a company moves none of its requests.
    now = actor_of(batch.user) if batch.user is not None else Nobody()
    inns = tuple(set(now.inns) & set(batch.inns)) if isinstance(now, Executor) else ()

    def take(line: ExchangeRow) -> None:
        if not isinstance(now, Executor) or not inns:
            raise lifecycle.NotFound
        _take(line, by=replace(now, inns=inns), at=at)

    return take


def _take(line: ExchangeRow, *, by: Executor, at: datetime) -> None:
    fresh: idempotency.Fresh | None = None
    if line.key:
        claimed = _claim(line, by=by, at=at)
        if isinstance(claimed, idempotency.Replay):
            line.answer, line.version = RowAnswer.SAME, claimed.result.get("version")
            return
        fresh = claimed
    rows = Request.objects.visible_to(by).select_related("building").without_texts()
    item = rows.filter(number=line.number).first()
    if item is None:
        # As if it did not exist: it may be another organisation's.
        raise lifecycle.NotFound
    wish = _wish(line.number, line.body)
    acts = acts_of([item]).get(item.pk, frozenset()) if wish.act_on else frozenset()
    after = bring(wish, item, acts, by=by, at=at)
    line.answer = RowAnswer.SAME if after is None else RowAnswer.DONE
    line.version = (after or item).version
    if fresh:
        fresh.remember({"version": line.version})


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
