"""Acts and links for repairmen in the cabinet for programs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.problems import Problem
from accounts.rest import repeats
from accounts.rest.refusals import not_found, problems
from requests_app import lifecycle, repair_links
from requests_app.acts import presenting, written
from requests_app.acts.forms import MOST_PHOTOS
from requests_app.api import door, lines
from requests_app.api.answers import file_of
from requests_app.api.door import WRITES, CabinetCall, StandsShape
from requests_app.api.shapes import ACT, FileShape, SignedShape
from requests_app.api.work import words
from requests_app.models import Act, RepairLink, Request
from requests_app.statuses import Status

LINK_HOURS = int(repair_links.LONGEST.total_seconds() // 3600)


class ShownActShape(SignedShape):
    """An act with its files: the paper and the photos of the place."""

    at = serializers.DateTimeField(help_text="When it was presented")
    files = FileShape(many=True)


class ActsShape(serializers.Serializer[Any]):
    """The acts of a request, oldest first: after an objection there is another."""

    results = ShownActShape(many=True)


def _photos(words: str) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=list,
        max_length=MOST_PHOTOS,
        help_text=words,
    )


class NewActShape(serializers.Serializer[Any]):
    """
    An act: a file of a paper one (`upload`), or filled in (`works` and what belongs to it).

    What is filled in the portal prints as PDF, with the photos.
    """

    signed_on = serializers.DateField()
    signer = serializers.CharField(max_length=200, help_text="Who signed: post, name")
    before = _photos("Photos before the work: ids that uploads/ gave")
    after = _photos("Photos after the work")
    upload = serializers.UUIDField(required=False, allow_null=True, default=None)
    text = words(help_text="A word to the resident, beside a paper act")
    works = serializers.CharField(required=False, allow_blank=True, default="", max_length=2_000)
    materials = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=1_000
    )
    began_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    ended_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    accepted_by = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=200,
        help_text="Who looked at the work on the spot, if anybody did",
    )

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Want one of the two kinds, whole."""
        if values["upload"] is not None:
            if values["works"].strip():
                raise serializers.ValidationError({"works": _("A paper act says what was done.")})
            return values
        wrong = {
            name: _("Choose the file with the act, or fill the act in.")
            for name in ("works", "began_at", "ended_at")
            if not values[name]
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return values


class CabinetActs(CabinetCall):
    """GET, POST /api/v1/cabinet/requests/<number>/acts/: the acts of a request, and a new one."""

    @extend_schema(operation_id="cabinet_acts", responses={200: ActsShape}, tags=["cabinet"])
    def get(self, http: HttpRequest, number: str) -> Response:
        """List the acts with the addresses of their files."""
        item = door.find(http, number)
        rows = (
            Act.objects.filter(request=item)
            .select_related("event")
            .prefetch_related("event__attachments__upload")
            .order_by("id")
        )
        return Response({"results": [_shown(item, act) for act in rows]})

    @extend_schema(
        operation_id="cabinet_present_act",
        description="The work is done: the resident gets the act and is asked.",
        request=NewActShape,
        parameters=[*WRITES],
        responses={200: StandsShape},
        examples=[
            OpenApiExample(
                "paper",
                value={
                    "signed_on": "2026-11-30",
                    "signer": "Мастер Фёдоров",
                    "upload": "1f0c1f0e-3f0a-4b7e-9a55-0d0d5a3b2c11",
                    "text": "Кран заменён",
                },
                request_only=True,
            ),
            OpenApiExample(
                "filled in",
                value={
                    "signed_on": "2026-11-30",
                    "signer": "Мастер Фёдоров",
                    "works": "Заменён кран на стояке",
                    "materials": "Кран 1/2",
                    "began_at": "2026-11-30T10:00:00+04:00",
                    "ended_at": "2026-11-30T11:30:00+04:00",
                },
                request_only=True,
            ),
        ],
        tags=["cabinet"],
    )
    def post(self, http: HttpRequest, number: str) -> Response:
        """Present the act."""
        said = door.read(NewActShape, http)
        rows = Request.objects.select_related("category", "building").defer("search")
        item = door.find(http, number, rows)
        document, text = said["upload"], said["text"]
        name = "present_act"
        if document is None and not repeats.is_known(http, name=f"{name}:{item.pk}"):
            document, text = _printed(http, item, said, at=timezone.now())

        def present(at: datetime) -> None:
            act = lifecycle.ActDetails(
                signed_on=said["signed_on"],
                signer=said["signer"],
                upload=document,
                before=tuple(said["before"]),
                after=tuple(said["after"]),
            )
            details = lifecycle.Details(text=text, act=act)
            by = door.executor_of(http)
            lifecycle.move(item, Status.DONE, by=by, at=at, details=details)

        return door.change(http, item, name, present)


def _printed(
    http: HttpRequest, item: Request, said: dict[str, Any], *, at: datetime
) -> tuple[UUID, str]:
    """Return the file of the act that was filled in, and its words; raise Problem."""
    names = ("works", "materials", "began_at", "ended_at", "signed_on", "signer", "accepted_by")
    act = written.WrittenAct(**{name: said[name] for name in names})
    zone = timezone.get_current_timezone()
    filed = item.registered_at.replace(second=0, microsecond=0)
    if wrong := dict(written.faults(act, registered_at=filed, at=at, zone=zone)):
        raise Problem(_("The act has mistakes."), code="invalid", errors=wrong)
    by = door.executor_of(http)
    try:
        presenting.must_be_worked_on(item)
        made = presenting.printed(
            item, act, before=said["before"], after=said["after"], by=by, at=at
        )
    except lifecycle.Refused as problem:
        raise door.refusal(http, item, "present_act", problem, by=by, at=at) from None
    return made.pk, written.in_words(act, zone=zone)


def _shown(item: Request, act: Act) -> dict[str, Any]:
    return {
        "at": act.event.at,
        "signed_on": act.signed_on,
        "signer": act.signer,
        "files": [
            file_of(item.number, one.upload, ACT if lines.is_paper(act, one) else one.shows)
            for one in act.event.attachments.all()
        ],
    }


class LinkShape(serializers.Serializer[Any]):
    """A link for a repairman; the address itself is told once."""

    id = serializers.IntegerField()
    for_whom = serializers.CharField()
    expires_at = serializers.DateTimeField()


class GivenLinkShape(LinkShape):
    """A link just given."""

    url = serializers.URLField(help_text="Opens the request without an account; told this once")


class LinksShape(serializers.Serializer[Any]):
    """The links that are open now."""

    results = LinkShape(many=True)


class NewLinkShape(serializers.Serializer[Any]):
    """For whom, and for how long."""

    for_whom = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=100, help_text="Post and name"
    )
    hours = serializers.IntegerField(required=False, default=24, min_value=1, max_value=LINK_HOURS)


