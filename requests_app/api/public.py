"""The public list of requests for programs: a matter, a place, who answers, dates; no person."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.rest import asked, pages
from accounts.rest.refusals import wrong
from disclosure import viewport
from disclosure.api.shapes import BBOX, box_of, page_url
from disclosure.models import building_page, street_in_words
from notifications import following
from requests_app import places
from requests_app.api.requests import FileRequest
from requests_app.models import Request
from requests_app.public_list.choice import CLOSED, OPEN, Choice
from requests_app.querysets import RequestQuerySet
from requests_app.statuses import Outcome, Status, public_words
from requests_app.topics import same_topic

SIZE = 50
FRESH_SECONDS = 60
_NEWEST = ["-registered_at", "-id"]
# A mirror reads forward: what changes while it reads comes again at the end.
_AS_CHANGED = ["shown_at", "id"]
# Nothing of a person.
_COLUMNS = (
    *("id", "status", "outcome", "registered_at", "closed_at", "changed_at"),
    *("executor_name", "executor_inn"),
    *("category__slug", "category__name", "category__parent__slug"),
    *("building_id", "building__address", "building__flats", "building__district"),
    *("building__lat", "building__lon"),
    *("building__street__settlement", "building__street__name"),
)
_STATES = [OPEN, *Status.values]


class PublicRequestShape(serializers.Serializer[Any]):
    """A request whose resident agreed to show it, without number, words, flat and name."""

    id = serializers.IntegerField(help_text="Of the public list; never the request's number")
    category = serializers.CharField(help_text="Slug of its matter")
    service = serializers.CharField(help_text="Slug of the matter's top")
    title = serializers.CharField(help_text="The matter in words")
    place = serializers.CharField(
        help_text="The address, or only the street where a house is so small that it would name "
        "its dwellers"
    )
    district = serializers.CharField()
    building = serializers.IntegerField(allow_null=True, help_text="Null for such a house")
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices)
    outcome = serializers.ChoiceField(choices=[("", ""), *Outcome.choices])
    status_words = serializers.CharField(help_text="Where it stands, for people")
    executor = serializers.CharField(help_text="Who answers for it; may be empty")
    executor_inn = serializers.CharField()
    registered_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField()
    too = serializers.IntegerField(help_text="How many said «so with me too»")
    url = serializers.URLField(
        allow_null=True, help_text="The page of its house; the request's own is for who asked"
    )


class PublicRequestsShape(pages.PageShape):
    """A page of public requests."""

    results = PublicRequestShape(many=True)


DESCRIBED = extend_schema(
    operation_id="requests_public",
    parameters=[
        OpenApiParameter(
            "category", str, description="Slug of a matter; of a top: of all matters below"
        ),
        OpenApiParameter(
            "status",
            str,
            enum=_STATES,
            description="A status, or `open` for all that somebody still has to work on",
        ),
        OpenApiParameter("district", str, description="Name of a district of the city"),
        OpenApiParameter("company", str, description="ИНН of who answers for them"),
        OpenApiParameter(
            "building", int, description="Id of a house; one with few flats shows none"
        ),
        BBOX,
        OpenApiParameter("since", datetime, description="Filed at that moment or later"),
        OpenApiParameter("until", datetime, description="Filed before that moment"),
        OpenApiParameter(
            "updated_since",
            datetime,
            description="Changed at that moment or later; the list then goes on by `updated_at`, "
            "oldest first, so that a mirror may follow it",
        ),
        pages.CURSOR,
    ],
    responses={200: PublicRequestsShape},
    tags=["requests"],
)


def listed(http: HttpRequest) -> Response:
    """Return a page of the public requests that the call asks for; two queries."""
    changed_since = asked.moment(http, "updated_since")
    rows = _chosen(http)
    if changed_since is not None:
        rows = rows.shown_changed(changed_since)
    order = _NEWEST if changed_since is None else _AS_CHANGED
    # Rows, not models: five objects a row would be a third of the answer's cost.
    columns = rows.values_list(
        *_COLUMNS, *(name for name in order if name == "shown_at"), named=True
    )
    page = pages.page(http, columns, order, size=SIZE)
    too = following.counts(same_topic(item.id) for item in page)
    shown = [_row(item, too=too.get(same_topic(item.id), 0)) for item in page]
    return Response(pages.body(page, shown))


def _chosen(http: HttpRequest) -> RequestQuerySet:
    status = asked.one_of(http, "status", _STATES)
    rows = Choice(
        service=asked.words(http, "category", most=64),
        state=status if status in {OPEN, CLOSED} else "",
        district=asked.words(http, "district"),
    ).rows()
    if status not in {"", OPEN, CLOSED}:
        rows = rows.filter(status=status)
    if reference := asked.words(http, "company"):
        rows = rows.filter(executor_inn=_inn_of(reference))
    if (building := asked.number(http, "building")) is not None:
        rows = rows.at_named_houses().filter(building=building)
    if box := box_of(http):
        rows = rows.at_named_houses().filter(viewport.within(box))
    since, until = asked.moment(http, "since"), asked.moment(http, "until")
    if since is not None:
        rows = rows.filter(registered_at__gte=since)
    if until is not None:
        rows = rows.filter(registered_at__lt=until)
    return rows


def _inn_of(reference: str) -> str:
    if not reference.isalnum():
        raise wrong("company", _("Write the ИНН of an organisation."))
    return reference


def public_row(item: Request, *, too: int) -> dict[str, Any]:
    """Return a request as PublicRequestShape says; its matter, the top and the house are loaded."""
    return _row(SimpleNamespace(**{name: _reached(item, name) for name in _COLUMNS}), too=too)


def _reached(item: Any, name: str) -> Any:
    for part in name.split("__"):
        item = getattr(item, part, None)
    return item


def _row(item: Any, *, too: int) -> dict[str, Any]:
    is_named = places.is_large(item.building__flats)
    return {
        "id": item.id,
        "category": item.category__slug,
        "service": item.category__parent__slug or item.category__slug,
        "title": item.category__name,
        "place": item.building__address
        if is_named
        else street_in_words(item.building__street__settlement, item.building__street__name),
        "district": item.building__district,
        "building": item.building_id if is_named else None,
        "lat": item.building__lat if is_named else None,
        "lon": item.building__lon if is_named else None,
        "status": item.status,
        "outcome": item.outcome,
        "status_words": str(public_words(item.status, item.outcome)),
        "executor": item.executor_name,
        "executor_inn": item.executor_inn,
        "registered_at": item.registered_at,
        "closed_at": item.closed_at,
        "updated_at": item.closed_at or item.changed_at,
        "too": too,
        "url": page_url(building_page(item.building_id)) if is_named else None,
    }


class Requests(FileRequest):
    """/api/v1/requests/: the public list, and filing."""

    reads_are_public = True
    fresh_seconds = FRESH_SECONDS

    @DESCRIBED
    def get(self, http: HttpRequest) -> Response:
        """Return requests whose residents agreed to show them, newest first."""
        return listed(http)
