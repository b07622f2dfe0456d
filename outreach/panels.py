"""What this room adds to pages of lower ones: guides of a matter, council and ТОС of a house."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.actors import Actor
from disclosure.models import Building
from disclosure.panels import Panel
from outreach.models import Guide
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
