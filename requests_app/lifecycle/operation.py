"""
One operation upon a filed request: lock, re-read, check the version, change, write the event.

Every operation of this package goes through `operate`, so none can forget the lock, the version or
the key of a repeated press.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.actors import (
    Actor,
    CodeHolder,
    Executor,
    Operator,
    Repairman,
    Resident,
    System,
    user_id_of,
)
from requests_app import duplicates, files
from requests_app.lifecycle.refusals import NotFound, Refused, Stale
from requests_app.models import Author, EventKind, RefusedSave, Request, RequestEvent
from requests_app.steps import Role
from requests_app.typed_text import paragraphs

TEXT_MAX = 5_000


# Who works on a request for the house, and who decides for the centre.
WORKERS = frozenset({Role.OPERATOR, Role.EXECUTOR})
CENTRE = frozenset({Role.OPERATOR})
EXECUTORS = frozenset({Role.EXECUTOR})


@dataclass(frozen=True)
class Made:
    """One operation in flight: the locked row, who acts, and when."""

    item: Request
    role: Role
    by: Actor
    at: datetime


def role_of(actor: Actor) -> Role | None:
    """Return on whose behalf the actor acts upon a request it can see."""
    match actor:
        case Operator(may_change=True):
            return Role.OPERATOR
        case Executor() | Repairman():
            return Role.EXECUTOR
        case Resident() | CodeHolder():
            return Role.RESIDENT
        case System():
            return Role.SYSTEM
    return None


def operate(
    item: Request,
    verb: str,
    make: Callable[[Made], RequestEvent],
    *,
    by: Actor,
    at: datetime,
    meant: dict[str, Any],
    seen_version: int | None = None,
    idempotency_key: str = "",
    roles: frozenset[Role] = frozenset(Role),
    duplicate_of: str = "",
) -> Request:
    """Make one operation by one of `roles`; others are told that it is not theirs."""
    if role_of(by) not in {None, *roles}:
        raise Refused("", _("This is not for you to do."), "not_yours")
    try:
        with transaction.atomic():
            if duplicate_of:
                duplicates.lock_family(item.pk, duplicate_of)
            return _operate_once(item, verb, make, by, at, meant, seen_version, idempotency_key)
    except Stale as stale:
        keep_refused(stale, item, {"verb": verb, **meant}, by=by, at=at)
        raise


def hold(item: Request, *, seen_version: int | None, by: Actor) -> None:
    """
    Lock the request for the rest of the transaction; it must still stand at `seen_version`, if any.

    For who saw one version and does what knows none: a note, a plan, a place in the queue. Not
    before what locks two requests, which has an order of its own. Raise NotFound or Stale.
    """
    locked = Request.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=item.pk)
    current = next(iter(locked.values_list("version", flat=True)[:1]), None)
    if current is None:
        raise NotFound
    if seen_version is not None and seen_version != current:
        raise Stale(seen=seen_version, current=current)


def keep_refused(
    stale: Stale, item: Request, attempted: dict[str, Any], *, by: Actor, at: datetime
) -> None:
    """Keep what an operator meant by a save that came too late; call it after the rollback."""
    if isinstance(by, Operator):
        RefusedSave.objects.create(
            request_id=item.pk,
            user_id=by.id,
            at=at,
            seen_version=stale.seen,
            current_version=stale.current,
            attempted=_storable(attempted),
        )


def _storable(value: Any) -> Any:
    """Return JSON that Postgres takes: a program may send zero bytes and halves of signs."""
    match value:
        case str():
            return paragraphs(value)
        case dict():
            return {paragraphs(str(name)): _storable(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_storable(inner) for inner in value]
    return value


def _operate_once(
    item: Request,
    verb: str,
    make: Callable[[Made], RequestEvent],
    by: Actor,
    at: datetime,
    meant: dict[str, Any],
    seen_version: int | None,
    idempotency_key: str,
) -> Request:
    fresh: idempotency.Fresh | None = None
    if idempotency_key:
        claimed = idempotency.claim(
            scope=f"{verb}:{item.pk}:{role_of(by)}",
            key=idempotency_key,
            fingerprint=idempotency.fingerprint_of(meant),
            at=at,
        )
        if isinstance(claimed, idempotency.Replay):
            return Request.objects.get(pk=item.pk)
        fresh = claimed
    # Lock before reading: two acts sent at once would both see "in progress".
    locked = Request.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=item.pk)
    row = next(iter(locked.with_answerable()[:1]), None)
    role = role_of(by)
    if row is None or role is None:
        raise NotFound
    if seen_version is not None and seen_version != row.version:
        raise Stale(seen=seen_version, current=row.version)
    made = Made(row, role, by, max(at, row.changed_at))
    row.version += 1
    row.changed_at = made.at
    event = make(made)
    row.save(update_fields=CHANGING)
    if fresh:
        fresh.remember({"event": event.pk})
    return row


# Every column an operation may touch; number, text and moment of filing never change.
CHANGING = [
    "status",
    "outcome",
    "version",
    "changed_at",
    "done_at",
    "closed_at",
    "reopened_count",
    "duplicate_of",
    "category",
    "norm",
    "norm_clause",
    "norm_text",
    "is_emergency",
    "react_by",
    "inspect_by",
    "fix_by",
    "answer_by",
    "due_at",
    "paused_at",
    "pause_reason",
    "legal_kind",
    "promised",
    "planned_at",
    "visit_at",
    "reacted_at",
    "inspected_at",
    "answered_at",
    "extended_at",
    "company",
    "supplier",
    "executor_inn",
    "executor_name",
    "executor_phone",
    "assigned_to",
    "incident",
]


def event_of(
    made: Made,
    kind: EventKind,
    *,
    step: str = "",
    text: str = "",
    public: bool = True,
    data: dict[str, Any] | None = None,
) -> RequestEvent:
    user = user_id_of(made.by)
    return RequestEvent.objects.create(
        request=made.item,
        at=made.at,
        kind=kind,
        step=step,
        status=made.item.status,
        text=text,
        public=public,
        author=Author(made.role.value),
        user_id=user,
        data=data or {},
    )


def said(text: str, *, uploads: tuple[UUID, ...] = (), needed: bool = True) -> str:
    said = paragraphs(text)
    if needed and not said and not uploads:
        raise Refused("text", _("Write a few words."), "text_needed")
    if len(said) > TEXT_MAX:
        raise Refused(
            "text",
            _("The text is too long: %(length)d characters, at most %(limit)d.")
            % {"length": len(said), "limit": TEXT_MAX},
            "text_too_long",
        )
    return said


def attach(made: Made, event: RequestEvent, uploads: tuple[UUID, ...], *, shows: str = "") -> None:
    wrong = files.cannot_attach(uploads, by=made.by, holder=files.holder_of(made.item))
    if wrong:
        raise Refused("uploads", wrong, "unknown_upload")
    files.attach(made.item, event, uploads, at=made.at, shows=shows)
