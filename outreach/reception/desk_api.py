"""Reception at the desk for programs: who comes, move and cancel, who came, record and tasks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Operator
from accounts.problems import Problem
from accounts.rest import asked, etags, pages
from accounts.rest.refusals import MEDIA_TYPE, not_found, wrong
from outreach import senders
from outreach.models import Booking, BookingDeed, BookingState, MeetingKind
from outreach.reception import booking as bookings
from outreach.reception import visits
from outreach.reception.api import TakenShape, taken
from requests_app.api import door
from requests_app.api.door import ID_MAX, SEE_CONTACT, WRITES, DeskCall
from requests_app.models import Request
from requests_app.statuses import Outcome, Status

VIEW, CHANGE = "outreach.view_booking", "outreach.change_booking"
_SOONEST = ["begins", "id"]


class DeskBookingRowShape(serializers.Serializer[Any]):
    """A booking in the list; neither the person nor what about."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="For If-Match")
    state = serializers.ChoiceField(choices=BookingState.choices)
    slot = serializers.IntegerField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=MeetingKind.choices)
    place = serializers.CharField()
    district = serializers.CharField()
    host = serializers.IntegerField(help_text="Id of who receives")
    host_name = serializers.CharField()
    host_post = serializers.CharField()
    made_at = serializers.DateTimeField()
    recorded = serializers.BooleanField(help_text="Whether the record of the meeting is written")


class DeskBookingPageShape(pages.PageShape):
    """A page of bookings, the soonest visit first."""

    results = DeskBookingRowShape(many=True)


class BookingTaskShape(serializers.Serializer[Any]):
    """A task of the meeting: the request that has it under the clock."""

    number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    outcome = serializers.ChoiceField(choices=[("", ""), *Outcome.choices])
    due_at = serializers.DateTimeField()


class BookingStepShape(serializers.Serializer[Any]):
    """What was done with the booking."""

    step = serializers.ChoiceField(choices=BookingDeed.choices)
    by = serializers.IntegerField(allow_null=True, help_text="Account; null: the person, the hours")
    at = serializers.DateTimeField()
    reason = serializers.CharField(help_text="As the person read it; of a task its number")


class BookingReachShape(serializers.Serializer[Any]):
    """Whether the person can be reached, without saying how."""

    email = serializers.BooleanField()
    phone = serializers.BooleanField()


class DeskBookingShape(DeskBookingRowShape):
    """A booking as staff see it; the contact is a call of its own."""

    question = serializers.CharField(help_text="What the person comes about")
    record = serializers.CharField(help_text="Of the meeting, or empty")
    reach = BookingReachShape()
    tasks = BookingTaskShape(many=True)
    steps = BookingStepShape(many=True, help_text="The oldest first")


