"""
The doors of calls at the desk and in the cabinet, and the one way in which they change a request.

What a call does is a function of the rules; here stands what all of them share: who comes in, the
request they mean, the key of a repeat, the version of `If-Match`, and the words of a refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Actor, Executor, Operator
from accounts.problems import Problem
from accounts.rest import caller, etags, repeats
from accounts.rest.call import READS, Call
from accounts.rest.refusals import not_found, stale
from requests_app import lifecycle
from requests_app.api.requests import refused
from requests_app.models import Request
from requests_app.querysets import RequestQuerySet
from requests_app.statuses import Outcome, Status
from requests_app.typed_text import one_line

VIEW = "requests_app.view_request"
CHANGE = "requests_app.change_request"
SEE_CONTACT = "requests_app.see_contact"
# What a write on one request takes besides its body.
WRITES = (repeats.KEY, etags.IF_MATCH)
# No id is larger; a number that no column holds would be an error of the database.
ID_MAX = 2**62
_LONGEST_NUMBER = 16
R = TypeVar("R", bound=Model)
S = TypeVar("S", bound=serializers.Serializer[Any])


class StandsShape(serializers.Serializer[Any]):
    """Where a request stands after a write; `version` goes into the next `If-Match`."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    outcome = serializers.ChoiceField(choices=[("", ""), *Outcome.choices])
    version = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    paused = serializers.BooleanField(help_text="Whether the clock stands")
    planned_at = serializers.DateTimeField(allow_null=True)
    visit_at = serializers.DateTimeField(allow_null=True)
    executor_inn = serializers.CharField()
    operator = serializers.IntegerField(allow_null=True, help_text="Account of who answers for it")
    incident = serializers.IntegerField(allow_null=True)


class CabinetCall(Call):
    """A call of representatives; staff work at the desk: here each word is the organisation's."""

    admits = (Executor,)
    scope_read = "cabinet:read"
    scope_write = "cabinet:write"


class DeskCall(Call):
    """A call of staff, who need the permission that admin asks for the same."""

    admits = (Operator,)
    scope_read = "desk:read"
    scope_write = "desk:write"
    needs_read: ClassVar[str] = VIEW
    needs_write: ClassVar[str] = CHANGE

    def check_permissions(self, request: HttpRequest) -> None:
        """Refuse staff whom no group gives the permission."""
        super().check_permissions(request)
        if self._is_handled(request):
            demand(request, self.needs_read if request.method in READS else self.needs_write)


def demand(http: HttpRequest, permission: str) -> None:
    """Raise Problem 403 unless the caller of the staff has the permission."""
    actor = caller.actor_of(http)
    if isinstance(actor, Operator):
        # These three were read with the actor; asking again would cost two queries a call.
        if permission == VIEW or (permission == CHANGE and actor.may_change):
            return
        if permission == SEE_CONTACT:
            if actor.sees_contacts:
                return
        elif permission != CHANGE and http.user.has_perm(permission):
            return
    raise Problem(
        _("This call is not for your account."),
        code="permission_denied",
        status_code=status.HTTP_403_FORBIDDEN,
    )


def operator_of(http: HttpRequest) -> Operator:
    """Return the caller at the desk."""
    actor = caller.require(http, Operator)
    assert isinstance(actor, Operator)
    return actor


def executor_of(http: HttpRequest) -> Executor:
    """Return the caller in the cabinet."""
    actor = caller.require(http, Executor)
    assert isinstance(actor, Executor)
    return actor


def read(shape: type[S], http: HttpRequest) -> dict[str, Any]:
    """Return the values of the body; raise ValidationError naming each field at fault."""
    found = shape(data=http.data)
    found.is_valid(raise_exception=True)
    return dict(found.validated_data)


def find(http: HttpRequest, number: str, rows: RequestQuerySet | None = None) -> Request:
    """Return the request among `rows` that the caller may see; raise Problem 404."""
    rows = Request.objects.defer("search") if rows is None else rows
    seen = rows.visible_to(caller.actor_of(http))
    for item in seen.filter(number=one_line(number)[:_LONGEST_NUMBER])[:1]:
        return item
    raise unknown()


def unknown() -> Problem:
    """Return the one answer for an unknown request and for another's."""
    return not_found(_("There is no such request."))


def change(
    http: HttpRequest,
    item: Request,
    name: str,
    do: Callable[[datetime], Any],
    *,
    holds: bool = True,
) -> Response:
    """
    Do something with the request once, on the version that `If-Match` names, and say how it stands.

    `holds`: lock it first and compare; False where `do` compares by itself, because it locks more
    than one request and has an order for that. Raise Problem.
    """
    actor, at = caller.actor_of(http), now()
    seen = etags.version_seen(http)

    def held() -> dict[str, Any]:
        if holds and seen is not None:
            lifecycle.hold(item, seen_version=seen, by=actor)
        do(at)
        return {}

    try:
        repeats.once(http, name=f"{name}:{item.pk}", at=at, do=held)
    except lifecycle.Refused as problem:
        raise refusal(http, item, name, problem, by=actor, at=at) from None
    return stands(item, actor)


def once_on(
    http: HttpRequest,
    rows: QuerySet[R],
    pk: int,
    *,
    name: str,
    at: datetime,
    do: Callable[[R], Any],
) -> None:
    """
    Do something once with the row `pk` of `rows`, locked, on the version that `If-Match` names.

    For rows with a `version` of their own; requests go through `change`. Raise Problem 412.
    """
    seen = etags.version_seen(http)

    def held() -> dict[str, Any]:
        row = rows.select_for_update(of=("self",)).get(pk=pk)
        if seen is not None and seen != row.version:  # type: ignore[attr-defined]
            raise stale()
        do(row)
        return {}

    repeats.once(http, name=f"{name}:{pk}", at=at, do=held)


def refusal(
    http: HttpRequest,
    item: Request,
    name: str,
    problem: lifecycle.Refused,
    *,
    by: Actor,
    at: datetime,
) -> Problem:
    """Return the refusal as a problem; what a stale operator meant is kept."""
    if isinstance(problem, lifecycle.Stale):
        meant = http.data if isinstance(http.data, dict) else {}
        lifecycle.keep_refused(problem, item, {**meant, "verb": name}, by=by, at=at)
    return refused(problem, http)


def stands(item: Request, actor: Actor) -> Response:
    """Return where the request stands now, as StandsShape says."""
    rows = Request.objects.visible_to(actor).filter(pk=item.pk)
    row = next(
        iter(
            rows.only(
                *("number", "status", "outcome", "version", "due_at", "paused_at", "planned_at"),
                *("visit_at", "executor_inn", "assigned_to_id", "incident_id"),
            )[:1]
        ),
        None,
    )
    if row is None:
        raise unknown()
    body = {
        "number": row.number,
        "status": row.status,
        "outcome": row.outcome,
        "version": row.version,
        "due_at": row.due_at,
        "paused": row.paused_at is not None,
        "planned_at": row.planned_at,
        "visit_at": row.visit_at,
        "executor_inn": row.executor_inn,
        "operator": row.assigned_to_id,
        "incident": row.incident_id,
    }
    return etags.versioned(Response(body), row.version)