class CabinetLinks(CabinetCall):
    """GET, POST /api/v1/cabinet/requests/<number>/links/: links for repairmen."""

    @extend_schema(operation_id="cabinet_links", responses={200: LinksShape}, tags=["cabinet"])
    def get(self, http: HttpRequest, number: str) -> Response:
        """List those open now; their addresses cannot be shown again."""
        item = door.find(http, number)
        rows = RepairLink.objects.open_at(timezone.now()).filter(request=item).order_by("id")
        return Response({"results": [_link(one) for one in rows]})

    @extend_schema(
        operation_id="cabinet_give_link",
        description="The link shows its holder the resident's phone: it is noted as a look. Sent "
        "again, the call gives another link: one that was told is told nowhere again.",
        request=NewLinkShape,
        responses={201: GivenLinkShape, **problems(409)},
        tags=["cabinet"],
    )
    def post(self, http: HttpRequest, number: str) -> Response:
        """Give a link."""
        said, at = door.read(NewLinkShape, http), timezone.now()
        item, by = door.find(http, number), door.executor_of(http)
        try:
            given = repair_links.give(
                item,
                for_whom=said["for_whom"],
                lasts=timedelta(hours=said["hours"]),
                by=by,
                at=at,
            )
        except lifecycle.Refused as problem:
            raise door.refusal(http, item, "link", problem, by=by, at=at) from None
        address = settings.PUBLIC_URL + reverse("repair:job", args=[given.token])
        answer = Response({**_link(given.link), "url": address}, status=status.HTTP_201_CREATED)
        answer["Cache-Control"] = "private, no-store"
        return answer


class CabinetLink(CabinetCall):
    """DELETE /api/v1/cabinet/requests/<number>/links/<id>/: close a link."""

    @extend_schema(
        operation_id="cabinet_close_link",
        responses={204: None},
        tags=["cabinet"],
    )
    def delete(self, http: HttpRequest, number: str, pk: int) -> Response:
        """Close it: it opens nothing any more."""
        item = door.find(http, number)
        if pk >= 2**62 or not repair_links.end(item, at=timezone.now(), link_id=pk):
            raise not_found()
        return Response(status=status.HTTP_204_NO_CONTENT)


def _link(link: RepairLink) -> dict[str, Any]:
    return {"id": link.pk, "for_whom": link.for_whom, "expires_at": link.expires_at}
