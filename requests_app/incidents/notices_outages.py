"""A pasted notice against the register: what it closes and when, and the outages made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import idempotency
from accounts.actors import Operator
from disclosure.models import Building, Street
from disclosure.utilities import Utility
from requests_app.incidents import notices, notices_houses, opening
from requests_app.incidents.notices import Notice
from requests_app.incidents.notices_streets import Named, Names
from requests_app.incidents.notices_values import Place
from requests_app.lifecycle import Refused
from requests_app.models import Category, Incident, IncidentKind

# A notice with more stretches is a plan of the season: paste it in parts.
MOST_WINDOWS = 40
# Which matter a planned outage of a utility is, best first.
_MATTERS = {
    Utility.COLD_WATER: ("cw_planned", "cw_none"),
    Utility.HOT_WATER: ("hw_none",),
    Utility.HEATING: ("ht_none",),
    Utility.ELECTRICITY: ("el_none",),
    Utility.GAS: ("gas_none",),
    Utility.SEWERAGE: ("sw_clog",),
}


@dataclass
class Part:
    """A street of the notice with the houses found for it."""

    place: Place
    street: str
    houses: list[Building]
    unknown: list[str]

    @property
    def is_assumed(self) -> bool:
        """Whether the notice names no house, so that the whole street is taken."""
        return self.place.is_all and not self.place.is_whole


@dataclass
class Stretch:
    """One stretch of time and all it closes."""

    start: datetime
    end: datetime
    parts: list[Part] = field(default_factory=list)


@dataclass
class Understood:
    """A notice with the houses of the register; `stretches` are aware, in order."""

    notice: Notice
    stretches: list[Stretch]

    @property
    def is_impossible(self) -> bool:
        """Whether it names a day or hour that no calendar has."""
        return any(one.code == "impossible" for one in self.notice.problems)


@dataclass(frozen=True)
class Outage:
    """One incident to make: its stretch and houses (ids)."""

    start: datetime
    end: datetime
    houses: tuple[int, ...]


def understand(text: str, *, on: date) -> Understood:
    """Read a notice received `on` a day against the register; two queries, whatever its length."""
    names = Names(
        [Named(*row) for row in Street.objects.values_list("id", "settlement", "name")],
        home=settings.CITY.name,
    )
    notice = notices.read(text, names=names, on=on)
    found = notices_houses.streets_of(notice, names)
    houses: dict[int, dict[str, Building]] = {}
    wanted = {street.id for _place, street in found}
    for building in Building.objects.filter(street__in=wanted, is_open=True):
        houses.setdefault(building.street_id, {})[building.search_house] = building
    stretches: dict[tuple[datetime, datetime], Stretch] = {}
    for place, street in found:
        known = houses.get(street.id, {})
        matched = notices_houses.match(
            place, street, {key: building.pk for key, building in known.items()}
        )
        part = Part(place, street.name, [known[key] for key in matched.houses], matched.unknown)
        for window in place.windows[:MOST_WINDOWS]:
            start, end = map(_aware, window)
            stretches.setdefault(window, Stretch(start, end)).parts.append(part)
    ordered = [stretches[window] for window in sorted(stretches)]
    return Understood(notice, ordered[:MOST_WINDOWS])


def matter_of(utility: str) -> Category | None:
    """Return the matter that an outage of the utility is about."""
    slugs = _MATTERS.get(Utility(utility), ()) if utility in Utility.values else ()
    rows = {row.slug: row for row in Category.objects.filter(slug__in=slugs, is_open=True)}
    return next((rows[slug] for slug in slugs if slug in rows), None)


def make(
    outages: Iterable[Outage],
    *,
    kind: str,
    utility: str,
    category: Category,
    title: str,
    text: str,
    by: Operator,
    at: datetime,
    key: str,
) -> list[int]:
    """
    Make an incident of each stretch and return their ids; a repeated `key` returns the same.

    Raise Refused, and make nothing, where one has no house or ends before it begins.
    """
    outages = list(outages)
    if not outages:
        raise Refused("", _("Choose at least one stretch of time with houses."), "empty")
    for outage in outages:
        if outage.end <= outage.start:
            raise Refused("", _("It cannot end before it began."), "order")
        if not outage.houses:
            raise Refused("", _("Name at least one house."), "houses")
    if not title.strip():
        raise Refused("title", _("Say what happens."), "title")
    with transaction.atomic():
        meant: dict[str, Any] = {
            "title": title,
            "outages": [[str(one.start), str(one.end), list(one.houses)] for one in outages],
        }
        claimed = idempotency.claim(
            scope=f"notice:{by.id}",
            key=key,
            fingerprint=idempotency.fingerprint_of(meant),
            at=at,
        )
        if isinstance(claimed, idempotency.Replay):
            return list(claimed.result["incidents"])
        made = [_one(one, kind, utility, category, title, text, by=by, at=at) for one in outages]
        claimed.remember({"incidents": [incident.pk for incident in made]})
    return [incident.pk for incident in made]


def _one(
    outage: Outage,
    kind: str,
    utility: str,
    category: Category,
    title: str,
    text: str,
    *,
    by: Operator,
    at: datetime,
) -> Incident:
    return opening.open_incident(
        kind=kind if kind in IncidentKind.values else IncidentKind.PLANNED,
        utility=utility if utility in Utility.values else "",
        category=category.pk,
        title=title,
        text=text,
        started_at=outage.start,
        expected_end_at=outage.end,
        buildings=outage.houses,
        by=by,
        at=at,
    )


def _aware(moment: datetime) -> datetime:
    return timezone.make_aware(moment, timezone.get_current_timezone())
