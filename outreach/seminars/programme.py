"""Changing the programme: what people were told of a seminar holds, or they are told anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from outreach.models import (
    ALIVE,
    Material,
    Meeting,
    Seminar,
    SeminarState,
    SignUp,
    SignUpState,
)
from outreach.seminars import letters, signing_up

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Told:
    """What people plan by: a change of any of it is worth a letter."""

    title: str
    place: str
    online_link: str
    times: tuple[tuple[str, datetime, datetime], ...]


def told(seminar: Seminar) -> Told:
    """Return what is stored now."""
    stored = Seminar.objects.get(pk=seminar.pk)
    times = Meeting.objects.filter(seminar=seminar).values_list("uid", "starts_at", "ends_at")
    return Told(
        title=stored.title,
        place=stored.place,
        online_link=stored.online_link,
        times=tuple((str(uid), start, end) for uid, start, end in times),
    )


@transaction.atomic
def tell_changes(seminar: Seminar, before: Told, *, at: datetime) -> int:
    """
    Tell everybody who is signed up if what they plan by has changed; return how many were told.

    Freed or added seats go to the waiting list.
    """
    row = signing_up.locked(seminar.pk)
    if row is None or row.state != SeminarState.OPEN:
        return 0
    count = 0
    if told(row) != before:
        row.revision, row.changed_at = row.revision + 1, at
        row.save(update_fields=["revision", "changed_at"])
        people = list(SignUp.objects.filter(seminar=row, state__in=ALIVE))
        letters.forget_reminders(people)
        seated = [one for one in people if one.state == SignUpState.SEATED]
        letters.tell(people, "changed", seminar=row, at=at, reminds=seated)
        count = len(people)
    signing_up.offer_seats(row, at=at)
    return count


@transaction.atomic
def call_off(seminar: Seminar, *, reason: str, at: datetime) -> int | None:
    """Call a seminar off and tell everybody; return how many, None when it cannot be."""
    row = signing_up.locked(seminar.pk)
    if row is None or row.state != SeminarState.OPEN or row.finished_at is not None:
        return None
    row.state, row.cancel_reason = SeminarState.CANCELLED, reason
    row.revision, row.changed_at = row.revision + 1, at
    row.save(update_fields=["state", "cancel_reason", "revision", "changed_at"])
    people = list(SignUp.objects.select_for_update().filter(seminar=row, state__in=ALIVE))
    letters.forget_reminders(people)
    letters.tell(people, "called_off", seminar=row, at=at)
    SignUp.objects.filter(pk__in=[one.pk for one in people]).update(
        state=SignUpState.LOST, seat=None, offered_until=None
    )
    return len(people)


@transaction.atomic
def copy(seminar: Seminar, *, at: datetime) -> Seminar:
    """Return a draft of the same seminar on the same weekdays, at least a week ahead."""
    meetings = list(seminar.meetings.all())
    first = min((one.starts_at for one in meetings), default=at)
    shift = max(timedelta(0), at + WEEK - first)
    weeks = -(-shift // WEEK)
    made = Seminar.objects.create(
        title=seminar.title,
        topic=seminar.topic,
        about=seminar.about,
        audience=seminar.audience,
        speaker=seminar.speaker,
        district=seminar.district,
        place=seminar.place,
        house_id=seminar.house_id,
        online_link=seminar.online_link,
        capacity=seminar.capacity,
        closes_at=later(seminar.closes_at, weeks),
        certificate_after=seminar.certificate_after,
        changed_at=at,
    )
    Meeting.objects.bulk_create(
        Meeting(
            seminar=made,
            title=one.title,
            starts_at=later(one.starts_at, weeks),
            ends_at=later(one.ends_at, weeks),
        )
        for one in meetings
    )
    Material.objects.bulk_create(
        Material(seminar=made, title=one.title, upload_id=one.upload_id, position=one.position)
        for one in seminar.materials.all()
    )
    return made


def later(moment: datetime, weeks: int) -> datetime:
    """Return the same time of day in the city, whole weeks later."""
    zone = timezone.get_current_timezone()
    local = moment.astimezone(zone)
    return (local.replace(tzinfo=None) + weeks * WEEK).replace(tzinfo=zone)