class DeskBookings(DeskCall):
    """GET /api/v1/desk/reception/bookings/: who comes when, the soonest first."""

    needs_read = VIEW

    @extend_schema(
        operation_id="desk_bookings",
        parameters=[
            OpenApiParameter("day", date, description="Visits of one day of the city"),
            OpenApiParameter(
                "since", date, description="From this day on; without `day` the default is today"
            ),
            OpenApiParameter("until", date, description="The last day"),
            OpenApiParameter("place", str, description="Words of the place or the district"),
            OpenApiParameter("host", int, description="Id of who receives"),
            OpenApiParameter(
                "state",
                {"type": "array", "items": {"type": "string", "enum": BookingState.values}},
                explode=False,
                style="form",
                description="One state or several, by commas",
            ),
            pages.CURSOR,
        ],
        responses={200: DeskBookingPageShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List them; what is over by `since`."""
        since, until = _days(http)
        rows = Booking.objects.visible_to(door.operator_of(http)).light().with_start()
        rows = rows.between(since, until).select_related("slot__host")
        if place := asked.words(http, "place", most=100):
            rows = rows.at_place(place)
        if (host := asked.number(http, "host")) is not None:
            rows = rows.filter(slot__host=host)
        if states := asked.some_of(http, "state", BookingState.values):
            rows = rows.filter(state__in=states)
        page = pages.page(http, rows, _SOONEST)
        return Response(pages.body(page, (_row(one) for one in page)))


class OneDeskBooking(DeskCall):
    """GET /api/v1/desk/reception/bookings/<id>/: what about, the record, tasks, who did what."""

    needs_read = VIEW

    @extend_schema(
        operation_id="desk_booking_read", responses={200: DeskBookingShape}, tags=["desk"]
    )
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Return it."""
        return _stands(http, pk)


class _Changes(DeskCall):
    """What staff do with a booking; each a subclass with its operation."""

    needs_read = VIEW
    needs_write = CHANGE

    def carry_out(
        self,
        http: HttpRequest,
        pk: int,
        name: str,
        do: Callable[[Booking, Operator, datetime], Any],
    ) -> Response:
        """Do it once, on the version that `If-Match` names, and say how the booking stands."""
        by, at, booking = door.operator_of(http), timezone.now(), _find(http, pk)
        try:
            door.once_on(
                http,
                Booking.objects.all(),
                booking.pk,
                name=f"booking.{name}",
                at=at,
                do=lambda row: do(row, by, at),
            )
        except senders.Invalid as invalid:
            raise Problem(
                _("The question has mistakes."), code="invalid", errors=invalid.errors
            ) from None
        except visits.NotHeld as gone:
            raise Problem(
                str(gone), code="not_held", status_code=status.HTTP_409_CONFLICT
            ) from None
        return _stands(http, pk)


class MoveBookingShape(serializers.Serializer[Any]):
    """Where to, and why."""

    slot = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, help_text="Id of a free time: reception/slots/"
    )
    reason = serializers.CharField(max_length=1_000, help_text="The person reads it")


class MoveBooking(_Changes):
    """POST /api/v1/desk/reception/bookings/<id>/move/: another time, with the reason told."""

    @extend_schema(
        operation_id="desk_booking_move",
        description="Also a booking whose time was called off. A time closes an hour before it "
        "begins: 409 `taken`, with the next free ones.",
        request=MoveBookingShape,
        parameters=[*WRITES],
        responses={
            200: DeskBookingShape,
            (409, MEDIA_TYPE): OpenApiResponse(
                TakenShape, description="Taken, with the next free ones; or a key used twice"
            ),
        },
        examples=[
            OpenApiExample(
                "request", value={"slot": 7, "reason": "Юрист заболел"}, request_only=True
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Move it; the person is told."""
        said = door.read(MoveBookingShape, http)

        def do(row: Booking, by: Operator, at: datetime) -> None:
            visits.move(row, said["slot"], reason=said["reason"], by=by, at=at)

        try:
            return self.carry_out(http, pk, "move", do)
        except bookings.Taken as refused:
            raise taken(said["slot"], str(refused)) from None


class CancelBookingShape(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=1_000, help_text="The person reads it")


class CancelBooking(_Changes):
    """POST /api/v1/desk/reception/bookings/<id>/cancel/: give the time back, with the reason."""

    @extend_schema(
        operation_id="desk_booking_cancel",
        request=CancelBookingShape,
        parameters=[*WRITES],
        responses={200: DeskBookingShape},
        examples=[OpenApiExample("request", value={"reason": "Вопрос решён"}, request_only=True)],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Cancel it; the person and the next in line are told."""
        said = door.read(CancelBookingShape, http)

        def do(row: Booking, by: Operator, at: datetime) -> None:
            visits.cancel(row, reason=said["reason"], by=by, at=at)

        return self.carry_out(http, pk, "cancel", do)


class MarkBookingShape(serializers.Serializer[Any]):
    """Whether the person came."""

    mark = serializers.ChoiceField(
        choices=[(one.value, one.label) for one in visits.MARKS],
        help_text="`booked` takes a wrong mark back",
    )


class MarkBooking(_Changes):
    """POST /api/v1/desk/reception/bookings/<id>/mark/: the person came, or did not."""

    @extend_schema(
        operation_id="desk_booking_mark",
        request=MarkBookingShape,
        parameters=[*WRITES],
        responses={200: DeskBookingShape},
        examples=[OpenApiExample("request", value={"mark": "came"}, request_only=True)],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Say so; said before, it stays so."""
        said = BookingState(door.read(MarkBookingShape, http)["mark"])
        return self.carry_out(
            http, pk, "mark", lambda row, by, at: visits.mark(row, said, by=by, at=at)
        )


class BookingRecordShape(serializers.Serializer[Any]):
    """The record of the meeting, and the requests that its promises were filed as."""

    record = serializers.CharField(required=False, allow_blank=True, max_length=100_000)
    tasks = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        default=list,
        max_length=visits.TASKS_MAX,
        help_text="Numbers of requests filed by desk/requests/file/; added to those there are",
    )


class RecordBooking(_Changes):
    """POST /api/v1/desk/reception/bookings/<id>/record/: the record of the meeting, its tasks."""

    @extend_schema(
        operation_id="desk_booking_record",
        description="What was promised is filed as a request first, which puts it under the clock, "
        "and named here by its number. Without `record` the record stays as it is.",
        request=BookingRecordShape,
        parameters=[*WRITES],
        responses={200: DeskBookingShape},
        examples=[
            OpenApiExample(
                "request",
                value={"record": "Разъяснён порядок перерасчёта", "tasks": ["26-000123"]},
                request_only=True,
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Write it."""
        said = door.read(BookingRecordShape, http)
        if not said["tasks"] and "record" not in said:
            raise wrong("record", _("Write the record, or name a task."), code="required")
        tasks = _tasks(http, said["tasks"])

        def do(row: Booking, by: Operator, at: datetime) -> None:
            if "record" in said:
                visits.write(row, said["record"], by=by, at=at)
            if tasks:
                visits.give(row, tasks, by=by, at=at)

        return self.carry_out(http, pk, "record", do)


class BookingContactShape(serializers.Serializer[Any]):
    """Who comes, and how to reach them."""

    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()


class BookingContact(DeskCall):
    """POST /api/v1/desk/reception/bookings/<id>/contact/: who comes; the look is noted."""

    needs_write = SEE_CONTACT

    @extend_schema(
        operation_id="desk_booking_contact",
        request=None,
        responses={200: BookingContactShape},
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Note the look, then tell."""
        door.demand(http, CHANGE)
        found = visits.look_at_contact(
            _find(http, pk), by=door.operator_of(http), at=timezone.now()
        )
        answer = Response({name: getattr(found, name) for name in ("name", "email", "phone")})
        answer["Cache-Control"] = "private, no-store"
        return answer


def _days(http: HttpRequest) -> tuple[datetime, datetime | None]:
    """Return the moments between which visits are asked for; raise Problem."""
    day, since, until = (asked.day(http, name) for name in ("day", "since", "until"))
    if day is not None:
        if since is not None or until is not None:
            raise wrong("day", _("Ask for one day, or for days from and until."))
        return _midnight(day), _midnight(day + timedelta(days=1))
    first = since or timezone.localdate()
    if until is not None and until < first:
        raise wrong("until", _("The last day is before the first."))
    return _midnight(first), _midnight(until + timedelta(days=1)) if until else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())


def _tasks(http: HttpRequest, numbers: list[str]) -> list[Request]:
    """Return the requests of these numbers; raise Problem naming the first that is none."""
    seen = Request.objects.visible_to(door.operator_of(http)).only("id", "number")
    found = {one.number: one for one in seen.filter(number__in=[n.strip() for n in numbers])}
    for place, number in enumerate(numbers):
        if number.strip() not in found:
            raise wrong(f"tasks.{place}", _("There is no such request."), code="unknown_request")
    return list(found.values())


def _find(http: HttpRequest, pk: int) -> Booking:
    rows = Booking.objects.visible_to(door.operator_of(http)).select_related("slot__host")
    booking = rows.filter(pk=min(pk, ID_MAX)).first()
    if booking is None:
        raise not_found(_("There is no such booking."))
    return booking


def _stands(http: HttpRequest, pk: int) -> Response:
    """Return the booking as DeskBookingShape says; four queries."""
    booking = _find(http, pk)
    tasks = booking.tasks.values_list(
        "request__number", "request__status", "request__outcome", "request__due_at"
    )
    names = ("number", "status", "outcome", "due_at")
    body = {
        **_row(booking),
        "question": booking.question,
        "record": booking.record,
        "reach": {"email": bool(booking.email), "phone": bool(booking.phone)},
        "tasks": [dict(zip(names, one, strict=True)) for one in tasks],
        "steps": [
            {"step": one.deed, "by": one.by_id, "at": one.at, "reason": one.reason}
            for one in booking.steps.all()
        ],
    }
    return etags.versioned(Response(body), booking.version)


def _row(booking: Booking) -> dict[str, Any]:
    slot = booking.slot
    # The list reads whether there is a record, and not the record.
    listed = getattr(booking, "is_recorded", None)
    return {
        "id": booking.pk,
        "version": booking.version,
        "state": booking.state,
        "slot": slot.pk,
        "start": slot.starts_at,
        "end": slot.ends_at,
        "kind": slot.kind,
        "place": slot.place,
        "district": slot.district,
        "host": slot.host_id,
        "host_name": slot.host.name,
        "host_post": slot.host.post,
        "made_at": booking.made_at,
        "recorded": bool(booking.record) if listed is None else listed,
    }
