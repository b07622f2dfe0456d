"""What webhooks tell of requests and of incidents, and by what they are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers

from accounts.actors import Actor, Executor, Operator
from disclosure.api.shapes import page_url
from notifications import following
from notifications.webhooks.catalogue import EventType
from notifications.webhooks.subjects import Choice, Keys, Subject
from requests_app import places
from requests_app.api.incidents import IncidentShape, rows_of
from requests_app.api.public import PublicRequestShape, public_row
from requests_app.models import (
    Author,
    Category,
    Incident,
    IncidentBuilding,
    Request,
    UpdateKind,
)
from requests_app.statuses import Outcome, Status
from requests_app.topics import same_topic


class ToldRequestShape(PublicRequestShape):
    """
    A request as the public list shows it, without its words, flat and contact.

    Its executor and staff get the address and the house also where it is small, and what follows
    `url`; these are null for everybody else.
    """

    number = serializers.CharField(allow_null=True)
    api = serializers.URLField(
        allow_null=True, help_text="Where its executor and staff read on, with a token"
    )
    emergency = serializers.BooleanField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(allow_null=True, help_text="As in the tag for `If-Match`")


class ToldIncidentShape(IncidentShape):
    """A fault or a planned outage as the list shows it; its news and houses are read at `api`."""

    api = serializers.URLField(help_text="Where a program reads on")


class FiledFactsShape(serializers.Serializer[Any]):
    """What was so when the request was filed."""

    status = serializers.ChoiceField(choices=Status.choices)


class StepFactsShape(serializers.Serializer[Any]):
    """The step: its name, the status before and after it, and how it ended if it did."""

    step = serializers.CharField()
    before = serializers.ChoiceField(choices=Status.choices)
    status = serializers.ChoiceField(choices=Status.choices)
    outcome = serializers.ChoiceField(choices=[("", ""), *Outcome.choices])


class CommentFactsShape(serializers.Serializer[Any]):
    """Who wrote; the words are read with a token."""

    author = serializers.ChoiceField(choices=Author.choices)


class DeadlineFactsShape(serializers.Serializer[Any]):
    """The promise that was broken."""

    due_at = serializers.DateTimeField()


class IncidentFactsShape(serializers.Serializer[Any]):
    """The line of news, and the incident that this one went into."""

    news = serializers.ChoiceField(choices=UpdateKind.choices)
    into = serializers.IntegerField(allow_null=True)


def _request(pk: int) -> Request | None:
    rows = Request.objects.filter(pk=pk).without_texts()
    return rows.select_related("category__parent", "building__street").first()


def _request_keys(pk: int) -> Keys | None:
    item = _request(pk)
    if item is None:
        return None
    category, building = item.category, item.building
    tops = [category.parent.slug] if category.parent else []
    return Keys(
        is_public=item.public,
        inn=item.executor_inn,
        categories=(category.slug, *tops),
        districts=(building.district,) if building.district else (),
        inns=(item.executor_inn,) if item.executor_inn else (),
        buildings=(building.pk,),
        # A filter by one small house would tell who complains.
        open_buildings=(building.pk,) if places.names_nobody(building) else (),
    )


def _request_shown(pk: int, actor: Actor, kind: EventType) -> Mapping[str, Any] | None:
    item = _request(pk)
    if item is None:
        return None
    # Not what is one's own as a resident: that is told by letters, with a code.
    works_on_it = (
        isinstance(actor, Operator | Executor)
        and Request.objects.visible_to(actor).filter(pk=pk).exists()
    )
    if not works_on_it and (kind.is_inner or not item.public):
        return None
    topic = same_topic(pk)
    row = public_row(item, too=following.counts([topic]).get(topic, 0))
    if not works_on_it:
        inner = ("number", "api", "emergency", "due_at", "version")
        return {**row, **dict.fromkeys(inner)}
    house = item.building
    return {
        **row,
        "place": house.address,
        "building": house.pk,
        "lat": house.lat,
        "lon": house.lon,
        "url": page_url(house.get_absolute_url()),
        "number": item.number,
        "api": settings.PUBLIC_URL + reverse("api-request", args=[item.number]),
        "emergency": item.is_emergency,
        "due_at": item.due_at,
        "version": item.version,
    }


def _choices() -> Mapping[str, Sequence[Choice]]:
    return {
        "categories": [
            Choice(slug, name, on_page=parent is None)
            for slug, name, parent in Category.objects.order_by("position", "slug").values_list(
                "slug", "name", "parent"
            )
        ],
        "statuses": [Choice(code, str(label)) for code, label in Status.choices],
    }


def _incident_keys(pk: int) -> Keys | None:
    incident = Incident.objects.select_related("category__parent").filter(pk=pk).first()
    if incident is None:
        return None
    category = incident.category
    touched = IncidentBuilding.objects.filter(incident=incident)
    houses = tuple(touched.values_list("building_id", flat=True))
    districts = touched.exclude(building__district="").values_list("building__district", flat=True)
    return Keys(
        categories=(category.slug, *([category.parent.slug] if category.parent else [])),
        districts=tuple(districts.distinct()),
        inns=(incident.executor_inn,) if incident.executor_inn else (),
        buildings=houses,
        open_buildings=houses,
    )


def _incident_shown(pk: int, _actor: Actor, _kind: EventType) -> Mapping[str, Any] | None:
    incident = Incident.objects.select_related("category").filter(pk=pk).first()
    if incident is None:
        return None
    (row,) = rows_of([incident], at=timezone.now())
    return {**row, "api": settings.PUBLIC_URL + reverse("api-incident", args=[pk])}


REQUEST = Subject(
    keys=_request_keys,
    shown=_request_shown,
    shape=ToldRequestShape,
    facts={
        "request.filed": FiledFactsShape,
        "request.status_changed": StepFactsShape,
        "request.comment_added": CommentFactsShape,
        "request.deadline_passed": DeadlineFactsShape,
    },
    choices=_choices,
)
INCIDENT = Subject(
    keys=_incident_keys,
    shown=_incident_shown,
    shape=ToldIncidentShape,
    facts=dict.fromkeys(
        ("incident.opened", "incident.updated", "incident.ended"), IncidentFactsShape
    ),
)
