"""What answers about houses and companies are made of."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from accounts.rest.refusals import wrong
from disclosure import facts, viewport
from disclosure.models import ManagementCompany, ResourceSupplier
from disclosure.utilities import Utility

# No number of a row is larger.
ID_MAX = 2**63 - 1
BBOX = OpenApiParameter(
    "bbox",
    str,
    description="West, south, east, north in degrees with commas between: what a map shows",
)


class FoundCompanyShape(serializers.Serializer[Any]):
    """Who manages the house today."""

    inn = serializers.CharField(allow_null=True, help_text="Null where the register has none")
    name = serializers.CharField()


class FoundBuildingShape(serializers.Serializer[Any]):
    """A house; `company` is null while the register names nobody."""

    id = serializers.IntegerField()
    address = serializers.CharField()
    company = FoundCompanyShape(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    guess = serializers.BooleanField(
        help_text="True when the words name no street of the register: ask before taking it"
    )


class OrganisationShape(serializers.Serializer[Any]):
    """An organisation and how to reach it; one that works no longer has no phones."""

    reference = serializers.CharField(
        help_text="What stands for it in addresses: its ИНН, or r-<id> while it has none"
    )
    inn = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    phone = serializers.CharField(help_text="The office, E.164 where the register gives it so")
    dispatcher_phone = serializers.CharField(help_text="Day and night")
    is_active = serializers.BooleanField()


class ManagedShape(serializers.Serializer[Any]):
    """A company's time at a house."""

    company = OrganisationShape()
    since = serializers.DateField(allow_null=True, help_text="Null where the beginning is unknown")
    until = serializers.DateField(
        allow_null=True, help_text="The first day without it; null while it lasts"
    )
    is_current = serializers.BooleanField()
    basis = serializers.CharField(help_text="Meeting, tender, …; may be empty")


class SuppliedHereShape(serializers.Serializer[Any]):
    """Who brings a utility to a house today."""

    utility = serializers.ChoiceField(choices=Utility.choices)
    supplier = OrganisationShape()
    since = serializers.DateField(allow_null=True)


class HoursShape(serializers.Serializer[Any]):
    """When a company can be reached, in its own words; empty while it is not published."""

    dispatcher = serializers.CharField()
    office = serializers.CharField()


class PassportShape(serializers.Serializer[Any]):
    """What the register knows of the house itself; null where it is silent."""

    kind = serializers.CharField()
    built_year = serializers.IntegerField(allow_null=True)
    floors = serializers.IntegerField(allow_null=True)
    entrances = serializers.IntegerField(allow_null=True)
    flats = serializers.IntegerField(allow_null=True)
    area_m2 = serializers.DecimalField(12, 2, allow_null=True, help_text="Square metres")
    fias_guid = serializers.UUIDField(allow_null=True, help_text="The house in ФИАС")


class CompletenessShape(serializers.Serializer[Any]):
    """How complete and timely the disclosure was on the day it last changed."""

    day = serializers.DateField()
    percent = serializers.DecimalField(5, 2, help_text="Of its own forms, 0…100")
    total = serializers.DecimalField(
        5, 2, allow_null=True, help_text="With the houses weighted by area; null for a house"
    )
    forms = serializers.IntegerField(help_text="Forms owed")
    in_time = serializers.IntegerField(help_text="Of them with no limit passed")


def organisation(one: ManagementCompany | ResourceSupplier) -> dict[str, Any]:
    """Return an organisation as OrganisationShape says."""
    return {
        "reference": one.inn or f"r-{one.pk}",
        "inn": one.inn,
        "name": str(one),
        "phone": one.phone if one.is_active else "",
        "dispatcher_phone": one.dispatcher_phone if one.is_active else "",
        "is_active": one.is_active,
    }


def managed(term: facts.Term) -> dict[str, Any]:
    """Return a term as ManagedShape says."""
    return {
        "company": organisation(term.company),
        "since": term.since,
        "until": term.until,
        "is_current": term.is_current,
        "basis": term.basis,
    }


def completeness(score: Any) -> dict[str, Any] | None:
    """Return a score as CompletenessShape says; None of none."""
    if score is None:
        return None
    return {
        "day": score.day,
        "percent": score.percent,
        "total": score.total,
        "forms": score.forms,
        "in_time": score.in_time,
    }


def page_url(path: str) -> str:
    """Return the whole address of a page for people, or of another call."""
    return f"{settings.PUBLIC_URL}{path}"


def box_of(http: Request) -> viewport.Box | None:
    """Return the piece of the world that the call asks for, None for all; raise Problem 400."""
    said = http.query_params.get(BBOX.name, "")
    if not said:
        return None
    box = viewport.box_of(said)
    if box is None:
        raise wrong(BBOX.name, _("bbox is: west, south, east, north, in degrees."))
    return box
