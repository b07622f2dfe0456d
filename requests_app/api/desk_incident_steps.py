"""What follows on an incident at the desk for programs: news, its end, houses, background work."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.problems import Problem
from accounts.rest import etags, repeats
from accounts.rest.refusals import not_found, stale, wrong
from disclosure.utilities import Utility
from notifications import background
from notifications.models import Deed
from requests_app.api import door
from requests_app.api.desk_incidents import (
    CHANGE,
    VIEW,
    DeskIncidentShape,
    HousesShape,
    category_of,
    houses_of,
    standing,
    unknown,
    version_of,
)
from requests_app.api.door import ID_MAX, WRITES, DeskCall
from requests_app.api.requests import refused
from requests_app.api.work import words
from requests_app.incidents import correcting, ending, news
from requests_app.lifecycle import Refused
from requests_app.models import Incident, IncidentJob, IncidentKind

_NOTHING: Collection[int] = ()


class _Follows(DeskCall):
    """What may follow on an incident; each a subclass with its operation."""

    needs_read = VIEW
    needs_write = CHANGE
    deed: ClassVar[str]

    def carry_out(
        self,
        http: HttpRequest,
        pk: int,
        do: Callable[[datetime], Any],
        *,
        also: Collection[int] = _NOTHING,
    ) -> Response:
        """Do it once, on the version that was seen; `also` are other incidents it locks."""
        at, seen = timezone.now(), etags.version_seen(http)
        if pk > ID_MAX or not Incident.objects.filter(pk=pk).exists():
            raise unknown()

        def held() -> dict[str, Any]:
            # In the order of ids, as `ending.merge` locks them.
            rows = Incident.objects.select_for_update().filter(pk__in={pk, *also})
            list(rows.order_by("pk").values_list("pk"))
            if seen is not None and seen != version_of(pk):
                raise stale()
            do(at)
            return {}

        try:
            repeats.once(http, name=f"incident.{self.deed}:{pk}", at=at, do=held)
        except Refused as problem:
            raise refused(problem, http) from None
        return standing(pk)


class CorrectionShape(serializers.Serializer[Any]):
    """What the incident really is; what is left out stays."""

    kind = serializers.ChoiceField(choices=IncidentKind.choices, required=False)
    category = serializers.CharField(required=False, max_length=64, help_text="Slug of a matter")
    utility = serializers.ChoiceField(choices=[("", ""), *Utility.choices], required=False)
    title = serializers.CharField(required=False, max_length=400)
    cause = serializers.CharField(required=False, allow_blank=True, max_length=600)
    started_at = serializers.DateTimeField(required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Want something that changes, and nothing that was promised."""
        promised = [name for name in ("text", "expected_end_at") if name in self.initial_data]
        if promised:
            told = _("People were told this: tell them what is new by news/.")
            raise serializers.ValidationError(dict.fromkeys(promised, told))
        if not values:
            raise serializers.ValidationError({"title": _("Say what changes.")})
        return values


class OneDeskIncident(_Follows):
    """GET, PATCH /api/v1/desk/incidents/<id>/: what hangs on an incident, and what it really is."""

    deed = "correct"

    @extend_schema(
        operation_id="desk_incident_read", responses={200: DeskIncidentShape}, tags=["desk"]
    )
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Return it with how far people are told."""
        return standing(pk)

    @extend_schema(
        operation_id="desk_incident_correct",
        request=CorrectionShape,
        parameters=[*WRITES],
        responses={200: DeskIncidentShape},
        examples=[
            OpenApiExample(
                "request",
                value={"title": "Порыв на Садовой, 5", "cause": "Износ трубы"},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def patch(self, http: HttpRequest, pk: int) -> Response:
        """
        Correct it, also when it is over: its news gain a line with what was and what is.

        Of a new beginning everybody is told. The words and the expected end change by news/ alone.
        """
        said, by = door.read(CorrectionShape, http), door.operator_of(http)
        if "category" in said:
            said["category"] = category_of(said["category"]).pk
        return self.carry_out(http, pk, lambda at: correcting.correct(pk, **said, by=by, at=at))


class NewNewsShape(serializers.Serializer[Any]):
    """What is new; the words may be left out where a new expected end says all."""

    text = words()
    expected_end_at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class TellNews(_Follows):
    """POST …/news/: tell everybody who waits, and by when it should end now."""

    deed = "news"

    @extend_schema(
        operation_id="desk_incident_news",
        request=NewNewsShape,
        parameters=[*WRITES],
        responses={200: DeskIncidentShape},
        examples=[
            OpenApiExample(
                "request",
                value={"text": "Нашли порыв", "expected_end_at": "2026-11-30T20:00:00+04:00"},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Tell it."""
        said, by = door.read(NewNewsShape, http), door.operator_of(http)
        return self.carry_out(http, pk, lambda at: news.add_news(pk, **said, by=by, at=at))


