"""Making the times of the coming weeks from the hours, and calling times off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from outreach.models import Booking, BookingDeed, BookingState, ReceptionHours, Slot
from outreach.reception import letters, times
from outreach.reception.booking import changed
from outreach.reception.times import Hours
from requests_app import special_days

# So far ahead people may book.
AHEAD = timedelta(days=30)


@transaction.atomic
def plan(*, at: datetime) -> int:
    """
    Make the times of the next days that are not there yet; return how many.

    Run again it makes none: a time that stands, or was called off, is not made anew.
    """
    zone = timezone.get_current_timezone()
    today = timezone.localtime(at).date()
    days = [today + timedelta(days=n) for n in range(AHEAD.days + 1)]
    before = Slot.objects.count()
    rows = ReceptionHours.objects.filter(host__is_open=True).select_related("host")
    # One planner at a time: two would race for the same times.
    for hours in rows.select_for_update(of=("self",)).order_by("pk"):
        known = set(
            Slot.objects.filter(host=hours.host, during__endswith__gt=at).values_list(
                "during__startswith", flat=True
            )
        )
        wanted = [
            (start, end)
            for day in days
            for start, end in times.of_day(
                value_of(hours), day, calendar=special_days.calendar_of(day.year), zone=zone
            )
            if start > at and start not in known
        ]
        Slot.objects.bulk_create(
            [
                Slot(
                    host=hours.host,
                    hours=hours,
                    during=DateTimeTZRange(start, end),
                    kind=hours.kind,
                    place=hours.place,
                    district=hours.district,
                )
                for start, end in wanted
            ],
            # Hours that overlap others of the same host: the first planned wins.
            ignore_conflicts=True,
        )
    return Slot.objects.count() - before


def value_of(hours: ReceptionHours) -> Hours:
    """Return a row as the rule takes it."""
    rest = None
    if hours.break_starts is not None and hours.break_ends is not None:
        rest = (hours.break_starts, hours.break_ends)
    return Hours(
        weekday=hours.weekday,
        starts=hours.starts,
        ends=hours.ends,
        slot=timedelta(minutes=hours.slot_minutes),
        first_day=hours.first_day,
        last_day=hours.last_day,
        rest=rest,
    )


@transaction.atomic
def replan(hours: ReceptionHours, *, at: datetime) -> int:
    """
    Let changed hours hold from now on; return how many booked people were told.

    Free times that no longer fit go. A booked one that no longer fits is called off: its person is
    told and chooses another.
    """
    zone = timezone.get_current_timezone()
    value = value_of(hours)
    off: list[Slot] = []
    for slot in Slot.objects.select_for_update().filter(
        hours=hours, cancelled_at=None, during__startswith__gt=at
    ):
        day = slot.starts_at.astimezone(zone).date()
        fits = [
            start
            for start, end in times.of_day(
                value, day, calendar=special_days.calendar_of(day.year), zone=zone
            )
            if (start, end) == (slot.starts_at, slot.ends_at)
        ]
        if not (fits and hours.host.is_open):
            off.append(slot)
        elif (slot.place, slot.kind, slot.district) != (hours.place, hours.kind, hours.district):
            slot.place, slot.kind, slot.district = hours.place, hours.kind, hours.district
            slot.save(update_fields=["place", "kind", "district"])
            for booking in slot.bookings.filter(state=BookingState.BOOKED):
                letters.tell(booking, "place", at=at)
    told = call_off(off, at=at)
    # A time that nobody ever took leaves no trace: the hours may bring it back.
    Slot.objects.filter(pk__in=[slot.pk for slot in off], bookings=None).delete()
    plan(at=at)
    return told


@transaction.atomic
def call_off(slots: Iterable[Slot], *, at: datetime) -> int:
    """Call the times off and tell who booked them; return how many were told."""
    told = 0
    rows = Slot.objects.select_for_update().filter(
        pk__in=[slot.pk for slot in slots], cancelled_at=None
    )
    for slot in rows.order_by("pk"):
        slot.cancelled_at = at
        slot.save(update_fields=["cancelled_at"])
        for booking in Booking.objects.filter(slot=slot, state=BookingState.BOOKED):
            changed(booking, BookingState.LOST, BookingDeed.LOST, by=None, at=at)
            letters.forget_reminder(booking)
            letters.tell(booking, "called_off", at=at)
            told += 1
    return told
