"""What webhooks tell of a published form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.actors import Actor, Nobody
from disclosure.api.disclosed import ListedPublicationShape, listed
from disclosure.api.shapes import OrganisationShape, organisation
from disclosure.models import Publication
from notifications.webhooks.catalogue import EventType
from notifications.webhooks.subjects import Keys, Subject


class ToldDisclosureShape(ListedPublicationShape):
    """A published version of a form as lists show it; its values are read at `api`."""

    company = OrganisationShape()


def _found(pk: int) -> Publication | None:
    rows = Publication.objects.visible_to(Nobody()).filter(pk=pk)
    return rows.select_related("form", "company", "building", "returned").first()


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
    return {**listed(found), "company": organisation(found.company)}


DISCLOSURE = Subject(keys=_keys, shown=_shown, shape=ToldDisclosureShape)
