"""The calendar file of planned outages: the whole city's, a district's or a house's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import calendars, feeds
from disclosure.feeds import house
from outreach.calendar.entries import Choice, entries, events
from outreach.calendar.views import AHEAD, BEHIND, FEED_LIMIT
from outreach.seminars.views import calendar_answer

READERS = {"district": feeds.district, "building": house}


@require_safe
def outages(http: HttpRequest) -> HttpResponse:
    """Return the last month and half a year ahead as a file that calendars follow."""
    with translation.override(feeds.LANGUAGE):
        try:
            asked = feeds.asked(http, READERS)
        except feeds.BadParameter as wrong:
            return feeds.refusal(wrong)
        at = now()
        choice = Choice(
            kinds=("outages",),
            district=asked.get("district", ""),
            building=asked["building"].pk if "building" in asked else None,
        )
        rows = entries(choice, since=at - BEHIND, until=at + AHEAD, limit=FEED_LIMIT)
        name = _("Planned outages")
        file = calendar_answer(calendars.calendar_file(events(rows, at=at), name=name), "outages")
    return feeds.kept(http, file, changed_at=None)
