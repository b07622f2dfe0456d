"""
What staff do with a booking: move and cancel it with a reason, say who came, write the record.

Pages and calls share it. A task of a meeting is a request: only there what was promised is under
the clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import contact_looks
from accounts.actors import Operator
from outreach import senders
from outreach.models import HOLDING, Booking, BookingDeed, BookingState, BookingTask
from outreach.reception import booking as bookings
from requests_app import intake
from requests_app.models import Request
from requests_app.statuses import Channel
from requests_app.typed_text import one_line, paragraphs

REASON_MAX = 300
RECORD_MAX = 20_000
TASKS_MAX = 50
# What staff may say of a visit; the last takes a wrong mark back.
MARKS = (BookingState.CAME, BookingState.MISSED, BookingState.BOOKED)


class NotHeld(Exception):
    """The booking was cancelled or its time called off: there is no visit to speak of."""

    def __init__(self) -> None:
        super().__init__(_("This booking is cancelled: there was no visit."))


def move(booking: Booking, slot_id: int, *, reason: str, by: Operator, at: datetime) -> Booking:
    """Move the visit and tell the person why. Raise Invalid without a reason, or Taken."""
    return bookings.move(booking, slot_id, by=by, at=at, reason=_reason(reason))


def cancel(booking: Booking, *, reason: str, by: Operator, at: datetime) -> None:
    """Cancel the visit and tell the person why. Raise Invalid without a reason, or NotHeld."""
    if not bookings.cancel(booking, by=by, at=at, reason=_reason(reason)):
        raise NotHeld


@transaction.atomic
def mark(booking: Booking, state: BookingState, *, by: Operator, at: datetime) -> bool:
    """Say whether the person came; False when it was said before. Raise NotHeld."""
    row = _locked(booking)
    if row.state == state:
        return False
    bookings.changed(row, state, BookingDeed(state), by=by, at=at)
    return True


@transaction.atomic
def write(booking: Booking, record: str, *, by: Operator, at: datetime) -> bool:
    """Keep the record of the meeting; False when it says so already. Raise Invalid or NotHeld."""
    row, text = _locked(booking), paragraphs(record)
    if len(text) > RECORD_MAX:
        raise senders.Invalid(
            {"record": _("At most %(limit)d characters.") % {"limit": RECORD_MAX}}
        )
    if row.record == text:
        return False
    row.record = text
    bookings.changed(row, BookingState(row.state), BookingDeed.RECORDED, "record", by=by, at=at)
    return True


@transaction.atomic
def give(booking: Booking, requests: Iterable[Request], *, by: Operator, at: datetime) -> int:
    """
    Tie requests to the meeting as its tasks; return how many are new. Raise Invalid or NotHeld.

    `requests` are those that `by` may see.
    """
    row = _locked(booking)
    known = set(BookingTask.objects.filter(booking=row).values_list("request", flat=True))
    fresh = {one.pk: one for one in requests if one.pk not in known}
    if len(known) + len(fresh) > TASKS_MAX:
        raise senders.Invalid({"tasks": _("These are too many tasks for one meeting.")})
    for one in fresh.values():
        BookingTask.objects.create(booking=row, request=one)
        bookings.changed(
            row, BookingState(row.state), BookingDeed.TASK, by=by, at=at, why=one.number
        )
    return len(fresh)


def file_task(
    booking: Booking, new: intake.NewRequest, *, by: Operator, at: datetime, key: str
) -> intake.Filed:
    """
    Take in what was promised at the meeting as a request, and tie it, all or nothing.

    Raise intake.Invalid, idempotency.KeyReused or NotHeld. A second press returns the first one.
    """
    with transaction.atomic():
        row = _locked(booking)
        came_by = replace(new, channel=Channel.RECEPTION)
        filed = intake.file(came_by, by=by, at=at, idempotency_key=key)
        if not filed.is_repeat:
            give(row, [filed.request], by=by, at=at)
    return filed


def look_at_contact(booking: Booking, *, by: Operator, at: datetime) -> Booking:
    """Note the look, then return the booking with how to reach the person."""
    contact_looks.record(f"reception:{booking.pk}", by=by, at=at)
    return Booking.objects.visible_to(by).get(pk=booking.pk)


def _locked(booking: Booking) -> Booking:
    """Return the booking as it stands, locked; raise NotHeld."""
    row = (
        Booking.objects.select_for_update(of=("self",))
        .filter(pk=booking.pk, erased_at=None, state__in=HOLDING)
        .first()
    )
    if row is None:
        raise NotHeld
    return row


def _reason(typed: str) -> str:
    reason = one_line(typed)
    if not reason:
        raise senders.Invalid({"reason": _("Say why: the person reads it.")})
    if len(reason) > REASON_MAX:
        raise senders.Invalid(
            {"reason": _("At most %(limit)d characters.") % {"limit": REASON_MAX}}
        )
    return reason
