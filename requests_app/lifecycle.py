"""
Operations on a filed request: status, comments, notes, assignment, category.

Each locks the row, re-reads it, asks the table of steps, and writes row, event, audit and letters
in one transaction. Nothing else writes `Request.status`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.actors import Actor, CodeHolder, Executor, Operator, Resident, System
from accounts.models import User
from disclosure.answerable import Answerable, answerable
from disclosure.models import ManagementCompany, ResourceSupplier
from requests_app import deadlines, files, letters, special_days, steps
from requests_app.deadlines import Pause
from requests_app.models import (
    Act,
    Author,
    Category,
    EventKind,
    Incident,
    Norm,
    PauseReason,
    RefusedSave,
    Request,
    RequestEvent,
)
from requests_app.statuses import Outcome, Status
from requests_app.steps import Need, Role, Step
from requests_app.typed_text import one_line, paragraphs

TEXT_MAX = 5_000
# How long a resident may object after closing, and how long silence is waited for.
REOPEN_WITHIN = timedelta(days=30)
CONFIRM_WITHIN = timedelta(days=7)


class Refused(Exception):
    """The step is not made; `field` says what is wrong, `message` is for people."""

    def __init__(self, field: str, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.field, self.message, self.code = field, message, code


class NotFound(Refused):
    """The actor may not know of this request: looks the same as if it did not exist."""

    def __init__(self) -> None:
        super().__init__("", _("There is no such request."), "not_found")


class Stale(Refused):
    """Another save came first; what was meant is kept beside what stands."""

    def __init__(self, *, seen: int, current: int) -> None:
        super().__init__(
            "",
            _("Someone changed this request while you had it open. Look at it again and repeat."),
            "stale",
        )
        self.seen, self.current = seen, current


@dataclass(frozen=True, kw_only=True)
class ActDetails:
    """The executor's signed act: date, signer and, if there is one, its scan."""

    signed_on: date | None
    signer: str
    upload: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class NewExecutor:
    """The organisation a request is passed to: one of the two."""

    company: int | None = None
    supplier: int | None = None


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a step brings with it; which of these it must bring, the table says."""

    text: str = ""
    act: ActDetails | None = None
    executor: NewExecutor | None = None
    outcome: str = ""
    clause: str = ""
    duplicate_of: str = ""
    uploads: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class _Made:
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
        case Executor():
            return Role.EXECUTOR
        case Resident() | CodeHolder():
            return Role.RESIDENT
        case System():
            return Role.SYSTEM
    return None


def steps_open_to(item: Request, actor: Actor, *, at: datetime) -> list[Step]:
    """Return the steps the actor may make now, for buttons and the API."""
    role = role_of(actor)
    if role is None:
        return []
    return [
        step
        for step in steps.open_to(item.status, role)
        if not (step.name == "reopen" and _too_late_to_reopen(item, role, at))
    ]


def move(
    item: Request,
    target: str,
    *,
    by: Actor,
    at: datetime,
    details: Details = Details(),
    seen_version: int | None = None,
    idempotency_key: str = "",
) -> Request:
    """
    Bring the request to `target` and return it re-read.

    Raise Refused (also NotFound, Stale) and write nothing, except that a stale save is kept as
    RefusedSave.
    """

    def make(made: _Made) -> RequestEvent:
        step = steps.find(made.item.status, target, made.role)
        if step is None:
            raise Refused("to", _forbidden_words(made.item, target), "forbidden_step")
        return _apply(step, made, details)

    return _operate(
        item,
        "move",
        make,
        by=by,
        at=at,
        meant={"to": target, **_plain(details)},
        seen_version=seen_version,
        idempotency_key=idempotency_key,
    )


def comment(
    item: Request,
    *,
    by: Actor,
    at: datetime,
    text: str,
    uploads: tuple[UUID, ...] = (),
    idempotency_key: str = "",
) -> Request:
    """Add a line both sides read. A resident's answer to a question starts the clock again."""

    def make(made: _Made) -> RequestEvent:
        if made.item.status == Status.NEEDS_INFO and made.role is Role.RESIDENT:
            step = steps.find(Status.NEEDS_INFO, Status.ACCEPTED, Role.RESIDENT)
            assert step is not None
            return _apply(step, made, Details(text=text, uploads=uploads))
        event = _event(made, EventKind.COMMENT, text=_said(text, uploads=uploads))
        _attach(made, event, uploads)
        tells = {Role.EXECUTOR} if made.role is Role.RESIDENT else {Role.RESIDENT}
        letters.said(made.item, event, tells=frozenset(tells), at=made.at)
        return event

    return _operate(
        item,
        "comment",
        make,
        by=by,
        at=at,
        # By content: a second press brings the same files under new ids.
        meant={"text": text, "uploads": files.contents(uploads)},
        idempotency_key=idempotency_key,
    )