class OverShape(serializers.Serializer[Any]):
    """The act that says it is over."""

    signed_on = serializers.DateField()
    signer = serializers.CharField(max_length=400)
    text = words()


class EndIncident(_Follows):
    """POST …/end/: it is over; its requests are done together with the act, each may object."""

    deed = "end"

    @extend_schema(
        operation_id="desk_incident_end",
        request=OverShape,
        parameters=[*WRITES],
        responses={200: DeskIncidentShape},
        examples=[
            OpenApiExample(
                "request",
                value={"signed_on": "2026-11-30", "signer": "Диспетчер Кузнецов", "text": ""},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """End it."""
        said, by = door.read(OverShape, http), door.operator_of(http)
        return self.carry_out(http, pk, lambda at: ending.end(pk, **said, by=by, at=at))


class WhyShape(serializers.Serializer[Any]):
    """Why; people read it."""

    reason = serializers.CharField(max_length=5_000)


class CancelIncident(_Follows):
    """POST …/cancel/: it was no incident, or the work will not be; its requests go on alone."""

    deed = "cancel"

    @extend_schema(
        operation_id="desk_incident_cancel",
        request=WhyShape,
        parameters=[*WRITES],
        responses={200: DeskIncidentShape},
        examples=[OpenApiExample("request", value={"reason": "Ошибка адреса"}, request_only=True)],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Call it off."""
        said, by = door.read(WhyShape, http), door.operator_of(http)
        return self.carry_out(http, pk, lambda at: ending.cancel(pk, **said, by=by, at=at))


class IntoShape(WhyShape):
    """The incident that this one turned out to be."""

    into = serializers.IntegerField(min_value=1, max_value=ID_MAX)


class MergeIncident(_Follows):
    """POST …/merge/: it is the same as another, which takes its houses, requests and followers."""

    deed = "merge"

    @extend_schema(
        operation_id="desk_incident_merge",
        request=IntoShape,
        parameters=[*WRITES],
        responses={200: DeskIncidentShape},
        examples=[
            OpenApiExample("request", value={"into": 7, "reason": "Один порыв"}, request_only=True)
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Let it go into the other one."""
        said, by = door.read(IntoShape, http), door.operator_of(http)
        return self.carry_out(
            http, pk, lambda at: ending.merge(pk, **said, by=by, at=at), also=(said["into"],)
        )


class ChangeHousesShape(serializers.Serializer[Any]):
    """Houses that come to it, and houses that it does not touch after all."""

    add = HousesShape(required=False)
    drop = HousesShape(required=False)


class ChangeHouses(_Follows):
    """POST …/houses/: add houses and take houses off; the people of added ones are told."""

    deed = "houses"

    @extend_schema(
        operation_id="desk_incident_houses",
        request=ChangeHousesShape,
        parameters=[*WRITES],
        responses={200: DeskIncidentShape},
        examples=[
            OpenApiExample(
                "request",
                value={"add": {"houses": "Садовая 27"}, "drop": {"buildings": [4]}},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Change them."""
        said, by = door.read(ChangeHousesShape, http), door.operator_of(http)
        add = houses_of(said["add"], field="add.") if "add" in said else []
        drop = houses_of(said["drop"], field="drop.") if "drop" in said else []
        if not add and not drop:
            raise wrong("add", _("Name at least one house."))
        return self.carry_out(
            http, pk, lambda at: news.change_houses(pk, add=add, drop=drop, by=by, at=at)
        )


class HoldShape(serializers.Serializer[Any]):
    """What to do with background work, and why."""

    deed = serializers.ChoiceField(choices=Deed.choices)
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=2_000)


class HoldJob(DeskCall):
    """POST …/jobs/<id>/: pause, resume or cancel background work of an incident."""

    needs_write = CHANGE

    @extend_schema(
        operation_id="desk_incident_job",
        request=HoldShape,
        parameters=[repeats.KEY],
        responses={200: DeskIncidentShape},
        examples=[
            OpenApiExample(
                "request", value={"deed": "pause", "reason": "Не тот текст"}, request_only=True
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int, job: int) -> Response:
        """Do it once its batch in hand is whole."""
        said, by, at = door.read(HoldShape, http), door.operator_of(http), timezone.now()
        found = IncidentJob.objects.filter(pk=min(job, ID_MAX), incident=min(pk, ID_MAX)).first()
        if found is None:
            raise not_found()

        def hold() -> dict[str, Any]:
            deed = Deed(said["deed"])
            background.move(found, deed, reason=said["reason"], by=by.id, at=at)
            return {}

        try:
            repeats.once(http, name=f"incident.job:{found.pk}", at=at, do=hold)
        except background.NoReason as problem:
            raise wrong("reason", str(problem), code="reason_needed") from None
        except background.CannotMove as problem:
            raise Problem(
                str(problem), code="forbidden_step", status_code=status.HTTP_409_CONFLICT
            ) from None
        return standing(pk)
