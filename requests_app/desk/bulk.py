"""The same step for many requests: each by itself through the lifecycle, as one batch to undo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from accounts.actors import Operator
from requests_app import lifecycle, taking_back
from requests_app.models import Batch, BatchPart, Request, RequestEvent
from requests_app.statuses import Status

# One page of the list; more at once would hold a web request too long.
LIMIT = 100


@dataclass
class Tally:
    """How many were done, which were refused and why."""

    done: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)

    @property
    def reasons(self) -> list[tuple[str, int, list[str]]]:
        """Each reason once, with how many it stopped and their numbers."""
        counted = Counter(reason for _number, reason in self.refused)
        return [
            (reason, count, [number for number, why in self.refused if why == reason])
            for reason, count in counted.most_common()
        ]


def accept(ids: Iterable[int], *, by: Operator, at: datetime, key: str) -> Tally:
    """Accept each request; one that is accepted already by this very press counts as done."""

    def make(item: Request) -> Request:
        return lifecycle.move(item, Status.ACCEPTED, by=by, at=at, idempotency_key=_key(key, item))

    return _each(ids, "accept", make, by=by, at=at, key=key)


def assign(ids: Iterable[int], *, to: int, by: Operator, at: datetime, key: str) -> Tally:
    """Make the operator `to` answerable for each request; what is theirs already stays."""

    def make(item: Request) -> Request:
        if item.assigned_to_id == to:
            return item
        return lifecycle.assign(item, to=to, by=by, at=at)

    return _each(ids, "assign", make, by=by, at=at, key=key)


def redirect(
    ids: Iterable[int],
    *,
    executor: lifecycle.NewExecutor,
    text: str,
    by: Operator,
    at: datetime,
    key: str,
) -> Tally:
    """Pass each request to the organisation, with the reason given."""
    details = lifecycle.Details(text=text, executor=executor)

    def make(item: Request) -> Request:
        return lifecycle.move(
            item,
            Status.REDIRECTED,
            by=by,
            at=at,
            details=details,
            idempotency_key=_key(key, item),
        )

    return _each(ids, "redirect", make, by=by, at=at, key=key)


def undo(batch: Batch, *, by: Operator, at: datetime) -> Tally:
    """Take back each part that nobody went on from and of which no letter has left."""
    tally = Tally()
    parts = batch.parts.select_related("request", "event").defer("request__search")
    for part in parts.order_by("request_id"):
        try:
            taking_back.take_back(
                part.request, part.event, before=part.before, version=part.version, by=by, at=at
            )
        except taking_back.CannotTakeBack as stands:
            tally.refused.append((part.request.number, str(stands)))
        else:
            tally.done += 1
    Batch.objects.filter(pk=batch.pk).update(undone_at=at)
    return tally


def to_undo(*, by: Operator, at: datetime) -> Batch | None:
    """Return the operator's last batch while its letters wait, None when it is too late."""
    return (
        Batch.objects.filter(user_id=by.id, undone_at=None, made_at__gt=at - taking_back.HOLD)
        .order_by("-made_at")
        .first()
    )


def _key(key: str, item: Request) -> str:
    return f"{key}:{item.pk}" if key else ""


def _each(
    ids: Iterable[int],
    verb: str,
    make: Callable[[Request], Request],
    *,
    by: Operator,
    at: datetime,
    key: str,
) -> Tally:
    tally = Tally()
    wanted = list(dict.fromkeys(ids))[:LIMIT]
    batch: Batch | None = None
    # In one order everywhere: two operators' bulks must not wait for each other's rows crosswise.
    for item in Request.objects.visible_to(by).filter(pk__in=wanted).order_by("pk"):
        try:
            with transaction.atomic():
                # Locked before it is remembered: what is restored is what the step found.
                item = Request.objects.select_for_update().defer("search").get(pk=item.pk)
                before, version = taking_back.snapshot(item), item.version
                made = make(item)
                if made.version != version:
                    batch = batch or _batch(verb, by=by, at=at, key=key)
                    _remember(batch, made, before, at=at)
        except lifecycle.Refused as refused:
            tally.refused.append((item.number, refused.message))
        else:
            tally.done += 1
    return tally


def _batch(verb: str, *, by: Operator, at: datetime, key: str) -> Batch:
    found, _is_new = Batch.objects.get_or_create(
        user_id=by.id, key=key or f"{verb}:{at.isoformat()}", defaults={"verb": verb, "made_at": at}
    )
    return found


def _remember(batch: Batch, item: Request, before: dict[str, object], *, at: datetime) -> None:
    event = RequestEvent.objects.filter(request=item).order_by("-id")[0]
    taking_back.hold(event, at=at)
    BatchPart.objects.create(
        batch=batch, request=item, event=event, version=item.version, before=before
    )