def internal_note(item: Request, *, by: Operator, at: datetime, text: str) -> Request:
    """Add a line that only staff read."""

    def make(made: _Made) -> RequestEvent:
        return _event(made, EventKind.NOTE, text=_said(text), public=False)

    return _operate(item, "note", make, by=by, at=at, meant={"text": text})


def assign(
    item: Request,
    *,
    to: int | None,
    by: Operator,
    at: datetime,
    seen_version: int | None = None,
) -> Request:
    """Make an operator answerable for the request, or nobody."""

    def make(made: _Made) -> RequestEvent:
        user = None
        if to is not None:
            user = User.objects.filter(pk=to, is_staff=True, is_active=True).first()
        if to is not None and user is None:
            raise Refused("assigned_to", _("There is no such operator."), "unknown_operator")
        made.item.assigned_to = user
        return _event(made, EventKind.ASSIGNED, public=False, data={"operator": to})

    return _operate(
        item, "assign", make, by=by, at=at, meant={"assigned_to": to}, seen_version=seen_version
    )


def recategorise(
    item: Request,
    *,
    category: str,
    by: Operator,
    at: datetime,
    text: str = "",
    seen_version: int | None = None,
) -> Request:
    """
    Move the request to another matter: its norm, executor and deadlines follow.

    The clock keeps its start, so a wrong first choice wins nobody time.
    """

    def make(made: _Made) -> RequestEvent:
        row = made.item
        local = timezone.localtime(row.registered_at)
        norm = (
            Norm.objects.select_related("category")
            .filter(
                category__slug=one_line(category),
                category__is_open=True,
                in_force__contains=local.date(),
            )
            .first()
        )
        if norm is None:
            raise Refused(
                "category", _("Choose an exact matter from the list."), "unknown_category"
            )
        if norm.category_id == row.category_id:
            raise Refused("category", _("The request already has this matter."), "same_category")
        if not row.is_open:
            raise Refused("category", _("A closed request keeps its matter."), "closed")
        promise = deadlines.promise(
            norm.limits(),
            registered_at=row.registered_at,
            calendar=special_days.calendar_of(local.year),
            zone=timezone.get_current_timezone(),
            pauses=_pauses(row),
        )
        before = {
            "category": Category.objects.values_list("name", flat=True).get(pk=row.category_id)
        }
        row.category = norm.category
        row.norm, row.norm_clause, row.norm_text = norm, norm.clause, norm.text
        row.is_emergency = norm.category.emergency
        row.react_by, row.inspect_by = promise.react_by, promise.inspect_by
        row.fix_by, row.answer_by = promise.fix_by, promise.answer_by
        row.due_at = promise.due_at
        who = answerable(row.building_id, norm.answers, norm.utility, local.date())
        _set_executor(row, who)
        event = _event(
            made,
            EventKind.RECATEGORISED,
            text=_said(text, needed=False),
            data={
                "from": before["category"],
                "to": norm.category.name,
                "executor": row.executor_name,
                "due_at": row.due_at.isoformat(),
            },
        )
        letters.said(row, event, tells=frozenset({Role.RESIDENT, Role.EXECUTOR}), at=made.at)
        return event

    return _operate(
        item,
        "recategorise",
        make,
        by=by,
        at=at,
        meant={"category": category, "text": text},
        seen_version=seen_version,
    )


