"""Hearings: put on the calendar, moved, called off, held; and as a calendar file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.calendars import Event, calendar_file
from claims.court import letters, story
from claims.court.people import side_of
from claims.court.refusals import NotFound, Refused
from claims.court.statuses import HearingState, Side
from claims.models import CaseHearing, CourtCase
from requests_app.typed_text import one_line, paragraphs

MOST_HEARINGS = 200
RINGS_BEFORE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """When and where: `starts_at` is aware, `zone` a name of the tz database."""

    starts_at: datetime
    minutes: int
    zone: str
    place: str
    note: str = ""


def appoint(case: CourtCase, sitting: Sitting, *, by: Actor, at: datetime) -> CaseHearing:
    """Put a hearing on the calendar; a second press changes nothing. Raise Refused."""
    with transaction.atomic():
        row = _of_lawyer(case, by)
        _check(sitting, at)
        first = row.hearings.exclude(state=HearingState.CANCELLED).filter(
            starts_at=sitting.starts_at
        )
        if (there := first.first()) is not None:
            return there
        if row.hearings.count() >= MOST_HEARINGS:
            raise Refused("", _("A case can carry no more hearings."), "too_many")
        hearing = CaseHearing.objects.create(
            case=row,
            starts_at=sitting.starts_at,
            minutes=sitting.minutes,
            zone=sitting.zone,
            place=one_line(sitting.place)[:300],
            note=one_line(sitting.note)[:300],
            changed_at=at,
        )
        _tell(hearing, "hearing", by, at)
        letters.remind(hearing, at=at)
    return hearing


def move(
    case: CourtCase, hearing_id: int, sitting: Sitting, *, by: Actor, at: datetime
) -> CaseHearing:
    """Move a planned hearing; calendars replace it by its uid. Raise Refused."""
    with transaction.atomic():
        row = _of_lawyer(case, by)
        hearing = _of(row, hearing_id)
        _must_be_planned(hearing)
        _check(sitting, at)
        place, note = one_line(sitting.place)[:300], one_line(sitting.note)[:300]
        same = (hearing.starts_at, hearing.minutes, hearing.zone, hearing.place, hearing.note)
        if same == (sitting.starts_at, sitting.minutes, sitting.zone, place, note):
            return hearing
        letters.forget_reminders(row, hearing)
        hearing.starts_at, hearing.minutes = sitting.starts_at, sitting.minutes
        hearing.zone, hearing.place, hearing.note = sitting.zone, place, note
        try:
            with transaction.atomic():
                _save(hearing, at)
        except IntegrityError:
            said = _("Another hearing of this case begins then.")
            raise Refused("day", said, "taken") from None
        _tell(hearing, "hearing_moved", by, at)
        letters.remind(hearing, at=at)
    return hearing


def call_off(case: CourtCase, hearing_id: int, *, by: Actor, at: datetime) -> CaseHearing:
    """Call a planned hearing off; a second press changes nothing. Raise Refused."""
    with transaction.atomic():
        row = _of_lawyer(case, by)
        hearing = _of(row, hearing_id)
        if hearing.state == HearingState.CANCELLED:
            return hearing
        _must_be_planned(hearing)
        letters.forget_reminders(row, hearing)
        hearing.state = HearingState.CANCELLED
        _save(hearing, at)
        _tell(hearing, "hearing_cancelled", by, at)
    return hearing


def hold(case: CourtCase, hearing_id: int, *, result: str, by: Actor, at: datetime) -> CaseHearing:
    """Note that a hearing took place and what came of it, once; raise Refused."""
    with transaction.atomic():
        row = _of_lawyer(case, by)
        hearing = _of(row, hearing_id)
        if hearing.state == HearingState.HELD:
            return hearing
        _must_be_planned(hearing)
        said = paragraphs(result)[:1_000]
        if not said:
            raise Refused("result", _("Write what came of it."), "result")
        if hearing.starts_at > at:
            raise Refused("result", _("It has not begun yet."), "early")
        letters.forget_reminders(row, hearing)
        hearing.state, hearing.result = HearingState.HELD, said
        _save(hearing, at)
        story.event(row, "hearing_held", Side.LAWYER, by, at, text=said, day=hearing.local.date())
    return hearing


def _of_lawyer(case: CourtCase, by: Actor) -> CourtCase:
    row = story.locked(case, by)
    if side_of(row, by) != Side.LAWYER:
        raise NotFound
    if row.is_over:
        raise Refused("", _("The case is over."), "over")
    return row


def _of(case: CourtCase, hearing_id: int) -> CaseHearing:
    hearing = CaseHearing.objects.filter(case=case, pk=hearing_id).first()
    if hearing is None:
        raise NotFound
    hearing.case = case
    return hearing


def _must_be_planned(hearing: CaseHearing) -> None:
    if hearing.state != HearingState.PLANNED:
        raise Refused("", _("This hearing is over or called off already."), "not_planned")


def _check(sitting: Sitting, at: datetime) -> None:
    if sitting.starts_at <= at:
        raise Refused("day", _("This moment is past."), "past")
    if not one_line(sitting.place):
        raise Refused("place", _("Say where."), "place")


def _save(hearing: CaseHearing, at: datetime) -> None:
    hearing.sequence, hearing.changed_at = hearing.sequence + 1, at
    hearing.save()


def _tell(hearing: CaseHearing, news: str, by: Actor, at: datetime) -> None:
    story.event(
        hearing.case,
        news,
        Side.LAWYER,
        by,
        at,
        text=f"{letters.when(hearing)}. {hearing.place}",
        day=hearing.local.date(),
    )
    letters.hearing_told(hearing, news, by=Side.LAWYER, at=at)


def as_calendar(hearings: Iterable[CaseHearing], *, link: str = "") -> bytes:
    """Return the hearings as a calendar file; cancelled ones say so. No person is named."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "portal"
    return calendar_file(
        [
            Event(
                uid=f"{hearing.uid}@{host}",
                starts_at=hearing.starts_at,
                ends_at=hearing.ends_at,
                zone=ZoneInfo(hearing.zone),
                summary=_("Court hearing, case № %(number)s") % {"number": hearing.case_id},
                description=hearing.note,
                place=hearing.place,
                url=link or f"{settings.PUBLIC_URL}{hearing.case.get_absolute_url()}",
                changed_at=hearing.changed_at,
                sequence=hearing.sequence,
                is_cancelled=hearing.state == HearingState.CANCELLED,
                remind_before=RINGS_BEFORE,
            )
            for hearing in hearings
        ],
        name=_("Court hearings"),
    )
