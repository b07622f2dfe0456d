"""Filing, tracking and answering over HTTP, for programs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Actor, CodeHolder, Executor, Nobody, Operator, Resident, user_id_of
from accounts.client_address import client_address
from accounts.problems import Problem
from accounts.rest.call import Call
from accounts.rest.caller import actor_of
from accounts.rest.etags import IF_MATCH, version_seen, versioned
from accounts.rest.refusals import not_found, problems, stale, too_many
from accounts.rest.repeats import KEY, key_of
from requests_app import access, intake, lifecycle
from requests_app.api.answers import filed_of, tracked
from requests_app.api.shapes import (
    FiledShape,
    MarkShape,
    NewRequestShape,
    SaidShape,
    TrackedShape,
    TransitionShape,
)
from requests_app.models import Request
from requests_app.statuses import Channel, Status
from requests_app.typed_text import one_line

CODE = OpenApiParameter("code", str, description="The tracking code, unless an account owns it")
# What a step may be answered with; the holder of a code may also have tried too many.
MOVED = {200: TrackedShape, **problems(401, 403, 404, 409)}
_SHOWN = (
    *("number", "status", "outcome", "due_at", "closed_at", "version", "norm_clause", "norm_text"),
    *("executor_name", "executor_inn", "executor_phone", "building__address"),
    *("category__slug", "category__stop_message"),
)


# What is well said and contradicts how things stand; all else is a mistake in the words.
CONFLICTS = frozenset(
    {
        *("stale", "forbidden_step", "too_late", "closed", "not_to_mark", "not_mine", "repeated"),
        *("linked", "same", "same_category", "question_open", "extended", "no_extension"),
        *("no_work", "too_many", "erased", "over", "not_begun", "chain", "other_utility", "called"),
        *("decided", "no_evidence", "sorted"),
    }
)


def find(http: HttpRequest, number: str, code: str) -> tuple[Request, Actor]:
    """Return the request and who may act on it; raise Problem 404 or 429."""
    actor = actor_of(http)
    # Whole rows of three tables are eighty columns, the text's search vector among them.
    rows = Request.objects.select_related("category", "building").only(*_SHOWN)
    if code:
        try:
            found = access.opened(
                rows, number, code, address=client_address(http._request), at=timezone.now()
            )
        except access.TooManyCodes as many:
            raise too_many(
                str(many),
                code="too_many_codes",
                retry_after_seconds=many.retry_after_seconds,
            ) from None
        if found is None:
            raise _unknown()
        # Staff keep their own rights: a code in hand does not make an operator a resident.
        if isinstance(actor, Nobody | Resident):
            return found[0], replace(found[1], account=user_id_of(actor))
    for item in rows.visible_to(actor).filter(number=one_line(number))[:1]:
        return item, actor
    raise _unknown()


def refused(problem: lifecycle.Refused, http: HttpRequest) -> Problem:
    """Return a refusal of the lifecycle as a problem; 412 where `If-Match` named the state."""
    if isinstance(problem, lifecycle.NotFound):
        return _unknown()
    if problem.code == "stale" and "If-Match" in http.headers:
        return stale()
    conflict = problem.code in CONFLICTS
    return Problem(
        problem.message,
        code=problem.code,
        status_code=status.HTTP_409_CONFLICT if conflict else status.HTTP_400_BAD_REQUEST,
        errors={problem.field: problem.message} if problem.field else None,
    )


def _unknown() -> Problem:
    return not_found(_("There is no such request."))


def residents_word() -> Problem:
    """Return the refusal of a word that only the resident may say."""
    return Problem(
        _("Only the resident can say this. Use transitions/ for a step of your own."),
        code="residents_word",
        status_code=status.HTTP_403_FORBIDDEN,
    )


class FileRequest(Call):
    """POST /api/v1/requests/: file a request."""

    scope_write = "requests:write"

    @extend_schema(
        operation_id="requests_file",
        request=NewRequestShape,
        parameters=[KEY],
        responses={201: FiledShape},
        tags=["requests"],
    )
    def post(self, http: HttpRequest) -> Response:
        at = timezone.now()
        by = actor_of(http)
        key = key_of(http)
        shape = NewRequestShape(data=http.data)
        shape.is_valid(raise_exception=True)
        values = dict(shape.validated_data)
        contact = intake.Contact(**values.pop("contact"))
        new = intake.NewRequest(
            **{
                **values,
                "uploads": tuple(values["uploads"]),
                "channel": Channel(values["channel"]),
            },
            contact=contact,
            resident_id=by.id if isinstance(by, Resident) else None,
        )
        try:
            if not isinstance(by, Operator):
                access.count_filing(address=client_address(http._request), at=at)
            filed = intake.file(new, by=by, at=at, idempotency_key=key)
        except access.TooManyRequests as many:
            raise too_many(
                str(many),
                code="too_many_requests",
                retry_after_seconds=many.retry_after_seconds,
            ) from None
        except intake.Invalid as problem:
            raise invalid(problem) from None
        return Response(filed_of(filed), status=status.HTTP_201_CREATED)


def invalid(problem: intake.Invalid) -> Problem:
    """Return what intake found wrong as a problem that names each field."""
    return Problem(_("The request has mistakes."), code=problem.code, errors=problem.errors)


class TrackRequest(Call):
    """GET /api/v1/requests/<number>/: where a request stands."""

    scope_read = "requests:read"

    @extend_schema(
        operation_id="requests_track",
        parameters=[CODE],
        responses={200: TrackedShape},
        tags=["requests"],
    )
    def get(self, http: HttpRequest, number: str) -> Response:
        item, actor = find(http, number, http.query_params.get("code", ""))
        return versioned(Response(tracked(item, actor)), item.version)


class _Say(Call):
    """
    What the owner of a request says: one verb a subclass.

    The word of a resident is a resident's: staff and executors have transitions/, where closing on
    somebody's word asks how it was given.
    """

    scope_write = "requests:write"
    target: Status
    speakers: tuple[type[Actor], ...] = (Resident, CodeHolder)

    @extend_schema(
        request=SaidShape,
        parameters=[KEY, IF_MATCH],
        responses=MOVED,
        tags=["requests"],
    )
    def post(self, http: HttpRequest, number: str) -> Response:
        shape = SaidShape(data=http.data)
        shape.is_valid(raise_exception=True)
        said = shape.validated_data
        item, actor = find(http, number, said["code"])
        if not isinstance(actor, self.speakers):
            raise residents_word()
        try:
            item = self.say(
                item, actor, said["text"], tuple(said["uploads"]), key_of(http), version_seen(http)
            )
        except lifecycle.Refused as problem:
            raise refused(problem, http) from None
        return versioned(Response(tracked(item, actor)), item.version)

    def say(
        self,
        item: Request,
        actor: Actor,
        text: str,
        uploads: tuple[Any, ...],
        key: str,
        seen: int | None,
    ) -> Request:
        return lifecycle.move(
            item,
            self.target,
            by=actor,
            at=timezone.now(),
            details=lifecycle.Details(text=text, uploads=uploads),
            seen_version=seen,
            idempotency_key=key,
        )


class ConfirmRequest(_Say):
    """POST …/confirm/: the work is done."""

    target = Status.CLOSED

    def say(
        self,
        item: Request,
        actor: Actor,
        text: str,
        uploads: tuple[Any, ...],
        key: str,
        seen: int | None,
    ) -> Request:
        _only_from(item, actor, {Status.DONE}, "confirm", key)
        return super().say(item, actor, text, uploads, key, seen)


class ObjectToRequest(_Say):
    """POST …/object/: the work is not done, or the fault came back."""

    target = Status.REOPENED


class WithdrawRequest(_Say):
    """POST …/withdraw/: nobody need work on it."""

    target = Status.CLOSED

    def say(
        self,
        item: Request,
        actor: Actor,
        text: str,
        uploads: tuple[Any, ...],
        key: str,
        seen: int | None,
    ) -> Request:
        _only_from(item, actor, set(Status) - {Status.DONE}, "withdraw", key)
        return super().say(item, actor, text, uploads, key, seen)


class CommentRequest(_Say):
    """POST …/comment/: a line both sides read; a resident's also answers a question."""

    speakers = (Resident, CodeHolder, Operator, Executor)

    def say(
        self,
        item: Request,
        actor: Actor,
        text: str,
        uploads: tuple[Any, ...],
        key: str,
        seen: int | None,
    ) -> Request:
        return lifecycle.comment(
            item,
            by=actor,
            at=timezone.now(),
            text=text,
            uploads=uploads,
            seen_version=seen,
            idempotency_key=key,
        )


