"""What webhooks tell of a published form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from rest_framework import serializers

from accounts.actors import Actor
from disclosure.models import Publication
from notifications.webhooks.catalogue import EventType
from notifications.webhooks.subjects import Keys, Subject


class DisclosingShape(serializers.Serializer[Any]):
    """The company that disclosed."""

    name = serializers.CharField()
    inn = serializers.CharField(allow_blank=True)


class ToldDisclosureShape(serializers.Serializer[Any]):
    """A published version of a form; its values stand on its page."""

    id = serializers.IntegerField()
    company = DisclosingShape()
    building = serializers.IntegerField(allow_null=True, help_text="None for the company itself")
    form = serializers.CharField(help_text="Code of the form, as 2.3")
    year = serializers.IntegerField(help_text="0 for a form without a year")
    version = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    page = serializers.URLField(help_text="This version, for ever")


def _found(pk: int) -> Publication | None:
    return Publication.objects.filter(pk=pk).select_related("company", "building").first()


def _keys(pk: int) -> Keys | None:
    found = _found(pk)
    if found is None:
        return None
    house = found.building
    houses = (house.pk,) if house else ()
    return Keys(
        inns=(found.company.inn,) if found.company.inn else (),
        districts=(house.district,) if house and house.district else (),
        buildings=houses,
        open_buildings=houses,
    )


def _shown(pk: int, _actor: Actor, _kind: EventType) -> Mapping[str, Any] | None:
    found = _found(pk)
    if found is None:
        return None
    return {
        "id": found.pk,
        "company": {"name": str(found.company), "inn": found.company.inn or ""},
        "building": found.building_id,
        "form": found.form_code,
        "year": found.year,
        "version": found.version,
        "published_at": found.published_at,
        "page": settings.PUBLIC_URL + found.get_absolute_url(),
    }


DISCLOSURE = Subject(keys=_keys, shown=_shown, shape=ToldDisclosureShape)
