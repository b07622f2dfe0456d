"""Where a request belongs: its operator, its matter, its incident."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Operator, System
from accounts.models import User
from disclosure.answerable import answerable
from requests_app import letters, promises
from requests_app.clocks import LegalKind
from requests_app.lifecycle.clock import pauses_of
from requests_app.lifecycle.executors import set_executor
from requests_app.lifecycle.operation import Made, event_of, operate, said
from requests_app.lifecycle.refusals import Refused
from requests_app.models import Category, EventKind, Incident, Norm, Request, RequestEvent
from requests_app.steps import Role
from requests_app.typed_text import one_line


def assign(
    item: Request,
    *,
    to: int | None,
    by: Operator,
    at: datetime,
    seen_version: int | None = None,
) -> Request:
    """Make an operator answerable for the request, or nobody."""

    def make(made: Made) -> RequestEvent:
        user = None
        if to is not None:
            user = User.objects.filter(pk=to, is_staff=True, is_active=True).first()
        if to is not None and user is None:
            raise Refused("assigned_to", _("There is no such operator."), "unknown_operator")
        made.item.assigned_to = user
        return event_of(made, EventKind.ASSIGNED, public=False, data={"operator": to})

    return operate(
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

    def make(made: Made) -> RequestEvent:
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
        kind = promises.kind_for(
            norm,
            is_appeal=row.legal_kind == LegalKind.APPEAL,
            is_oral=row.legal_kind == LegalKind.ORAL,
        )
        promise = promises.of(norm, kind, registered_at=row.registered_at, pauses=pauses_of(row))
        row.legal_kind = kind
        row.promised = promises.first(norm, kind, registered_at=row.registered_at)
        # Another matter has another answer: what was put off was the old one.
        row.extended_at = None
        before = {
            "category": Category.objects.values_list("name", flat=True).get(pk=row.category_id)
        }
        row.category = norm.category
        row.norm, row.norm_clause, row.norm_text = norm, norm.clause, norm.text
        row.is_emergency = norm.category.emergency
        row.react_by, row.inspect_by = promise.react_by, promise.inspect_by
        row.fix_by, row.answer_by = promise.fix_by, promise.answer_by
        if row.inspect_by is not None and row.visit_at is not None:
            row.inspect_by = max(row.inspect_by, row.visit_at)
        row.due_at = promise.due_at
        who = answerable(row.building_id, norm.answers, norm.utility, local.date())
        set_executor(row, who)
        event = event_of(
            made,
            EventKind.RECATEGORISED,
            text=said(text, needed=False),
            data={
                "from": before["category"],
                "to": norm.category.name,
                "executor": row.executor_name,
                "due_at": row.due_at.isoformat(),
            },
        )
        letters.said(row, event, tells=frozenset({Role.RESIDENT, Role.EXECUTOR}), at=made.at)
        return event

    return operate(
        item,
        "recategorise",
        make,
        by=by,
        at=at,
        meant={"category": category, "text": text},
        seen_version=seen_version,
    )


def attach_to_incident(
    item: Request, *, incident: int | None, by: Operator | System, at: datetime
) -> Request:
    """Hang the request on an incident that touches its house, or take it off."""

    def make(made: Made) -> RequestEvent:
        found = None
        if incident is not None:
            found = Incident.objects.at_building(made.item.building_id).filter(pk=incident).first()
            if found is None:
                raise Refused(
                    "incident", _("This incident does not touch the house."), "foreign_incident"
                )
        made.item.incident = found
        return event_of(made, EventKind.INCIDENT, data={"title": found.title if found else ""})

    return operate(item, "incident", make, by=by, at=at, meant={"incident": incident})
