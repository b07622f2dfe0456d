"""Seminars for programs: what is coming, and signing up."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Nobody, Resident
from accounts.client_address import client_address
from accounts.problems import Problem
from accounts.rest import asked, pages
from accounts.rest.call import Call, PublicRead
from accounts.rest.caller import actor_of
from accounts.rest.refusals import MEDIA_TYPE, ProblemShape, not_found, too_many
from accounts.rest.repeats import KEY, key_of
from outreach import senders
from outreach.models import Meeting, Seminar, SeminarState, SignUpState, Topic
from outreach.seminars import figures, letters, signing_up
from outreach.seminars.querysets import SeminarQuerySet
from requests_app.api.shapes import ContactShape

# A page: as many as the first answer held before there were pages.
SIZE = 200
NEXT = 5
_SOONEST = ["starts_at", "id"]
_ID_MAX = 2**31 - 1
STATES = [("open", "open"), ("cancelled", "cancelled")]


class MeetingShape(serializers.Serializer[Any]):
    """A meeting."""

    start = serializers.DateTimeField()
    end = serializers.DateTimeField()
    title = serializers.CharField()


class SeminarShape(serializers.Serializer[Any]):
    """A seminar, or a course of several meetings."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    topic = serializers.ChoiceField(choices=Topic.choices)
    about = serializers.CharField()
    speaker = serializers.CharField()
    place = serializers.CharField(help_text="Empty when by video: the link comes by signing up")
    district = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    meetings = MeetingShape(many=True)
    seats = serializers.IntegerField()
    free = serializers.IntegerField()
    closes_at = serializers.DateTimeField(help_text="From this moment nobody is signed up")
    url = serializers.URLField()


class SeminarsShape(pages.PageShape):
    """A page of seminars, the soonest first."""

    results = SeminarShape(many=True)


class WholeMeetingShape(MeetingShape):
    """A meeting, with its recording once there is one."""

    recording = serializers.CharField(help_text="An address, or empty")


class MaterialShape(serializers.Serializer[Any]):
    """A file to take home."""

    title = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes")
    url = serializers.URLField()


class SeminarMarkShape(serializers.Serializer[Any]):
    """What those who came think of it."""

    mean = serializers.FloatField()
    count = serializers.IntegerField(help_text="How many said")


class WholeSeminarShape(SeminarShape):
    """A seminar as its page shows it, also when it is over or called off."""

    audience = serializers.CharField(help_text="For whom, or empty")
    online = serializers.BooleanField(help_text="By video: the link comes by signing up")
    building = serializers.IntegerField(allow_null=True, help_text="House of the place")
    takes_sign_ups = serializers.BooleanField()
    waiting = serializers.IntegerField(help_text="How many wait for a seat")
    cancel_reason = serializers.CharField(help_text="Why it was called off, or empty")
    certificate_after = serializers.IntegerField(
        help_text="Meetings to come to for a certificate; 0: none is given"
    )
    meetings = WholeMeetingShape(many=True)
    materials = MaterialShape(many=True)
    mark = SeminarMarkShape(allow_null=True, help_text="null while too few people gave one")
    calendar = serializers.URLField(help_text="Its meetings as a calendar file")


class NewSignUpShape(serializers.Serializer[Any]):
    """Who comes."""

    contact = ContactShape()
    district = serializers.CharField(required=False, allow_blank=True, default="", max_length=80)
    consent = serializers.BooleanField()
    wait = serializers.BooleanField(
        default=False, help_text="With no seat free, take a place in the waiting list"
    )


class SignUpShape(serializers.Serializer[Any]):
    """A sign-up; whoever has `url` changes or cancels it."""

    state = serializers.ChoiceField(choices=[("seated", "seated"), ("waiting", "waiting")])
    code = serializers.CharField(help_text="Shown at the entrance")
    url = serializers.URLField()
    seminar = SeminarShape()


class RefusedShape(ProblemShape):
    """`full`, `closed` or `already`, with the next seminars with seats; or a key used twice."""

    next = SeminarShape(many=True, required=False)


