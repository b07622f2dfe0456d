"""What the first page shows: the services to report on, and later true figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


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


def values(at: datetime) -> dict[str, Any]:
    """Return the values of the first page."""
    return {
        "services": SERVICES,
        "sample_number": f"{timezone.localtime(at):%y}-000123",
    }
