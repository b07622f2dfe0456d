"""What every page may show: the city, its phones, the navigation, the chosen colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications import lateness

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"


@dataclass(frozen=True)
class Phone:
    """A phone of the emergency strip."""

    label: Promise | str
    number: str
    icon: str


@dataclass(frozen=True)
class Place:
    """A page of the navigation; `path` is one of the portal's fixed addresses."""

    path: str
    label: Promise
    icon: str
    short: Promise | None = None
    # The header's row holds six words of a desktop's width; menu and footer hold all.
    in_row: bool = True


NAVIGATION = (
    Place("/requests/", _("Requests on the map"), "map"),
    Place("/buildings/", _("My building"), "building"),
    Place("/companies/", _("Companies"), "users"),
    Place("/ratings/", _("Ratings"), "chart"),
    Place("/dashboard/", _("Figures of the city"), "chart", in_row=False),
    Place("/dashboard/record/", _("What the centre has done"), "archive", in_row=False),
    Place("/recalculation/", _("Recalculation"), "receipt"),
    Place("/guides/", _("Guides"), "question"),
    Place("/help/", _("Help and learning"), "question", in_row=False),
    Place("/consultations/", _("Consultations"), "phone", in_row=False),
    Place("/questions/", _("Questions and answers"), "message", in_row=False),
    Place("/reception/", _("Personal reception"), "user", in_row=False),
    Place("/seminars/", _("Seminars"), "users", in_row=False),
    Place("/calendar/", _("Calendar"), "calendar", in_row=False),
    Place("/tos/", _("ТОС and house councils"), "flag", in_row=False),
    Place("/requests/track/", _("Track a request"), "search", in_row=False),
    Place("/requests/mine/", _("My requests"), "user"),
)
TAB_BAR = (
    Place("/", _("Home"), "home"),
    Place("/requests/new/", _("Report"), "plus"),
    Place("/requests/track/", _("Track"), "search"),
    Place("/requests/mine/", _("Mine"), "user"),
)


@cache
def emergency_phones() -> tuple[Phone, ...]:
    """Return the phones to call at once: all services, gas, the centre."""
    city = settings.CITY
    return (
        Phone(_("Emergency"), city.emergency_phone, "alert"),
        Phone(_("Gas smell"), city.gas_phone, "gas"),
        Phone(_("Contact centre"), city.center_phone, "phone"),
    )


def site(request: HttpRequest) -> dict[str, Any]:
    """
    Give every template the city and the look's few values; runs no query.

    Only the desk's frame looks at `late_letters`, which then asks the outbox.
    """
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return {
        "city": settings.CITY,
        "demo": settings.DEMO,
        "drill": settings.DRILL,
        "emergency_phones": emergency_phones(),
        "late_letters": lateness.minutes_late,
        "navigation": NAVIGATION,
        "oidc_name": settings.OIDC_NAME if settings.OIDC_SERVER_URL else "",
        "tab_bar": TAB_BAR,
        "theme": theme if theme in THEMES else "auto",
    }
