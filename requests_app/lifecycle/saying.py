"""Words on a request that move nothing: comments both sides read, notes that staff read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from accounts.actors import Actor, Operator, System
from notifications.webhooks.emitting import emit
from requests_app import files, letters, steps
from requests_app.lifecycle.details import Details
from requests_app.lifecycle.moving import apply
from requests_app.lifecycle.operation import Made, attach, event_of, operate, said
from requests_app.models import EventKind, Request, RequestEvent
from requests_app.statuses import Status
from requests_app.steps import Role


def comment(
    item: Request,
    *,
    by: Actor,
    at: datetime,
    text: str,
    uploads: tuple[UUID, ...] = (),
    seen_version: int | None = None,
    idempotency_key: str = "",
) -> Request:
    """Add a line both sides read. A resident's answer to a question starts the clock again."""

    def make(made: Made) -> RequestEvent:
        if made.item.status == Status.NEEDS_INFO and made.role is Role.RESIDENT:
            step = steps.find(Status.NEEDS_INFO, Status.ACCEPTED, Role.RESIDENT)
            assert step is not None
            return apply(step, made, Details(text=text, uploads=uploads))
        event = event_of(made, EventKind.COMMENT, text=said(text, uploads=uploads))
        attach(made, event, uploads)
        tells = {Role.EXECUTOR} if made.role is Role.RESIDENT else {Role.RESIDENT}
        letters.said(made.item, event, tells=frozenset(tells), at=made.at)
        emit("request.comment_added", made.item.pk, at=made.at, author=event.author)
        return event

    return operate(
        item,
        "comment",
        make,
        by=by,
        at=at,
        # By content: a second press brings the same files under new ids.
        meant={"text": text, "uploads": files.contents(uploads)},
        seen_version=seen_version,
        idempotency_key=idempotency_key,
    )


def internal_note(item: Request, *, by: Operator | System, at: datetime, text: str) -> Request:
    """Add a line that only staff read."""

    def make(made: Made) -> RequestEvent:
        return event_of(made, EventKind.NOTE, text=said(text), public=False)

    return operate(item, "note", make, by=by, at=at, meant={"text": text})
