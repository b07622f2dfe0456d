"""
The house and the matter of a letter, only where both are certain.

What is not certain is no guess of a machine: staff sort it out, with what is likely beside it.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from disclosure import address_search, addresses
from disclosure.models import Building
from requests_app.models import Category, OutsideMatter
from requests_app.outside.letters import Letter
from requests_app.outside.sources import Source
from requests_app.typed_text import one_line

HOUSE, MATTER = "house", "matter"
_NEAR = 8


def house_of(letter: Letter) -> int | None:
    """Return the one house that the letter can mean; None where it is none or one of several."""
    if letter.fias:
        known = Building.objects.taking_requests().filter(fias_guid=letter.fias)
        for pk in known.values_list("pk", flat=True)[:1]:
            return pk
    words, house = addresses.split_house(addresses.without_region(letter.address))
    asked = set(addresses.street_key(words).split())
    if not house or not asked:
        return None
    near = [found.id for found in address_search.find(letter.address, limit=_NEAR)]
    rows = Building.objects.taking_requests().filter(pk__in=near, search_house=house)
    fitting = [
        building.pk for building in rows.select_related("street") if _is_the_street(asked, building)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _is_the_street(asked: set[str], building: Building) -> bool:
    """Whether the words name this street, word for word, and nothing else but its settlement."""
    name = set(addresses.street_key(building.street.name).split())
    place = set(addresses.street_key(str(building.street)).split())
    return name <= asked <= name | place


def matter_of(letter: Letter, source: Source, *, at: datetime) -> str:
    """Return the matter's code: named here as there, or learnt from staff; "" where neither."""
    return matter_named(letter.matter, source, at=at)


def matter_named(name: str, source: Source, *, at: datetime) -> str:
    """Return the code of the matter that the source calls so, "" where it is not certain."""
    wanted = one_line(name)
    if not wanted:
        return ""
    learnt = OutsideMatter.objects.filter(source=source.code, name__iexact=wanted)
    taking = Category.objects.taking_requests(timezone.localtime(at).date())
    for slug in taking.filter(pk__in=learnt.values("category")).values_list("slug", flat=True)[:1]:
        return slug
    named = list(taking.filter(name__iexact=wanted).values_list("slug", flat=True)[:2])
    named = named or list(taking.filter(slug=wanted).values_list("slug", flat=True)[:2])
    return named[0] if len(named) == 1 else ""