def attach_to_incident(
    item: Request, *, incident: int | None, by: Operator, at: datetime
) -> Request:
    """Hang the request on an incident that touches its house, or take it off."""

    def make(made: _Made) -> RequestEvent:
        found = None
        if incident is not None:
            found = Incident.objects.at_building(made.item.building_id).filter(pk=incident).first()
            if found is None:
                raise Refused(
                    "incident", _("This incident does not touch the house."), "foreign_incident"
                )
        made.item.incident = found
        return _event(made, EventKind.INCIDENT, data={"title": found.title if found else ""})

    return _operate(item, "incident", make, by=by, at=at, meant={"incident": incident})


def _operate(
    item: Request,
    verb: str,
    make: Callable[[_Made], RequestEvent],
    *,
    by: Actor,
    at: datetime,
    meant: dict[str, Any],
    seen_version: int | None = None,
    idempotency_key: str = "",
) -> Request:
    try:
        with transaction.atomic():
            return _operate_once(item, verb, make, by, at, meant, seen_version, idempotency_key)
    except Stale as stale:
        if isinstance(by, Operator):
            RefusedSave.objects.create(
                request_id=item.pk,
                user_id=by.id,
                at=at,
                seen_version=stale.seen,
                current_version=stale.current,
                attempted={"verb": verb, **meant},
            )
        raise


