"""What the first page shows: the services to report on, and the latest public requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.filing.house import until
from requests_app.models import Incident, Request
from requests_app.places import names_nobody, public_place
from requests_app.statuses import public_words

LATEST = 5
OUTAGES = 3


@dataclass(frozen=True)
class Service:
    """A big button; `slug` is a category of the tree."""

    slug: str
    label: Promise
    note: Promise
    icon: str


SERVICES = (
    Service("heating", _("Heating"), _("cold radiators, a leak"), "heat"),
    Service("hot_water", _("Hot water"), _("none, lukewarm"), "hot-water"),
    Service("cold_water", _("Cold water"), _("none, rusty, a leak"), "water"),
    Service("electricity", _("Electricity"), _("no light, sparks"), "power"),
    Service("gas_vent", _("Gas, ventilation"), _("stove, pipe, no draught"), "gas"),
    Service("sewerage", _("Sewage"), _("blocked, smells"), "sewage"),
    Service("lift_chute", _("Lift, waste chute"), _("stuck, blocked"), "lift"),
    Service("", _("Something else"), _("roof, entrance, yard, bill"), "other"),
)


@dataclass(frozen=True)
class Latest:
    """One public request as a stranger may read it: no text, no flat, no person."""

    title: str
    place: str
    meta: tuple[str, ...]
    status: str
    outcome: str
    word: Promise
    href: str


def latest() -> list[Latest]:
    """Return the newest public requests; one query."""
    newest = Request.objects.public().order_by("-registered_at", "-id")
    return [
        Latest(
            title=item.category.name,
            place=public_place(item.building),
            meta=(
                date_format(timezone.localtime(item.registered_at), "j E, H:i"),
                item.executor_name,
            ),
            status=item.status,
            outcome=item.outcome,
            word=public_words(item.status, item.outcome),
            href=item.building.get_absolute_url() if names_nobody(item.building) else "",
        )
        for item in newest.for_strangers()[:LATEST]
    ]


def outages(at: datetime) -> list[dict[str, Any]]:
    """Return the newest incidents that are open now, with by when they should end; one query."""
    return [
        {"incident": incident, "until": until(incident, at=at)}
        for incident in Incident.objects.open_at(at).order_by("-started_at", "-id")[:OUTAGES]
    ]


def values(at: datetime) -> dict[str, Any]:
    """Return the values of the first page."""
    return {
        "services": SERVICES,
        "latest": latest(),
        "outages": outages(at),
        "sample_number": f"{timezone.localtime(at):%y}-000123",
    }