class MarkRequest(Call):
    """POST …/mark/: what the resident thinks of the work, once it is closed as fixed."""

    scope_write = "requests:write"

    @extend_schema(
        operation_id="requests_mark",
        request=MarkShape,
        parameters=[KEY, IF_MATCH],
        responses=MOVED,
        tags=["requests"],
    )
    def post(self, http: HttpRequest, number: str) -> Response:
        shape = MarkShape(data=http.data)
        shape.is_valid(raise_exception=True)
        said = shape.validated_data
        item, actor = find(http, number, said["code"])
        if not isinstance(actor, Resident | CodeHolder):
            raise residents_word()
        try:
            item = lifecycle.mark(
                item,
                value=said["mark"],
                text=said["text"],
                by=actor,
                at=timezone.now(),
                address=client_address(http._request),
                seen_version=version_seen(http),
                idempotency_key=key_of(http),
            )
        except lifecycle.Refused as problem:
            raise refused(problem, http) from None
        return versioned(Response(tracked(item, actor)), item.version)


def _only_from(item: Request, actor: Actor, sources: set[Status], verb: str, key: str) -> None:
    """Refuse a verb that would mean another step: confirming is not withdrawing."""
    if item.status not in sources and not (key and item.status == Status.CLOSED):
        raise lifecycle.Refused(
            "", _("The request does not stand where this can be done."), "forbidden_step"
        )


class TransitionRequest(Call):
    """POST …/transitions/: a step of staff or the executor."""

    admits = (Operator, Executor)
    scope_write = "requests:write"

    @extend_schema(
        operation_id="requests_transition",
        request=TransitionShape,
        parameters=[KEY, IF_MATCH],
        responses=MOVED,
        tags=["requests"],
    )
    def post(self, http: HttpRequest, number: str) -> Response:
        shape = TransitionShape(data=http.data)
        shape.is_valid(raise_exception=True)
        said = shape.validated_data
        item, actor = find(http, number, "")
        act, executor = said["act"], said["executor"]
        try:
            item = lifecycle.move(
                item,
                said["to"],
                by=actor,
                at=timezone.now(),
                details=lifecycle.Details(
                    text=said["text"],
                    act=lifecycle.ActDetails(**act) if act else None,
                    executor=lifecycle.NewExecutor(**executor) if executor else None,
                    outcome=said["outcome"],
                    clause=said["clause"],
                    duplicate_of=said["duplicate_of"],
                    planned_at=said["planned_at"],
                ),
                seen_version=version_seen(http) or said["version"],
                idempotency_key=key_of(http),
            )
        except lifecycle.Refused as problem:
            raise refused(problem, http) from None
        return versioned(Response(tracked(item, actor)), item.version)
