"""The schedule on paper: a day's lines together, a head on each page."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _

from accounts.typesetting import typeset
from outreach.calendar.entries import Entry
from outreach.seminars.calendar import zone

TEMPLATE = Path(__file__).with_name("schedule.typ")
LANGUAGE = "ru"


def pdf(
    days: list[tuple[date, list[Entry]]], *, first: date, last: date, district: str = ""
) -> bytes:
    """Return the schedule, A4."""
    with translation.override(LANGUAGE):
        return typeset(TEMPLATE, content(days, first=first, last=last, district=district))


def content(
    days: list[tuple[date, list[Entry]]], *, first: date, last: date, district: str
) -> dict[str, Any]:
    """Return every word of the paper."""
    city = zone()
    return {
        "title": _("Calendar of the contact centre"),
        "span": f"{formats.date_format(first, 'j E Y')} – {formats.date_format(last, 'j E Y')}",
        "district": _("%(district)s district") % {"district": district} if district else "",
        "centre": settings.CITY.center_name,
        "page": _("page"),
        "none": _("Nothing is planned in these days."),
        "days": [
            {
                "day": formats.date_format(day, "j E Y, l").lower(),
                "rows": [
                    {
                        "time": f"{row.starts_at.astimezone(city):%H:%M}–"
                        f"{row.ends_at.astimezone(city):%H:%M}",
                        "kind": row.kind_word,
                        "title": row.title,
                        "place": row.place,
                        "off": _("called off") if row.is_cancelled else "",
                    }
                    for row in rows
                ],
            }
            for day, rows in days
        ],
    }
