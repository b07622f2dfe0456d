"""Letters of a seminar: a seat, the waiting list, changes, the reminder, what comes after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext_noop as noop

from accounts.signed_links import SignedLinks
from notifications import outbox
from notifications.models import Message, State
from notifications.said import lower, words
from outreach.models import Meeting, Seminar, SignUp

REMIND_BEFORE = timedelta(hours=24)
_LINKS = SignedLinks("outreach.seminar")


def token_of(sign_up: SignUp) -> str:
    """Return what the link of the letter carries: the uid, signed."""
    return _LINKS.token_of(str(sign_up.uid))


def uid_in(token: str) -> str | None:
    """Return the uid that a link carries; None for a forged one."""
    uid: str | None = _LINKS.value_in(token)
    return uid


def own_path(sign_up: SignUp) -> str:
    """Return the path of a person's own page."""
    return reverse("outreach:sign_up", args=[token_of(sign_up)])


def own_link(sign_up_id: int) -> str:
    """Return the path of a sign-up; for notifications.rendering."""
    return own_path(SignUp.objects.only("uid").get(pk=sign_up_id))


def calendar_link(sign_up_id: int) -> str:
    """Return the path of a sign-up's calendar file; for notifications.rendering."""
    sign_up = SignUp.objects.only("uid").get(pk=sign_up_id)
    return reverse("outreach:sign_up_calendar", args=[token_of(sign_up)])


def topic_of(sign_up: SignUp) -> str:
    """Return the topic of all letters about a sign-up."""
    return f"seminar:{sign_up.uid}"


def tell(
    sign_ups: Iterable[SignUp],
    news: str,
    *,
    seminar: Seminar,
    at: datetime,
    reminds: Iterable[SignUp] = (),
) -> int:
    """
    Write to people what became of their sign-up, if there is an address; return to how many.

    `news`: seated, waiting, offered, offer_over, cancelled, changed, called_off, over, again.
    `reminds` are those to whom reminders leave a day before each meeting; a later sign-up needs
    none. Two statements in all.
    """
    meetings = list(seminar.meetings.all())
    times = [_when(meeting) for meeting in meetings]
    letters = [
        _letter(
            sign_up,
            news,
            seminar=seminar,
            times=times,
            dedupe_key=f"seminar:{news}:{sign_up.uid}:{_turn(sign_up, news, seminar, at)}",
        )
        for sign_up in sign_ups
        if sign_up.email
    ]
    reminders = [
        _letter(
            sign_up,
            "reminder",
            seminar=seminar,
            times=[_when(meeting)],
            dedupe_key=(
                f"seminar:reminder:{sign_up.uid}:{meeting.pk}"
                f":{meeting.starts_at.timestamp():.0f}:{seminar.revision}"
            ),
            not_before=meeting.starts_at - REMIND_BEFORE,
            expires_at=meeting.starts_at,
        )
        for sign_up in reminds
        if sign_up.email
        for meeting in meetings
        if meeting.starts_at - REMIND_BEFORE > at
    ]
    outbox.enqueue_many([*letters, *reminders], at=at)
    return len(letters)


def _letter(
    sign_up: SignUp,
    news: str,
    *,
    seminar: Seminar,
    times: list[Any],
    dedupe_key: str,
    not_before: datetime | None = None,
    expires_at: datetime | None = None,
) -> outbox.Letter:
    return outbox.Letter(
        event=f"seminar.{news}",
        template="outreach/mail/seminar",
        to=sign_up.email,
        context={
            "news": news,
            **_context(seminar, times),
            "code": sign_up.code,
            "until": words("moment_of_week", sign_up.offered_until.isoformat())
            if sign_up.offered_until
            else "",
            "link": {"link": "seminar", "id": sign_up.pk},
            "calendar": {"link": "seminar_calendar", "id": sign_up.pk},
        },
        topic=topic_of(sign_up),
        dedupe_key=dedupe_key,
        not_before=not_before,
        expires_at=expires_at,
        user_id=sign_up.user_id,
        why=noop("You signed up for a seminar."),
    )


def forget_reminders(sign_ups: Iterable[SignUp]) -> None:
    """Take back reminders of what will not be."""
    topics = [topic_of(sign_up) for sign_up in sign_ups]
    Message.objects.filter(topic__in=topics, event="seminar.reminder", state=State.QUEUED).delete()


def when(meeting: Meeting) -> str:
    """Return «1 декабря 2026, вторник, 14:00–16:00» in the city's zone."""
    return hours_words([meeting.starts_at.isoformat(), meeting.ends_at.isoformat()])


def _when(meeting: Meeting) -> dict[str, Any]:
    return words("hours_of_day", [meeting.starts_at.isoformat(), meeting.ends_at.isoformat()])


def hours_words(written: list[str]) -> str:
    """Return `when` of [start, end]; for notifications.said."""
    start, end = (timezone.localtime(datetime.fromisoformat(one)) for one in written)
    until = f"{end:%H:%M}"
    if end.date() != start.date():
        until = moment_words(end.isoformat())
    return f"{lower(formats.date_format(start, 'j E Y, l'))}, {start:%H:%M}–{until}"


def _turn(sign_up: SignUp, news: str, seminar: Seminar, at: datetime) -> str:
    """Return what makes the same news another letter the next time."""
    if news == "changed":
        return str(seminar.revision)
    if news == "again":
        # However often somebody tries: one letter an hour.
        return f"{at:%Y%m%d%H}"
    if news in {"offered", "offer_over"}:
        return sign_up.offered_until.isoformat() if sign_up.offered_until else "over"
    return ""


def moment_words(written: str) -> str:
    """Return «1 декабря, вторник, 14:00» in the city's zone; for notifications.said."""
    local = timezone.localtime(datetime.fromisoformat(written))
    return f"{lower(formats.date_format(local, 'j E, l'))}, {local:%H:%M}"


def _context(seminar: Seminar, times: list[Any]) -> dict[str, object]:
    return {
        "title": seminar.title,
        "speaker": seminar.speaker,
        "times": times,
        "place": seminar.place,
        "online": bool(seminar.online_link),
        "reason": seminar.cancel_reason,
    }
