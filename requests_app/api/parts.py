"""What this room adds to the answers about a house and a company: what is off, what is asked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from disclosure.api.parts import Part
from disclosure.models import Building, ManagementCompany
from requests_app import panels, treatment
from requests_app.api.incidents import IncidentShape, rows_of
from requests_app.models import Incident

# A house with more of them at once is a mistake of the lists, not of the answer.
MOST = 20


class OutagesShape(serializers.Serializer[Any]):
    """What is off in the house, and what will be."""

    now = IncidentShape(many=True, help_text="Newest first")
    planned = IncidentShape(many=True, help_text="Soonest first")


class MatterCountShape(serializers.Serializer[Any]):
    """Requests of one service."""

    service = serializers.CharField(help_text="The top matter in words")
    total = serializers.IntegerField()
    open = serializers.IntegerField()
    late = serializers.IntegerField(help_text="Open and past their term")


class RequestsHereShape(serializers.Serializer[Any]):
    """Requests about the house of the last days, by service."""

    days = serializers.IntegerField()
    by_matter = MatterCountShape(many=True)


class TreatedShape(serializers.Serializer[Any]):
    """How the company treated its requests of the last days."""

    total = serializers.IntegerField()
    fixed = serializers.IntegerField()
    judged = serializers.IntegerField()
    in_time = serializers.IntegerField()
    in_time_percent = serializers.IntegerField(allow_null=True)
    presented = serializers.IntegerField()
    reopened = serializers.IntegerField()
    reopened_percent = serializers.IntegerField(allow_null=True)
    repeated = serializers.IntegerField(help_text="About a fault that had just been repaired there")
    repeated_percent = serializers.IntegerField(allow_null=True)
    marks = serializers.IntegerField(help_text="Marks that residents gave")
    mark = serializers.FloatField(
        allow_null=True, help_text=f"Their mean, 1…5; null of fewer than {treatment.MARKS_LEAST}"
    )


class RequestsOfCompanyShape(serializers.Serializer[Any]):
    """The requests that the company answers for."""

    open = serializers.IntegerField(help_text="Now")
    late = serializers.IntegerField(help_text="Now, past their term")
    days = serializers.IntegerField(help_text="How far the rest looks back")
    by_matter = MatterCountShape(many=True)
    treated = TreatedShape()


def _outages(house: Building, at: datetime) -> dict[str, Any]:
    rows = Incident.objects.select_related("category")
    now = list(rows.open_at(at).at_building(house.pk)[:MOST])
    planned = rows.planned_at(at).at_building(house.pk).order_by("started_at")
    shown = rows_of([*now, *planned[:MOST]], at=at)
    return {"now": shown[: len(now)], "planned": shown[len(now) :]}


def _requests_here(house: Building, at: datetime) -> dict[str, Any] | None:
    by_matter = panels.matters_here(house, at=at)
    return None if by_matter is None else {"days": treatment.RECENT.days, "by_matter": by_matter}


def _requests_of(company: ManagementCompany, at: datetime) -> dict[str, Any] | None:
    return panels.figures_of(company, at=at)


OUTAGES_OF_HOUSE = Part("outages", OutagesShape, _outages)
REQUESTS_OF_HOUSE = Part(
    "recent_requests",
    lambda: RequestsHereShape(
        allow_null=True, help_text="Null where so few flats are that a count tells of a family"
    ),
    _requests_here,
)
REQUESTS_OF_COMPANY = Part(
    "requests",
    lambda: RequestsOfCompanyShape(allow_null=True, help_text="Null of a company without ИНН"),
    _requests_of,
)