class Seminars(PublicRead):
    """GET /api/v1/seminars/: what is coming."""

    @extend_schema(
        operation_id="seminars",
        parameters=[
            OpenApiParameter("topic", str, enum=Topic.values),
            OpenApiParameter("district", str, description="Name of the district it is held in"),
            pages.CURSOR,
        ],
        responses={200: SeminarsShape},
        tags=["seminars"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List what is not over, the soonest first."""
        rows = _coming()
        if topic := asked.one_of(http, "topic", Topic.values):
            rows = rows.filter(topic=topic)
        if district := asked.words(http, "district", most=80):
            rows = rows.filter(district=district)
        page = pages.page(http, rows, _SOONEST, size=SIZE)
        return Response(pages.body(page, map(shown, page)))


class OneSeminar(PublicRead):
    """GET /api/v1/seminars/<id>/: one seminar whole."""

    @extend_schema(
        operation_id="seminars_read", responses={200: WholeSeminarShape}, tags=["seminars"]
    )
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Return a seminar, with its files and what those who came think of it."""
        rows = Seminar.objects.visible_to(Nobody()).with_times().with_seats()
        row = rows.prefetch_related("meetings").filter(pk=min(pk, _ID_MAX)).first()
        if row is None:
            raise not_found(_("There is no such seminar."))
        at = now()
        return Response(
            {
                **shown(row),
                "audience": row.audience,
                "online": bool(row.online_link),
                "building": row.house_id,
                "takes_sign_ups": signing_up.is_open(row, at=at),
                "waiting": row.waiting,  # type: ignore[attr-defined]
                "cancel_reason": row.cancel_reason,
                "certificate_after": row.certificate_after,
                "meetings": [
                    {**_met(one), "recording": one.recording} for one in row.meetings.all()
                ],
                "materials": [
                    {
                        "title": one.title,
                        "size": one.upload.size,
                        "url": _url(reverse("outreach:material", args=[row.pk, one.pk])),
                    }
                    for one in row.materials.select_related("upload")
                ],
                "mark": figures.mark_of(row),
                "calendar": _url(reverse("outreach:seminar_calendar", args=[row.pk])),
            }
        )


class SignUps(Call):
    """POST /api/v1/seminars/<id>/sign-ups/: sign somebody up."""

    scope_write = "requests:write"

    @extend_schema(
        operation_id="seminars_sign_up",
        request=NewSignUpShape,
        parameters=[KEY],
        responses={
            201: SignUpShape,
            (409, MEDIA_TYPE): OpenApiResponse(
                RefusedShape, description="No seat, with the next seminars"
            ),
        },
        tags=["seminars"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        at, actor = now(), actor_of(http)
        seminar = Seminar.objects.exclude(state=SeminarState.DRAFT).filter(pk=min(pk, _ID_MAX))
        if not seminar.exists():
            raise Http404
        shape = NewSignUpShape(data=http.data)
        shape.is_valid(raise_exception=True)
        said = shape.validated_data
        person = signing_up.Person(
            **said["contact"], district=said["district"], consent=said["consent"]
        )
        try:
            signing_up.count_sign_up(address=client_address(http._request), at=at)
            made = signing_up.sign_up(
                pk,
                person,
                user_id=actor.id if isinstance(actor, Resident) else None,
                at=at,
                may_wait=said["wait"],
                idempotency_key=key_of(http),
            )
        except senders.TooMany as many:
            raise too_many(
                str(many),
                code="too_many_sign_ups",
                retry_after_seconds=many.retry_after_seconds,
            ) from None
        except senders.Invalid as invalid:
            raise Problem(
                _("The sign-up has mistakes."), code="invalid", errors=_named(invalid.errors)
            ) from None
        except signing_up.Full as full:
            raise _refused(pk, "full", str(full)) from None
        except signing_up.Closed as closed:
            raise _refused(pk, "closed", str(closed)) from None
        except signing_up.Already as already:
            raise _refused(pk, "already", str(already)) from None
        row = Seminar.objects.with_times().with_seats().get(pk=made.seminar_id)
        return Response(
            {
                "state": SignUpState(made.state).value,
                "code": made.code,
                "url": f"{settings.PUBLIC_URL}{letters.own_path(made)}",
                "seminar": shown(row),
            },
            status=status.HTTP_201_CREATED,
        )


def shown(seminar: Seminar) -> dict[str, Any]:
    """Return a seminar `with_times` and `with_seats` as SeminarShape says."""
    return {
        "id": seminar.pk,
        "title": seminar.title,
        "topic": seminar.topic,
        "about": seminar.about,
        "speaker": seminar.speaker,
        "place": seminar.place,
        "district": seminar.district,
        "state": seminar.state,
        "meetings": [_met(one) for one in seminar.meetings.all()],
        "seats": seminar.capacity,
        "free": signing_up.free_seats(seminar),
        "closes_at": seminar.closes_at,
        "url": _url(seminar.get_absolute_url()),
    }


def _met(meeting: Meeting) -> dict[str, Any]:
    return {"start": meeting.starts_at, "end": meeting.ends_at, "title": meeting.title}


def _url(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def _coming() -> SeminarQuerySet:
    rows: SeminarQuerySet = Seminar.objects.exclude(state=SeminarState.DRAFT)
    return rows.with_times().with_seats().upcoming(now()).prefetch_related("meetings")


def _refused(pk: int, code: str, words: str) -> Problem:
    rows = _coming().filter(state=SeminarState.OPEN, closes_at__gt=now()).exclude(pk=pk)
    free = [shown(row) for row in rows[:SIZE] if signing_up.free_seats(row)]
    return Problem(
        words, code=code, status_code=status.HTTP_409_CONFLICT, more={"next": free[:NEXT]}
    )


def _named(errors: dict[str, str]) -> dict[str, str]:
    inside = {"name", "email", "phone"}
    return {f"contact.{key}" if key in inside else key: text for key, text in errors.items()}
