"""The same step for many requests: each by itself through the lifecycle, with a tally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from accounts.actors import Operator
from requests_app import lifecycle
from requests_app.models import Request
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
    return _each(
        ids,
        by,
        lambda item: lifecycle.move(
            item, Status.ACCEPTED, by=by, at=at, idempotency_key=_key(key, item)
        ),
    )


def assign(ids: Iterable[int], *, to: int, by: Operator, at: datetime) -> Tally:
    """Make the operator `to` answerable for each request; what is theirs already stays."""

    def make(item: Request) -> Request:
        if item.assigned_to_id == to:
            return item
        return lifecycle.assign(item, to=to, by=by, at=at)

    return _each(ids, by, make)


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
    return _each(
        ids,
        by,
        lambda item: lifecycle.move(
            item,
            Status.REDIRECTED,
            by=by,
            at=at,
            details=details,
            idempotency_key=_key(key, item),
        ),
    )


def _key(key: str, item: Request) -> str:
    return f"{key}:{item.pk}" if key else ""


def _each(ids: Iterable[int], by: Operator, make: Callable[[Request], Request]) -> Tally:
    tally = Tally()
    wanted = list(dict.fromkeys(ids))[:LIMIT]
    # In one order everywhere: two operators' bulks must not wait for each other's rows crosswise.
    for item in Request.objects.visible_to(by).filter(pk__in=wanted).order_by("pk"):
        try:
            make(item)
        except lifecycle.Refused as refused:
            tally.refused.append((item.number, refused.message))
        else:
            tally.done += 1
    return tally
