"""Requests that the demo must show whatever chance says: every status, and the resident's own."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, draws an invented city
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from contact_center.demo_city import founding, outages
from contact_center.demo_city.founding import Town
from contact_center.demo_city.plots import Turn
from requests_app.statuses import Status


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One request with what is fixed about it; the rest is chance."""

    at: datetime
    slug: str
    place: int
    resident: int | None = None
    incident: int | None = None
    until: str = ""
    turns: frozenset[Turn] | None = None
    photo: bool = False


# Days ago, matter, status it stands at ("" for the end of its story), turns of the story, photo.
_OWN = (
    (0.03, "lf_stop", Status.NEW, (), True),
    (1.1, "ht_riser", Status.IN_PROGRESS, (), True),
    (3.4, "el_common_light", Status.DONE, (), True),
    (6.2, "en_door", Status.NEEDS_INFO, (Turn.ASKED,), False),
    (15.0, "st_roof", Status.REOPENED, (Turn.SENT_BACK,), True),
    (38.0, "cw_leak", "", (), True),
    (64.0, "bl_error", "", (Turn.REFUSED,), False),
    (131.0, "en_clean", "", (Turn.WITHDRAWN,), False),
    (205.0, "ws_not_taken", "", (Turn.REDIRECTED,), True),
    (410.0, "ht_temp", "", (Turn.SENT_BACK,), False),
)
# How many requests stand at each status today, besides those that chance leaves open.
_STANDING = (
    (Status.NEW, (), 7, 0.3),
    (Status.ACCEPTED, (), 9, 3.0),
    (Status.IN_PROGRESS, (), 14, 9.0),
    (Status.NEEDS_INFO, (Turn.ASKED,), 6, 5.0),
    (Status.REDIRECTED, (Turn.REDIRECTED,), 5, 3.0),
    (Status.DONE, (), 9, 6.0),
    (Status.REOPENED, (Turn.SENT_BACK,), 6, 14.0),
)
# Ends that chance may leave out, days ago: the second neighbour to write, a fault nobody found.
_NEIGHBOURS = timedelta(minutes=7)
_SEEN_TWICE = 12.0
_NOT_FOUND = 21.0
_BURST_STREET = "ул. Театральная"
_MATTERS = (
    "ht_riser", "ht_temp", "el_common_light", "en_clean", "en_door", "lf_stop", "st_roof",
    "cw_leak", "hw_temp", "yd_light", "ws_not_taken", "bl_error", "cw_pressure", "sw_smell",
)  # fmt: skip


def scenes(town: Town, known: set[str], *, requests: int, at: datetime) -> list[Scene]:
    """Return the fixed requests in the order of their filing, at most a quarter of all."""
    dice = random.Random(17)
    home = founding.home(town, timezone.localtime(at).date())
    found = [
        Scene(
            at=at - timedelta(days=days),
            slug=slug,
            place=home,
            resident=town.cast.resident,
            until=str(until),
            turns=frozenset(turns),
            photo=photo,
        )
        for days, slug, until, turns, photo in _OWN
    ]
    found += _rare_ends(town, at=at)
    found += [
        Scene(at=joined.at, slug=joined.category, place=joined.place, incident=joined.incident)
        for joined in outages.announce(town, at=at)
    ]
    found += [
        Scene(
            at=at - timedelta(days=dice.uniform(0.25, 1) * days),
            slug=dice.choice(_MATTERS),
            place=dice.randrange(len(town.buildings)),
            until=str(status),
            turns=frozenset(turns),
            photo=dice.random() < 0.7,
        )
        for status, turns, count, days in _STANDING
        for _ in range(count)
    ]
    found += _burst(town, at=at)
    found = [scene for scene in found if scene.slug in known][: requests // 4]
    return sorted(found, key=lambda scene: scene.at)


def _burst(town: Town, *, at: datetime) -> list[Scene]:
    """Return calls of one street within half an hour: the watch proposes an incident of them."""
    street = [
        place
        for place, building in enumerate(town.buildings)
        if building.street.name == _BURST_STREET
    ]
    return [
        Scene(
            at=at - timedelta(minutes=26 - 4 * order),
            slug="cw_none",
            place=place,
            until=str(Status.NEW),
            turns=frozenset(),
        )
        for order, place in enumerate(street[:6])
    ]


def _rare_ends(town: Town, *, at: datetime) -> list[Scene]:
    seen = at - timedelta(days=_SEEN_TWICE)
    place, other = len(town.buildings) // 2, len(town.buildings) // 3
    return [
        Scene(at=moment, slug=slug, place=where, turns=frozenset(turns))
        for moment, slug, where, turns in (
            (seen, "lf_stop", place, ()),
            (seen + _NEIGHBOURS, "lf_stop", place, (Turn.DUPLICATE,)),
            (at - timedelta(days=_NOT_FOUND), "sw_smell", other, (Turn.NOT_CONFIRMED,)),
        )
    ]
