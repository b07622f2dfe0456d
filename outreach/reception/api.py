"""Reception for programs: the free times, and booking one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Resident
from accounts.client_address import client_address
from accounts.problems import Problem
from accounts.rest import asked, pages
from accounts.rest.call import Call, PublicRead
from accounts.rest.caller import actor_of
from accounts.rest.refusals import MEDIA_TYPE, ProblemShape, too_many
from accounts.rest.repeats import KEY, key_of
from outreach import senders
from outreach.models import MeetingKind, Slot
from outreach.reception import booking as bookings
from outreach.reception import letters
from requests_app.api.shapes import ContactShape

# A page: as many as the first answer held before there were pages.
SIZE = 200
NEXT = 5


class SlotShape(serializers.Serializer[Any]):
    """A free time."""

    id = serializers.IntegerField()
    host = serializers.CharField(help_text="Name of who receives")
    post = serializers.CharField()
    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    kind = serializers.ChoiceField(choices=MeetingKind.choices)
    place = serializers.CharField(help_text="Empty for a video call: the link comes by booking")
    district = serializers.CharField()


class SlotsShape(pages.PageShape):
    """A page of free times, the soonest first."""

    results = SlotShape(many=True)


class BookingShape(serializers.Serializer[Any]):
    """What a booking needs."""

    slot = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    contact = ContactShape()
    question = serializers.CharField(max_length=200_000, trim_whitespace=False)
    consent = serializers.BooleanField()


class BookedShape(serializers.Serializer[Any]):
    """A booking; whoever has `url` moves or cancels it."""

    slot = SlotShape()
    url = serializers.URLField()


class TakenShape(ProblemShape):
    """`taken`: the time is not free; the next ones of the same host are. Or a key used twice."""

    next = SlotShape(many=True, required=False)


class Slots(PublicRead):
    """GET /api/v1/reception/slots/: free times of the coming weeks."""

    @extend_schema(
        operation_id="reception_slots",
        parameters=[
            OpenApiParameter("kind", str, enum=MeetingKind.values),
            OpenApiParameter("district", str, description="Name of the district it is held in"),
            OpenApiParameter("host", int, description="Id of who receives"),
            pages.CURSOR,
        ],
        responses={200: SlotsShape},
        tags=["reception"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List the times that can be booked now."""
        rows = Slot.objects.bookable(now() + bookings.CLOSES).select_related("host")
        if kind := asked.one_of(http, "kind", MeetingKind.values):
            rows = rows.filter(kind=kind)
        if district := asked.words(http, "district", most=80):
            rows = rows.filter(district=district)
        if host := asked.number(http, "host"):
            rows = rows.filter(host=host)
        page = pages.page(http, rows.with_start(), ["begins", "id"], size=SIZE)
        return Response(pages.body(page, map(shown, page)))


class Bookings(Call):
    """POST /api/v1/reception/bookings/: book a time."""

    scope_write = "requests:write"

    @extend_schema(
        operation_id="reception_book",
        request=BookingShape,
        parameters=[KEY],
        responses={
            201: BookedShape,
            (409, MEDIA_TYPE): OpenApiResponse(
                TakenShape, description="Taken, with the next free ones"
            ),
        },
        tags=["reception"],
    )
    def post(self, http: HttpRequest) -> Response:
        at, actor = now(), actor_of(http)
        shape = BookingShape(data=http.data)
        shape.is_valid(raise_exception=True)
        said = shape.validated_data
        visitor = bookings.Visitor(
            **said["contact"], question=said["question"], consent=said["consent"]
        )
        try:
            bookings.count_booking(address=client_address(http._request), at=at)
            made = bookings.book(
                said["slot"],
                visitor,
                user_id=actor.id if isinstance(actor, Resident) else None,
                at=at,
                idempotency_key=key_of(http),
            )
        except senders.TooMany as many:
            raise too_many(
                str(many),
                code="too_many_bookings",
                retry_after_seconds=many.retry_after_seconds,
            ) from None
        except senders.Invalid as invalid:
            raise Problem(
                _("The booking has mistakes."), code="invalid", errors=_named(invalid.errors)
            ) from None
        except bookings.Taken as refused:
            raise taken(said["slot"], str(refused)) from None
        path = reverse("outreach:booking", args=[letters.token_of(made)])
        return Response(
            {"slot": shown(made.slot, with_place=True), "url": f"{settings.PUBLIC_URL}{path}"},
            status=status.HTTP_201_CREATED,
        )


def taken(slot_id: int, words: str) -> Problem:
    """Return the refusal of a time that is not free, with the next ones of its host."""
    rows = Slot.objects.bookable(now() + bookings.CLOSES).select_related("host")
    wished = Slot.objects.filter(pk=slot_id).first()
    if wished is not None:
        rows = rows.filter(host=wished.host_id, during__startswith__gte=wished.starts_at)
    return Problem(
        words,
        code="taken",
        status_code=status.HTTP_409_CONFLICT,
        more={"next": [shown(slot) for slot in rows.in_order()[:NEXT]]},
    )


def shown(slot: Slot, *, with_place: bool = False) -> dict[str, Any]:
    """Return a slot as SlotShape says; the link of a video call only to who booked it."""
    hides = slot.kind == MeetingKind.ONLINE and not with_place
    return {
        "id": slot.pk,
        "host": slot.host.name,
        "post": slot.host.post,
        "start": slot.starts_at,
        "end": slot.ends_at,
        "kind": slot.kind,
        "place": "" if hides else slot.place,
        "district": slot.district,
    }


def _named(errors: dict[str, str]) -> dict[str, str]:
    inside = {"name", "email", "phone"}
    return {f"contact.{key}" if key in inside else key: text for key, text in errors.items()}
