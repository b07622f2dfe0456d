"""Meetings of a seminar as events of a calendar."""

from __future__ import annotations

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.calendars import Event
from outreach.models import Meeting, Seminar, SeminarState, SignUp
from outreach.seminars import letters


def zone() -> ZoneInfo:
    """Return the city's zone."""
    return ZoneInfo(timezone.get_current_timezone_name())


def uid_of(kind: str, key: object) -> str:
    """Return an event's name that is unique in the world and never changes."""
    return f"{kind}-{key}@{urlsplit(settings.PUBLIC_URL).hostname}"


def events_of(seminar: Seminar, *, sign_up: SignUp | None = None) -> list[Event]:
    """Return the meetings; the link of the call only in the file of somebody signed up."""
    return [event_of(meeting, seminar, sign_up=sign_up) for meeting in seminar.meetings.all()]


def event_of(meeting: Meeting, seminar: Seminar, *, sign_up: SignUp | None = None) -> Event:
    """Return one meeting."""
    lines = [meeting.title, _("Speaker: %(speaker)s") % {"speaker": seminar.speaker}]
    if sign_up is not None and seminar.online_link:
        lines.append(seminar.online_link)
    path = seminar.get_absolute_url() if sign_up is None else letters.own_path(sign_up)
    return Event(
        uid=uid_of("seminar", meeting.uid),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        zone=zone(),
        summary=seminar.title,
        changed_at=seminar.changed_at,
        description="\n".join(filter(None, lines)),
        place=seminar.place or _("By video"),
        url=f"{settings.PUBLIC_URL}{path}",
        sequence=seminar.revision,
        is_cancelled=seminar.state == SeminarState.CANCELLED,
        remind_before=None if sign_up is None else letters.REMIND_BEFORE,
    )
