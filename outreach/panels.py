"""What this room adds to the pages of filing and of a request: the guides of its matter."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor
from disclosure.panels import Panel
from outreach.models import Guide
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
