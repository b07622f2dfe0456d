"""Feeds of outages: what is off, where, until when."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts import feeds
from disclosure.feeds import house
from disclosure.utilities import Utility
from requests_app.incidents import showing
from requests_app.models import Ending, Incident, IncidentBuilding, IncidentUpdate

_STATES = {
    "now": pgettext_lazy("outage", "going on"),
    "planned": pgettext_lazy("outage", "planned"),
    "over": pgettext_lazy("outage", "over"),
    "cancelled": pgettext_lazy("outage", "called off"),
}


READERS: dict[str, feeds.Reader] = {
    "district": feeds.district,
    "utility": Utility,
    "building": house,
}


def outages(asked: dict[str, Any]) -> feeds.Feed:
    """Return the newest incidents and planned outages of the choice; two queries."""
    at = now()
    news = IncidentUpdate.objects.filter(incident=OuterRef("pk")).order_by().values("incident")
    rows = Incident.objects.exclude(ending=Ending.MERGED).annotate(
        told_at=Coalesce(Subquery(news.values(first=Min("at"))), "started_at"),
        news_at=Coalesce(Subquery(news.values(last=Max("at"))), "started_at"),
    )
    if "utility" in asked:
        rows = rows.filter(utility=asked["utility"])
    touched = IncidentBuilding.objects.values("incident")
    if "building" in asked:
        rows = rows.filter(pk__in=touched.filter(building=asked["building"]))
    if "district" in asked:
        rows = rows.filter(pk__in=touched.filter(building__district=asked["district"]))
    chosen = rows.order_by("-started_at", "-pk")[: feeds.MOST]
    return feeds.Feed(
        mark="outages",
        title=_("Outages"),
        path=reverse("outages:list"),
        entries=[_entry(one) for one in showing.shown(chosen, at=at)],
    )


def _entry(shown: showing.Shown) -> feeds.Entry:
    row: Any = shown.incident
    utility = str(Utility(row.utility).label) if row.utility else ""
    streets = ", ".join(place.street for place in shown.places)
    if shown.more_streets:
        streets = _("%(streets)s and others") % {"streets": streets}
    state = str(_STATES[shown.state])
    until = ""
    if shown.state == "now" and row.expected_end_at:
        # The day and hour: «today» would be another word tomorrow.
        day = date_format(timezone.localtime(row.expected_end_at), "j E Y, H:i")
        until = _("until %(moment)s") % {"moment": day}
    return feeds.Entry(
        mark=f"outage/{row.pk}",
        title=f"{utility}: {row.title}" if utility else row.title,
        text=feeds.in_one_line((state, until, streets)),
        path=reverse("outages:outage", args=[row.pk]),
        published_at=min(row.told_at, row.news_at),
        updated_at=row.news_at,
        tags=tuple(tag for tag in (utility, state) if tag),
    )


view = feeds.view(outages, readers=READERS)
