"""Letters about a reception: booked, moved, cancelled, called off, the reminder, a time is free."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext_noop as noop

from accounts.signed_links import SignedLinks
from notifications import outbox
from notifications.models import Message, State
from notifications.said import start, words
from outreach.models import Booking, Host, MeetingKind, Slot, Waiting

REMIND_BEFORE = timedelta(hours=24)
_LINKS = SignedLinks("outreach.booking")


def token_of(booking: Booking) -> str:
    """Return what the link of the letter carries: the booking's uid, signed."""
    return _LINKS.token_of(str(booking.uid))


def uid_in(token: str) -> str | None:
    """Return the uid that a link carries; None for a forged one."""
    uid: str | None = _LINKS.value_in(token)
    return uid


def booking_link(booking_id: int) -> str:
    """Return the path of a booking; for notifications.rendering."""
    booking = Booking.objects.only("uid").get(pk=booking_id)
    return reverse("outreach:booking", args=[token_of(booking)])


def calendar_link(booking_id: int) -> str:
    """Return the path of a booking's calendar file; for notifications.rendering."""
    booking = Booking.objects.only("uid").get(pk=booking_id)
    return reverse("outreach:booking_calendar", args=[token_of(booking)])


def host_link(host_id: int) -> str:
    """Return the path of a host's times; for notifications.rendering."""
    return reverse("outreach:host", args=[host_id])


def tell(booking: Booking, news: str, *, at: datetime, reason: str = "") -> None:
    """
    Write to the person what has become of the booking, if there is an address.

    `news`: booked, moved, cancelled, called_off, place; `reason`: why staff moved or cancelled it.
    """
    if not booking.email:
        return
    outbox.enqueue(
        event=f"reception.{news}",
        template="outreach/mail/reception",
        to=booking.email,
        context={
            "news": news,
            "reason": reason,
            **_context(booking.slot),
            "link": _link(booking),
            **_calendar(booking),
        },
        topic=f"reception:{booking.uid}",
        dedupe_key=f"reception:{news}:{booking.uid}:{booking.slot_id}",
        at=at,
        user_id=booking.user_id,
        why=noop("You booked a personal reception."),
    )


def remind(booking: Booking, *, at: datetime) -> None:
    """Write the reminder that leaves a day before; a booking made later needs none."""
    due = booking.slot.starts_at - REMIND_BEFORE
    if not booking.email or due <= at:
        return
    outbox.enqueue(
        event="reception.reminder",
        template="outreach/mail/reception",
        to=booking.email,
        context={
            "news": "reminder",
            **_context(booking.slot),
            "link": _link(booking),
            **_calendar(booking),
        },
        topic=f"reception:{booking.uid}",
        dedupe_key=_reminder_key(booking),
        at=at,
        not_before=due,
        expires_at=booking.slot.starts_at,
        user_id=booking.user_id,
        why=noop("You booked a personal reception."),
    )


def forget_reminder(booking: Booking) -> None:
    """Take back the reminder of a time that is not held any more."""
    Message.objects.filter(dedupe_key=_reminder_key(booking), state=State.QUEUED).delete()


def waiting_topic(waiting: Waiting) -> str:
    """Return the topic of the letter to who waits."""
    return f"reception-waiting:{waiting.pk}"


def a_time_is_free(waiting: Waiting, slot: Slot, *, at: datetime) -> None:
    """Tell who waits that the host has a free time; whoever books first has it."""
    outbox.enqueue(
        event="reception.free",
        template="outreach/mail/reception",
        to=waiting.email,
        context={
            "news": "free",
            **_context(slot),
            "link": {"link": "reception_host", "id": slot.host_id},
        },
        topic=waiting_topic(waiting),
        dedupe_key=f"reception-free:{waiting.pk}",
        at=at,
        why=noop("You asked to be told of a free time."),
    )


def _reminder_key(booking: Booking) -> str:
    return f"reception:reminder:{booking.uid}:{booking.slot_id}"


def _link(booking: Booking) -> dict[str, object]:
    return {"link": "reception", "id": booking.pk}


def _calendar(booking: Booking) -> dict[str, object]:
    return {"calendar": {"link": "reception_calendar", "id": booking.pk}}


def _context(slot: Slot) -> dict[str, Any]:
    host: Host = slot.host
    return {
        "host": host.name,
        "post": host.post,
        "when": start(timezone.localtime(slot.starts_at)),
        "kind": words("meeting_kind", slot.kind),
        "place": slot.place,
    }


def when(slot: Slot) -> str:
    """Return «1 декабря 2026, вторник, 14:20» in the city's zone."""
    start = timezone.localtime(slot.starts_at)
    return f"{formats.date_format(start, 'j E Y, l').lower()}, {start:%H:%M}"


def kind_words(code: str) -> str:
    """Return how a reception is held; for notifications.said."""
    return str(MeetingKind(code).label)
