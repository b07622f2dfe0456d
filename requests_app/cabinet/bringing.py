"""
Bringing a request to what its executor says of it: state, planned time, act.

One rule for every door of the cabinet that speaks of many requests at once: the table of a
spreadsheet and the batches of a company's own system. What is said already changes nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Executor
from requests_app import lifecycle, steps
from requests_app.models import Act, Request
from requests_app.statuses import Status
from requests_app.steps import Role
from requests_app.typed_text import one_line

# What an executor brings a request to; the other states are others' to set.
TARGETS = (Status.ACCEPTED, Status.IN_PROGRESS, Status.NEEDS_INFO, Status.DONE)
# A row is brought to its state over these; a question to the resident is asked only when meant.
_OVER = frozenset({Status.ACCEPTED, Status.IN_PROGRESS})
_TAKING_ON = {Status.ACCEPTED, Status.IN_PROGRESS}
# Days and signers of the acts of a request.
Acts = frozenset[tuple[date, str]]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is said of one request; "" and None leave what they would name as it is."""

    number: str
    state: str = ""
    planned_at: datetime | None = None
    act_on: date | None = None
    act_by: str = ""
    act_upload: UUID | None = None
    words: str = ""
    version: int | None = None


def way(source: str, target: str) -> list[Status] | None:
    """Return the shortest way of an executor from a state to another; None when there is none."""
    queue = deque([(Status(source), list[Status]())])
    seen = {Status(source)}
    while queue:
        here, gone = queue.popleft()
        for step in steps.open_to(here, Role.EXECUTOR):
            if step.target == target:
                return [*gone, step.target]
            if step.target in _OVER and step.target not in seen:
                seen.add(step.target)
                queue.append((step.target, [*gone, step.target]))
    return None


def acts_of(items: Iterable[Request]) -> dict[int, Acts]:
    """Return the acts already presented, by request; one query."""
    known: dict[int, set[tuple[date, str]]] = {}
    shown = Act.objects.filter(request__in=[item.pk for item in items])
    for request_id, signed_on, signer in shown.values_list("request_id", "signed_on", "signer"):
        known.setdefault(request_id, set()).add((signed_on, signer))
    return {pk: frozenset(found) for pk, found in known.items()}


def bring(wish: Wish, item: Request, acts: Acts, *, by: Executor, at: datetime) -> Request | None:
    """
    Make the steps and return the request re-read; None where all that is said is so already.

    The caller holds a transaction, and rolls it back when this raises lifecycle.Refused.
    """
    moves = wish.state not in {"", item.status}
    if wish.state == Status.DONE and item.status in {Status.DONE, Status.CLOSED}:
        said = (wish.act_on, one_line(wish.act_by)[:200])
        if said != (None, "") and said not in acts:
            raise lifecycle.Refused("act.signed_on", _("Another act is presented already."), "act")
        moves = False
    plans = wish.planned_at is not None and wish.planned_at != _to_minute(item.planned_at)
    if not item.is_open or wish.state == Status.DONE:
        # Over, or over with this row: an old plan in the file plans nothing.
        plans = False
    if not moves and not plans:
        return None
    if wish.version is not None and wish.version != item.version:
        raise lifecycle.Refused(
            "to",
            _("It changed since the file was taken: now «%(state)s». Take the file again.")
            % {"state": item.get_status_display()},
            "stale",
        )
    if moves:
        return _move(wish, item, plans=plans, by=by, at=at)
    assert wish.planned_at is not None
    return lifecycle.plan(item, planned_at=wish.planned_at, by=by, at=at, text=wish.words)


def _move(wish: Wish, item: Request, *, plans: bool, by: Executor, at: datetime) -> Request:
    if wish.state not in Status.values:
        raise lifecycle.Refused("to", _("There is no such status."), "forbidden_step")
    over = way(item.status, wish.state) if wish.state in TARGETS else None
    if over is None:
        raise lifecycle.Refused(
            "to",
            _("From «%(before)s» you cannot set «%(after)s».")
            % {"before": item.get_status_display(), "after": Status(wish.state).label},
            "forbidden_step",
        )
    if plans and not (over[0] in _TAKING_ON and item.status != Status.NEEDS_INFO):
        raise lifecycle.Refused(
            "planned_at", _("No time is planned while the resident is asked."), "no_plan_here"
        )
    for place, target in enumerate(over):
        names_time = plans and place == 0
        # The words say why the plan is late, else they go with the last step.
        says = names_time if plans and wish.state != Status.NEEDS_INFO else place == len(over) - 1
        act = lifecycle.ActDetails(
            signed_on=wish.act_on, signer=wish.act_by, upload=wish.act_upload
        )
        item = lifecycle.move(
            item,
            target,
            by=by,
            at=at,
            details=lifecycle.Details(
                text=wish.words if says else "",
                act=act if target == Status.DONE else None,
                planned_at=wish.planned_at if names_time else None,
            ),
            # What was judged above is what is changed: a colleague's press in between refuses it.
            seen_version=item.version,
        )
    return item


def _to_minute(moment: datetime | None) -> datetime | None:
    """Return the moment as a table shows it."""
    if moment is None:
        return None
    return timezone.localtime(moment).replace(second=0, microsecond=0)
