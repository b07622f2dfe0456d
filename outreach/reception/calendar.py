"""A booking as an event of a calendar."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.calendars import Event
from outreach.models import HOLDING, Booking
from outreach.reception import letters


def event_of(booking: Booking, *, at: datetime) -> Event:
    """
    Return the visit as it stands at `at`, with the link of the call: it is the booking person's.

    Bookings keep no count of their moves: the minutes since it was made grow as well, so that a
    later file takes the place of an earlier one.
    """
    slot = booking.slot
    path = reverse("outreach:booking", args=[letters.token_of(booking)])
    return Event(
        uid=f"reception-{booking.uid}@{urlsplit(settings.PUBLIC_URL).hostname}",
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        zone=ZoneInfo(timezone.get_current_timezone_name()),
        summary=_("Reception: %(name)s") % {"name": slot.host.name},
        changed_at=at,
        description=slot.host.post,
        place=slot.place,
        url=f"{settings.PUBLIC_URL}{path}",
        sequence=max(0, int((at - booking.made_at).total_seconds() // 60)),
        is_cancelled=booking.state not in HOLDING,
        remind_before=letters.REMIND_BEFORE,
    )
