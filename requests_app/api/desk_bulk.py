"""The same step for many requests, for programs: each by itself, one batch to take back."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.problems import Problem
from accounts.rest import repeats
from accounts.rest.refusals import problems
from requests_app import lifecycle
from requests_app.api import door
from requests_app.api.door import ID_MAX, DeskCall
from requests_app.api.shapes import NewExecutorShape
from requests_app.api.work import words
from requests_app.desk import bulk
from requests_app.models import Request
from requests_app.typed_text import one_line

_DO = ("accept", "assign", "redirect")


class BulkShape(serializers.Serializer[Any]):
    """What to do with which requests; `operator` for assign, `executor` and `text` for redirect."""

    do = serializers.ChoiceField(choices=_DO)
    requests = serializers.ListField(
        child=serializers.CharField(max_length=40),
        min_length=1,
        max_length=bulk.LIMIT,
        help_text="Numbers",
    )
    operator = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=ID_MAX
    )
    executor = NewExecutorShape(required=False, allow_null=True, default=None)
    text = words(help_text="Why it is passed on: the residents read it")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Want what the step needs."""
        wrong = {}
        if values["do"] == "assign" and values["operator"] is None:
            wrong["operator"] = _("Choose the operator.")
        if values["do"] == "redirect" and not values["executor"]:
            wrong["executor"] = _("Choose the organisation.")
        if values["do"] == "redirect" and not values["text"].strip():
            wrong["text"] = _("Write why: the residents read it.")
        if wrong:
            raise serializers.ValidationError(wrong)
        return values


class RefusedRowShape(serializers.Serializer[Any]):
    """A request that was left as it was."""

    number = serializers.CharField()
    reason = serializers.CharField()


class TallyShape(serializers.Serializer[Any]):
    """How many were done, and which were not, with the reason."""

    done = serializers.IntegerField()
    refused = RefusedRowShape(many=True)


class Bulk(DeskCall):
    """POST /api/v1/desk/bulk/: accept, give to an operator or pass on up to a hundred requests."""

    @extend_schema(
        operation_id="desk_bulk",
        description="The letters wait two minutes; until then bulk/undo/ takes all of it back.",
        request=BulkShape,
        parameters=[repeats.KEY],
        responses={200: TallyShape},
        examples=[
            OpenApiExample(
                "request",
                value={"do": "accept", "requests": ["26-000123", "26-000124"]},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest) -> Response:
        """Do it to each; what one refuses keeps no other."""
        said, by, at = door.read(BulkShape, http), door.operator_of(http), timezone.now()

        def make() -> dict[str, Any]:
            known = _ids(said["requests"], http)
            tally = _made(said, list(known.values()), by=by, at=at)
            unknown = [(one, _("There is no such request.")) for one in _missing(said, known)]
            return _told(bulk.Tally(tally.done, [*tally.refused, *unknown]))

        return Response(repeats.once(http, name="bulk", at=at, do=make))


def _ids(numbers: list[str], http: HttpRequest) -> dict[str, int]:
    rows = Request.objects.visible_to(door.operator_of(http))
    clean = {one_line(number) for number in numbers}
    return dict(rows.filter(number__in=clean).values_list("number", "pk"))


def _missing(said: dict[str, Any], known: dict[str, int]) -> list[str]:
    return [one for one in dict.fromkeys(map(one_line, said["requests"])) if one not in known]


def _made(said: dict[str, Any], ids: list[int], *, by: Any, at: Any) -> bulk.Tally:
    # The key of the whole call keeps it from being done twice.
    match said["do"]:
        case "accept":
            return bulk.accept(ids, by=by, at=at, key="")
        case "assign":
            return bulk.assign(ids, to=said["operator"], by=by, at=at, key="")
    executor = lifecycle.NewExecutor(**said["executor"])
    return bulk.redirect(ids, executor=executor, text=said["text"], by=by, at=at, key="")


class UndoBulk(DeskCall):
    """POST /api/v1/desk/bulk/undo/: take the caller's last batch back while its letters wait."""

    @extend_schema(
        operation_id="desk_bulk_undo",
        request=None,
        responses={200: TallyShape, **problems(409)},
        tags=["desk"],
    )
    def post(self, http: HttpRequest) -> Response:
        """Take it back; what a colleague has gone on with stays."""
        by, at = door.operator_of(http), timezone.now()
        batch = bulk.to_undo(by=by, at=at)
        if batch is None:
            raise Problem(
                _("It is too late to undo: the letters have left."),
                code="too_late",
                status_code=status.HTTP_409_CONFLICT,
            )
        return Response(_told(bulk.undo(batch, by=by, at=at)))


def _told(tally: bulk.Tally) -> dict[str, Any]:
    return {
        "done": tally.done,
        "refused": [{"number": number, "reason": reason} for number, reason in tally.refused],
    }
