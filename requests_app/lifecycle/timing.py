"""Times that are named, agreed, asked for and put off; none of them moves the start."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Executor, Operator
from requests_app import clocks, letters, promises
from requests_app.clocks import LegalKind, Stage
from requests_app.lifecycle.clock import push
from requests_app.lifecycle.operation import (
    CENTRE,
    EXECUTORS,
    WORKERS,
    Made,
    event_of,
    operate,
    said,
)
from requests_app.lifecycle.planning import must_be_ahead, note_plan
from requests_app.lifecycle.refusals import Refused
from requests_app.models import EventKind, Request, RequestEvent
from requests_app.statuses import Status
from requests_app.steps import Role

_RESIDENT = frozenset({Role.RESIDENT})
_BOTH = frozenset({Role.RESIDENT, Role.EXECUTOR})


def plan(
    item: Request,
    *,
    planned_at: datetime,
    by: Operator | Executor,
    at: datetime,
    text: str = "",
    idempotency_key: str = "",
) -> Request:
    """
    Tell the resident when the work is planned (ПП РФ № 416, п. 13). The limit stays where it is.

    A time after the limit needs words that say why.
    """

    def make(made: Made) -> RequestEvent:
        row = made.item
        _must_be_open(row)
        words, data = note_plan(row, planned_at, text=text, at=made.at)
        event = event_of(made, EventKind.PLANNED, text=words, data=data)
        letters.said(row, event, tells=_RESIDENT, at=made.at)
        return event

    return operate(
        item,
        "plan",
        make,
        by=by,
        roles=WORKERS,
        at=at,
        meant={"planned_at": planned_at.isoformat(), "text": text},
        idempotency_key=idempotency_key,
    )


def agree_visit(
    item: Request,
    *,
    visit_at: datetime,
    by: Operator | Executor,
    at: datetime,
    text: str,
    idempotency_key: str = "",
) -> Request:
    """
    Write down the time of the check that the resident agreed to (ПП РФ № 354, п. 108).

    The check is then due at that time. The repair's clock stands until it, for access to the flat
    was not given sooner; that of an emergency does not. `text` says how it was agreed.
    """

    def make(made: Made) -> RequestEvent:
        row = made.item
        _must_be_open(row)
        if row.status == Status.NEEDS_INFO:
            raise Refused(
                "visit_at",
                _("First write down the resident's answer to the question that is open."),
                "question_open",
            )
        must_be_ahead(visit_at, made.at, "visit_at")
        words = said(text)
        start = max(made.at, row.visit_at or made.at)
        stands = not row.is_emergency and row.fix_by is not None and row.fix_by > start
        if row.inspect_by is not None and row.inspect_by >= made.at:
            moved = row.due_at == row.inspect_by
            row.inspect_by = max(row.inspect_by, visit_at)
            row.due_at = row.inspect_by if moved else row.due_at
        if stands and visit_at > start:
            push(row, "fix_by", visit_at - start, since=made.at)
        row.visit_at = visit_at
        event = event_of(
            made,
            EventKind.VISIT,
            text=words,
            data={
                "for": visit_at.isoformat(),
                "stands_until": visit_at.isoformat() if stands else "",
                "due_at": row.due_at.isoformat(),
            },
        )
        letters.said(row, event, tells=_BOTH, at=made.at)
        return event

    return operate(
        item,
        "visit",
        make,
        by=by,
        roles=WORKERS,
        at=at,
        meant={"visit_at": visit_at.isoformat(), "text": text},
        idempotency_key=idempotency_key,
    )


def extend(
    item: Request,
    *,
    until: date,
    by: Operator,
    at: datetime,
    text: str,
    seen_version: int | None = None,
) -> Request:
    """
    Put the written answer off: once, before it is late, with a reason that the resident reads.

    Only where the law allows it and only as far (`clocks.extension_of`); no repair is put off.
    """

    def make(made: Made) -> RequestEvent:
        row = made.item
        allowed = _extension(row, made.at)
        words = said(text)
        assert row.answer_by is not None  # `_extension` saw to it
        if not timezone.localtime(row.answer_by).date() < until <= allowed.until:
            raise Refused(
                "until",
                _("The law allows a later day than the promised one, at most until %(day)s.")
                % {"day": f"{allowed.until:%d.%m.%Y}"},
                "extension_too_long",
            )
        zone = timezone.get_current_timezone()
        moment = datetime.combine(until, time(23, 59), zone)
        before = row.answer_by
        row.due_at = moment if row.due_at == before else row.due_at
        row.answer_by, row.extended_at = moment, made.at
        event = event_of(
            made,
            EventKind.EXTENDED,
            text=words,
            data={
                "from": before.isoformat(),
                "for": moment.isoformat(),
                "clause": allowed.clause,
                "due_at": row.due_at.isoformat(),
            },
        )
        letters.said(row, event, tells=_BOTH, at=made.at)
        return event

    return operate(
        item,
        "extend",
        make,
        by=by,
        roles=CENTRE,
        at=at,
        meant={"until": until.isoformat(), "text": text},
        seen_version=seen_version,
    )


def may_be_extended(item: Request, *, at: datetime) -> clocks.Extension | None:
    """Return how far the answer to this request could be put off now, None if not at all."""
    try:
        return _extension(item, at)
    except Refused:
        return None


def ask_extension(
    item: Request,
    *,
    until: date,
    by: Executor,
    at: datetime,
    text: str,
    idempotency_key: str = "",
) -> Request:
    """Ask the centre to put the answer off; the centre decides with `extend`."""

    def make(made: Made) -> RequestEvent:
        _extension(made.item, made.at)
        return event_of(
            made, EventKind.ASKED_TIME, text=said(text), data={"until": until.isoformat()}
        )

    return operate(
        item,
        "ask_extension",
        make,
        by=by,
        roles=EXECUTORS,
        at=at,
        meant={"until": until.isoformat(), "text": text},
        idempotency_key=idempotency_key,
    )


def ask_redirect(
    item: Request, *, by: Executor, at: datetime, text: str, idempotency_key: str = ""
) -> Request:
    """Ask the centre to pass the request to whoever answers; the clock keeps its start."""

    def make(made: Made) -> RequestEvent:
        _must_be_open(made.item)
        return event_of(made, EventKind.ASKED_PASS, text=said(text))

    return operate(
        item,
        "ask_redirect",
        make,
        by=by,
        roles=EXECUTORS,
        at=at,
        meant={"text": text},
        idempotency_key=idempotency_key,
    )


def _extension(row: Request, at: datetime) -> clocks.Extension:
    _must_be_open(row)
    if row.answer_by is None or row.answered_at is not None:
        raise Refused(
            "until",
            _("The law gives a repair no more time. Name a planned time instead."),
            "no_extension",
        )
    if row.extended_at is not None:
        raise Refused("until", _("The answer was put off already: once is all."), "extended")
    if at > row.answer_by:
        raise Refused("until", _("The time to answer is over: it cannot be put off."), "too_late")
    answer = promises.kept(row).get(Stage.ANSWER)
    found = clocks.extension_of(
        LegalKind(row.legal_kind),
        row.answer_by,
        promised_clause=answer.clause if answer else "",
        zone=timezone.get_current_timezone(),
    )
    if found is None:
        raise Refused(
            "until",
            _("A complaint about quality is answered in three working days and never later."),
            "no_extension",
        )
    return found


def _must_be_open(row: Request) -> None:
    if not row.is_open:
        raise Refused("", _("The request is no longer open."), "closed")
