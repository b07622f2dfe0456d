"""What this room adds to pages of lower ones: guides, a house's council, times of lawyers."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from disclosure.models import Building
from disclosure.panels import Panel
from outreach.models import Guide, Host, MeetingKind, Slot
from outreach.reception import booking, letters
from outreach.tos import mine
from requests_app.models import Category

SHOWN = 3


def guides_for_matter(category: Category | None, actor: Actor, at: datetime) -> Panel:
    """Show what to do right now about the matter; none chosen or no guide, nothing; one query."""
    if category is None:
        return Panel()
    guides = list(Guide.objects.visible_to(actor).light().for_matter(category)[:SHOWN])
    if not guides:
        return Panel()
    return Panel("outreach/panels/guides.html", {"first": guides[0], "others": guides[1:]})


def council_of_house(house: Building, actor: Actor, at: datetime) -> Panel:
    """Show the council and the ТОС of a house, or how to elect one; three queries at most."""
    day = timezone.localtime(at).date()
    values = {
        "house": house,
        "council": mine.council_of(house, on=day),
        "tos": mine.tos_of(house, actor, on=day),
    }
    return Panel("outreach/panels/council.html", values)


def times_of_lawyers(_subject: None, _actor: Actor, at: datetime) -> Panel:
    """Show the nearest free times of hosts who are lawyers; without such hosts nothing."""
    hosts = list(Host.objects.filter(is_lawyer=True, is_open=True))
    if not hosts:
        return Panel()
    slots = Slot.objects.bookable(at + booking.CLOSES).filter(host__in=hosts).in_order()
    values = {
        "times": [
            {
                "when": letters.when(slot),
                "href": reverse("outreach:book", args=[slot.pk]),
                "who": slot.host.name,
                "place": str(MeetingKind(slot.kind).label),
            }
            for slot in slots.select_related("host")[:SHOWN]
        ],
        "hosts": [
            {"name": host.name, "href": reverse("outreach:host", args=[host.pk])} for host in hosts
        ],
    }
    return Panel("outreach/panels/lawyers.html", values)
