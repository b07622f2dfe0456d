"""Steps of the table: the only place that writes `Request.status` after filing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.actors import Actor, Operator
from notifications.webhooks.emitting import emit
from requests_app import duplicates, letters, steps
from requests_app.lifecycle.acts import checked_act, present
from requests_app.lifecycle.clock import run_clock
from requests_app.lifecycle.details import Details, plain
from requests_app.lifecycle.executors import redirect
from requests_app.lifecycle.objecting import too_late_to_reopen
from requests_app.lifecycle.operation import Made, attach, event_of, operate, role_of, said
from requests_app.lifecycle.planning import note_plan
from requests_app.lifecycle.refusals import Refused
from requests_app.models import EventKind, RepairLink, Request, RequestEvent, Shows
from requests_app.statuses import Outcome, Status
from requests_app.steps import Need, Role, Step
from requests_app.typed_text import one_line

_NO_DETAILS = Details()
# With the work, the links of whoever was sent there end as well.
_LINKS_END = frozenset({Status.DONE, Status.CLOSED, Status.REDIRECTED})
# Steps with which whoever takes the work on may name its time.
_TAKING_ON = frozenset({"accept", "start"})


def steps_open_to(item: Request, actor: Actor, *, at: datetime) -> list[Step]:
    """Return the steps the actor may make now, for buttons and the API."""
    role = role_of(actor)
    if role is None:
        return []
    return [
        step
        for step in steps.open_to(item.status, role)
        if not (step.name == "reopen" and too_late_to_reopen(item, role, at))
    ]


def move(
    item: Request,
    target: str,
    *,
    by: Actor,
    at: datetime,
    details: Details = _NO_DETAILS,
    seen_version: int | None = None,
    idempotency_key: str = "",
) -> Request:
    """
    Bring the request to `target` and return it re-read.

    Raise Refused (also NotFound, Stale) and write nothing, except that a stale save is kept as
    RefusedSave.
    """

    def make(made: Made) -> RequestEvent:
        step = steps.find(made.item.status, target, made.role)
        if step is None:
            raise Refused("to", _forbidden_words(made.item, target), "forbidden_step")
        return apply(step, made, details)

    return operate(
        item,
        "move",
        make,
        by=by,
        at=at,
        meant={"to": target, **plain(details)},
        seen_version=seen_version,
        idempotency_key=idempotency_key,
        duplicate_of=details.duplicate_of,
    )


def apply(step: Step, made: Made, details: Details) -> RequestEvent:
    row = made.item
    if step.name == "reopen" and too_late_to_reopen(row, made.role, made.at):
        raise Refused(
            "to",
            _("The time to object is over. File a new request: we will join them."),
            "too_late",
        )
    text = said(details.text, uploads=details.uploads, needed=Need.TEXT in step.needs)
    data: dict[str, Any] = {}
    if details.planned_at is not None:
        if step.name not in _TAKING_ON:
            raise Refused(
                "planned_at", _("A time is planned when the work is taken on."), "no_plan_here"
            )
        data |= note_plan(row, details.planned_at, text=text, at=made.at)[1]
    outcome = _outcome(step, details, data)
    if Need.EXECUTOR in step.needs:
        redirect(row, details.executor)
        data["executor"] = row.executor_name
    act = checked_act(details.act, made) if Need.ACT in step.needs else None
    if outcome == Outcome.DUPLICATE:
        row.duplicate_of = _original(row, details.duplicate_of)
        duplicates.flatten(row)
        data["duplicate_of"] = row.duplicate_of.number
    run_clock(row, step, made.at)
    before = row.status
    row.status, row.outcome = step.target, outcome
    row.done_at = made.at if step.target == Status.DONE else row.done_at
    row.closed_at = made.at if step.target == Status.CLOSED else None
    if step.target == Status.REOPENED:
        row.reopened_count += 1
        row.done_at = row.duplicate_of = None
    if row.is_open:
        data["due_at"] = row.due_at.isoformat()
    if made.role is Role.OPERATOR and row.assigned_to_id is None and isinstance(made.by, Operator):
        row.assigned_to_id = made.by.id
    event = event_of(made, EventKind.STATUS, step=step.name, text=text, data=data)
    # Who begins the work shows the place as it was found.
    shows = Shows.BEFORE if step.name == "start" else ""
    attach(made, event, details.uploads, shows=shows)
    if act is not None:
        present(made, event, act)
    if step.target in _LINKS_END:
        RepairLink.objects.filter(request=row, ended_at=None).update(ended_at=made.at)
    letters.moved(row, event, step, at=made.at)
    emit(
        "request.status_changed",
        row.pk,
        at=made.at,
        step=step.name,
        before=before,
        status=row.status,
        outcome=row.outcome,
    )
    return event


def _outcome(step: Step, details: Details, data: dict[str, Any]) -> str:
    """Return how the request ends by this step, "" when it does not end."""
    if not step.outcomes:
        return ""
    if Need.OUTCOME not in step.needs:
        (outcome,) = step.outcomes
    elif details.outcome in step.outcomes:
        outcome = Outcome(details.outcome)
    else:
        raise Refused("outcome", _("Say how the request ends."), "outcome_needed")
    if outcome == Outcome.REFUSED:
        clause = one_line(details.clause)
        if not clause:
            raise Refused(
                "clause", _("Name the clause that the refusal rests on."), "clause_needed"
            )
        data["clause"] = clause[:200]
    data["outcome"] = str(outcome)
    return str(outcome)


def _original(row: Request, number: str) -> Request:
    """Return the first of the chain that `number` belongs to; refuse a chain that leads back."""
    found = duplicates.original(row.pk, number)
    if found is None:
        raise Refused("duplicate_of", _("Name the number of the earlier request."), "no_original")
    return found


def _forbidden_words(item: Request, target: str) -> str:
    if target not in Status.values:
        return _("There is no such status.")
    return _("From “%(source)s” a request cannot become “%(target)s” by you.") % {
        "source": item.get_status_display(),
        "target": Status(target).label,
    }