def _operate_once(
    item: Request,
    verb: str,
    make: Callable[[_Made], RequestEvent],
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
    made = _Made(row, role, by, max(at, row.changed_at))
    row.version += 1
    row.changed_at = made.at
    event = make(made)
    row.save(update_fields=_CHANGING)
    if fresh:
        fresh.remember({"event": event.pk})
    return row


# Every column an operation may touch; number, text and moment of filing never change.
_CHANGING = [
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
    "company",
    "supplier",
    "executor_inn",
    "executor_name",
    "executor_phone",
    "assigned_to",
    "incident",
]


def _apply(step: Step, made: _Made, details: Details) -> RequestEvent:
    row = made.item
    if step.name == "reopen" and _too_late_to_reopen(row, made.role, made.at):
        raise Refused(
            "to",
            _("The time to object is over. File a new request: we will join them."),
            "too_late",
        )
    text = _said(details.text, uploads=details.uploads, needed=Need.TEXT in step.needs)
    data: dict[str, Any] = {}
    outcome = _outcome(step, details, data)
    if Need.EXECUTOR in step.needs:
        _redirect(row, details.executor)
        data["executor"] = row.executor_name
    act = _checked_act(details.act, made) if Need.ACT in step.needs else None
    if outcome == Outcome.DUPLICATE:
        row.duplicate_of = _original(row, details.duplicate_of)
        data["duplicate_of"] = row.duplicate_of.number
    _run_clock(row, step, made.at)
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
    event = _event(made, EventKind.STATUS, step=step.name, text=text, data=data)
    _attach(made, event, details.uploads)
    if act is not None:
        _present(made, event, act)
    letters.moved(row, event, step, at=made.at)
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


def _run_clock(row: Request, step: Step, at: datetime) -> None:
    if step.target == Status.NEEDS_INFO:
        row.paused_at, row.pause_reason = at, PauseReason.RESIDENT
    elif row.paused_at is not None:
        stood = at - row.paused_at
        for name in ("react_by", "inspect_by", "fix_by", "answer_by", "due_at"):
            moment = getattr(row, name)
            # A limit already broken when the clock stopped stays broken.
            if moment is not None and moment > row.paused_at:
                setattr(row, name, moment + stood)
        row.paused_at, row.pause_reason = None, ""


def _pauses(row: Request) -> list[Pause]:
    """Return the stretches in which the clock stood and goes on again, from the timeline."""
    steps_made = RequestEvent.objects.filter(request=row, kind=EventKind.STATUS).order_by(
        "at", "id"
    )
    made = list(steps_made.values_list("at", "status"))
    return [
        Pause(start, end)
        for (start, status), (end, _next) in pairwise(made)
        if status == Status.NEEDS_INFO
    ]


def _too_late_to_reopen(row: Request, role: Role, at: datetime) -> bool:
    if role is not Role.RESIDENT or row.closed_at is None:
        return False
    return row.outcome == Outcome.WITHDRAWN or at > row.closed_at + REOPEN_WITHIN


def _redirect(row: Request, to: NewExecutor | None) -> None:
    company = supplier = None
    if to and to.company is not None and to.supplier is None:
        company = ManagementCompany.objects.filter(pk=to.company).first()
    elif to and to.supplier is not None and to.company is None:
        supplier = ResourceSupplier.objects.filter(pk=to.supplier).first()
    if company is None and supplier is None:
        raise Refused("executor", _("Choose the organisation."), "executor_needed")
    if (company or supplier) == (row.company or row.supplier):
        raise Refused("executor", _("The request is already with this organisation."), "same")
    _set_executor(row, Answerable(company=company, supplier=supplier))


def _set_executor(row: Request, who: Answerable) -> None:
    row.company, row.supplier = who.company, who.supplier
    row.executor_inn, row.executor_name, row.executor_phone = who.inn, who.name, who.phone


def _checked_act(act: ActDetails | None, made: _Made) -> ActDetails:
    if act is None or not one_line(act.signer):
        raise Refused("act.signer", _("Say who signed the act."), "act_needed")
    if act.signed_on is None:
        raise Refused("act.signed_on", _("Say when the act was signed."), "act_needed")
    if act.signed_on > timezone.localtime(made.at).date():
        raise Refused(
            "act.signed_on", _("The act cannot be signed in the future."), "act_in_future"
        )
    if act.signed_on < _work_could_begin(made.item):
        raise Refused(
            "act.signed_on",
            _("The act is older than the complaint it answers. Present the act of this work."),
            "act_too_old",
        )
    if act.upload is not None:
        wrong = files.cannot_attach([act.upload], by=made.by)
        if wrong:
            raise Refused("act.upload", wrong, "unknown_upload")
    return replace(act, signer=one_line(act.signer)[:200])


def _work_could_begin(row: Request) -> date:
    """Return the day from which an act can prove this work: of filing, or of the last objection."""
    again = (
        RequestEvent.objects.filter(request=row, kind=EventKind.STATUS, status=Status.REOPENED)
        .order_by("-at", "-id")
        .values_list("at", flat=True)
        .first()
    )
    return timezone.localtime(again or row.registered_at).date()


def _present(made: _Made, event: RequestEvent, act: ActDetails) -> None:
    assert act.signed_on is not None  # _checked_act saw to it
    Act.objects.create(
        request=made.item,
        event=event,
        signed_on=act.signed_on,
        signer=act.signer,
        upload_id=act.upload,
    )
    if act.upload is not None:
        files.attach(made.item, event, [act.upload], at=made.at)


def _original(row: Request, number: str) -> Request:
    """Return the first of the chain that `number` belongs to; refuse a chain that leads back."""
    found = Request.objects.filter(number=one_line(number)).exclude(pk=row.pk).first()
    while found is not None and found.duplicate_of_id is not None:
        # It ends: a link that would close a loop has never been made.
        found = None if found.duplicate_of_id == row.pk else found.duplicate_of
    if found is None:
        raise Refused("duplicate_of", _("Name the number of the earlier request."), "no_original")
    return found


def _said(text: str, *, uploads: tuple[UUID, ...] = (), needed: bool = True) -> str:
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


def _attach(made: _Made, event: RequestEvent, uploads: tuple[UUID, ...]) -> None:
    wrong = files.cannot_attach(uploads, by=made.by, holder=files.holder_of(made.item))
    if wrong:
        raise Refused("uploads", wrong, "unknown_upload")
    files.attach(made.item, event, uploads, at=made.at)


def _event(
    made: _Made,
    kind: EventKind,
    *,
    step: str = "",
    text: str = "",
    public: bool = True,
    data: dict[str, Any] | None = None,
) -> RequestEvent:
    user = None if isinstance(made.by, CodeHolder | System) else getattr(made.by, "id", None)
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


def _plain(details: Details) -> dict[str, Any]:
    return {
        name: value
        for name, value in json.loads(json.dumps(asdict(details), default=str)).items()
        if value
    }


def _forbidden_words(item: Request, target: str) -> str:
    if target not in Status.values:
        return _("There is no such status.")
    return _("From “%(source)s” a request cannot become “%(target)s” by you.") % {
        "source": item.get_status_display(),
        "target": Status(target).label,
    }
