"""What webhooks tell of requests and of incidents, and by what they are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers

from accounts.actors import Actor, Executor, Operator
from disclosure.utilities import Utility
from notifications.webhooks.catalogue import EventType
from notifications.webhooks.subjects import Choice, Keys, Subject
from requests_app import places
from requests_app.incidents import showing
from requests_app.models import (
    Author,
    Category,
    Incident,
    IncidentBuilding,
    IncidentKind,
    Request,
    UpdateKind,
)
from requests_app.statuses import Outcome, Status


class AnsweringShape(serializers.Serializer[Any]):
    """The organisation that answers for it."""

    name = serializers.CharField()
    inn = serializers.CharField(allow_blank=True)


class ToldRequestShape(serializers.Serializer[Any]):
    """
    A request, without its words, flat and contact.

    `number`, `version` and `due_at` are null for who is neither its executor nor staff; `building`
    and the house's number are left out where the house is so small that it would name its dwellers.
    """

    id = serializers.IntegerField()
    number = serializers.CharField(allow_null=True)
    url = serializers.URLField(
        allow_null=True, help_text="Where its executor and staff read on, with a token"
    )
    category = serializers.CharField(help_text="Slug of its matter")
    category_name = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    outcome = serializers.ChoiceField(choices=[("", ""), *Outcome.choices])
    place = serializers.CharField(help_text="Address, or its street alone")
    building = serializers.IntegerField(allow_null=True)
    district = serializers.CharField(allow_blank=True)
    executor = AnsweringShape(allow_null=True)
    registered_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    emergency = serializers.BooleanField()
    due_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)


class ToldIncidentShape(serializers.Serializer[Any]):
    """A fault or a planned outage; its news and houses are read at `url`."""

    id = serializers.IntegerField()
    url = serializers.URLField(help_text="Where a program reads on")
    page = serializers.URLField(help_text="Its page for people")
    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    state = serializers.ChoiceField(choices=("now", "planned", "over", "cancelled", "merged"))
    utility = serializers.ChoiceField(choices=[("", ""), *Utility.choices])
    category = serializers.CharField(help_text="Slug of its matter")
    title = serializers.CharField()
    executor = AnsweringShape(allow_null=True)
    started_at = serializers.DateTimeField()
    expected_end_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    houses = serializers.IntegerField(help_text="How many it touches")


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
    building = item.building
    named = works_on_it or places.names_nobody(building)
    path = reverse("api-request", args=[item.number])
    executor = {"name": item.executor_name, "inn": item.executor_inn}
    return {
        "id": item.pk,
        "number": item.number if works_on_it else None,
        "url": settings.PUBLIC_URL + path if works_on_it else None,
        "category": item.category.slug,
        "category_name": item.category.name,
        "status": item.status,
        "outcome": item.outcome,
        "place": building.address if works_on_it else places.public_place(building),
        "building": building.pk if named else None,
        "district": building.district,
        "executor": executor if item.executor_name else None,
        "registered_at": item.registered_at,
        "closed_at": item.closed_at,
        "emergency": item.is_emergency,
        "due_at": item.due_at if works_on_it else None,
        "version": item.version if works_on_it else None,
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
    executor = {"name": incident.executor_name, "inn": incident.executor_inn}
    return {
        "id": incident.pk,
        "url": settings.PUBLIC_URL + reverse("api-incident", args=[pk]),
        "page": settings.PUBLIC_URL + reverse("outages:outage", args=[pk]),
        "kind": incident.kind,
        "state": showing.state_of(incident, timezone.now()),
        "utility": incident.utility,
        "category": incident.category.slug,
        "title": incident.title,
        "executor": executor if incident.executor_name else None,
        "started_at": incident.started_at,
        "expected_end_at": incident.expected_end_at,
        "ended_at": incident.ended_at,
        "houses": IncidentBuilding.objects.filter(incident=incident).count(),
    }


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
