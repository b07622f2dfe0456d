"""
Booking, moving and cancelling a call-back.

A quarter of an hour has places; each call-back holds one. The lock lets people choose a place one
after another; the unique constraint has the last word.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts import emails, idempotency, phones
from accounts.signed_links import SignedLinks
from notifications import outbox
from notifications.said import lower, words
from outreach import senders
from outreach.hotline import hours, windows
from outreach.models import CallBack, CallBackState, Topic
from requests_app.typed_text import one_line, paragraphs

QUESTION_MAX = 1_000
NAME_MAX = 200
# Bookings that one sender may make in an hour, and that one number may hold: nobody lets us ring
# somebody else's phone all day.
BOOKINGS_AN_HOUR = 5
HELD_BY_A_PHONE = 2
KEPT_FOR = timedelta(days=365)
LINKS = SignedLinks("outreach.call_back")
_LOCK = 0xCA11


class Taken(Exception):
    """The quarter is full, past, too near, or on a day on which nobody calls."""

    def __init__(self) -> None:
        super().__init__(_("This time is taken. Choose another."))


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whom we call and what about, as typed."""

    phone: str
    topic: str
    name: str = ""
    email: str = ""
    question: str = ""
    consent: bool = False


def count_booking(*, address: str, at: datetime) -> None:
    """Count an attempt of a sender; raise TooMany. Call outside the transaction."""
    words = _("Too many bookings from one address. Try again later.")
    senders.count_attempt("call-back", limit=BOOKINGS_AN_HOUR, address=address, words=words, at=at)


def book(
    starts_at: datetime,
    caller: Caller,
    *,
    user_id: int | None,
    at: datetime,
    idempotency_key: str = "",
) -> CallBack:
    """
    Book a call in the quarter that begins at `starts_at`.

    Raise Invalid, Taken, or KeyReused. A second press with the same key returns the first one.
    """
    found = checked(caller)
    with transaction.atomic():
        fresh = None
        if idempotency_key:
            claimed = idempotency.claim(
                scope="call-back",
                key=idempotency_key,
                fingerprint=idempotency.fingerprint_of(
                    {"starts_at": starts_at.isoformat(), **vars(found)}
                ),
                at=at,
            )
            if isinstance(claimed, idempotency.Replay):
                return CallBack.objects.get(pk=claimed.result["call_back"])
            fresh = claimed
        line = _free_line(starts_at, at=at)
        ahead = CallBack.objects.waiting().filter(phone=found.phone, starts_at__gt=at)
        if ahead.count() >= HELD_BY_A_PHONE:
            raise senders.Invalid(
                {"phone": _("This number already waits for calls. We will ring it.")}
            )
        made = CallBack.objects.create(
            starts_at=starts_at,
            line=line,
            name=found.name,
            phone=found.phone,
            email=found.email,
            topic=found.topic,
            question=found.question,
            user_id=user_id,
            made_at=at,
        )
        _tell(made, "booked", at=at)
        if fresh is not None:
            fresh.remember({"call_back": made.pk})
        return made


@transaction.atomic
def move(call_back: CallBack, starts_at: datetime, *, at: datetime) -> CallBack:
    """Let us call in another quarter. Raise Taken; the old one then stays theirs."""
    row = _held(call_back, at=at)
    if row is None:
        raise Taken
    if row.starts_at != starts_at:
        row.starts_at, row.line = starts_at, _free_line(starts_at, at=at)
        row.save(update_fields=["starts_at", "line"])
        _tell(row, "moved", at=at)
    return row


@transaction.atomic
def cancel(call_back: CallBack, *, at: datetime) -> bool:
    """Give the quarter back; False when it was not held any more or the call is near."""
    row = _held(call_back, at=at)
    if row is None:
        return False
    row.state = CallBackState.CANCELLED
    row.save(update_fields=["state"])
    _tell(row, "cancelled", at=at)
    return True


def may_change(call_back: CallBack, *, at: datetime) -> bool:
    """Return whether the person may still move or cancel it."""
    return call_back.state == CallBackState.BOOKED and call_back.starts_at > at + windows.CLOSES


def checked(caller: Caller) -> Caller:
    """Return the caller as it is kept; raise Invalid naming every field that cannot be used."""
    errors: dict[str, str] = {}
    phone, email = "", ""
    try:
        phone = phones.normalise(caller.phone)
    except ValueError:
        errors["phone"] = _("This is not a phone number: +7 900 000-00-00.")
    try:
        email = emails.normalise(one_line(caller.email)) if caller.email.strip() else ""
    except ValueError:
        errors["email"] = _("This is not an e-mail address: name@example.org.")
    if caller.topic not in Topic.values:
        errors["topic"] = _("Choose what it is about.")
    question = paragraphs(caller.question)
    if len(question) > QUESTION_MAX:
        errors["question"] = _("At most %(limit)d characters.") % {"limit": QUESTION_MAX}
    if not caller.consent:
        errors["consent"] = _("Without your consent we may not keep your name and contact.")
    if errors:
        raise senders.Invalid(errors)
    return Caller(
        phone=phone,
        topic=caller.topic,
        name=one_line(caller.name)[:NAME_MAX],
        email=email,
        question=question,
        consent=True,
    )


def token_of(call_back: CallBack) -> str:
    """Return what the person's link carries."""
    return LINKS.token_of(str(call_back.uid))


def uid_in(token: str) -> str | None:
    """Return the uid that a link carries; None for a forged one."""
    uid: str | None = LINKS.value_in(token)
    return uid


def own_link(call_back_id: int) -> str:
    """Return the path of a call-back; for notifications.rendering."""
    found = CallBack.objects.only("uid").get(pk=call_back_id)
    return reverse("outreach:call_back", args=[token_of(found)])


def when(starts_at: datetime) -> str:
    """Return «1 декабря 2026, вторник, 14:15–14:30» in the city's zone."""
    start = timezone.localtime(starts_at)
    end = timezone.localtime(starts_at + windows.QUARTER)
    return f"{lower(formats.date_format(start, 'j E Y, l'))}, {start:%H:%M}–{end:%H:%M}"


def when_words(written: str) -> str:
    """Return `when` of a stored moment; for notifications.said."""
    return when(datetime.fromisoformat(written))


@transaction.atomic
def forget(*, at: datetime, batch: int = 500) -> int:
    """Erase what names the people of up to `batch` call-backs long over; the count stays."""
    old = list(
        CallBack.objects.filter(erased_at=None, starts_at__lt=at - KEPT_FOR)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")[:batch]
    )
    return erase(old, at=at)


def erase(rows: Collection[CallBack], *, at: datetime) -> int:
    """Erase who these calls were for, in the caller's transaction; return how many."""
    outbox.forget([f"call-back:{row.uid}" for row in rows])
    return CallBack.objects.filter(pk__in=[row.pk for row in rows]).update(
        name="", phone="", email="", question="", user=None, erased_at=at
    )


def _free_line(starts_at: datetime, *, at: datetime) -> int:
    """Return the first free place of the quarter, which is then ours alone; raise Taken."""
    day = timezone.localtime(starts_at).date()
    fit = hours.quarters(day, hours.rows()).get(starts_at, 0)
    if not fit or not at + windows.CLOSES < starts_at <= at + timedelta(
        days=windows.AHEAD_DAYS + 1
    ):
        raise Taken
    with connection.cursor() as cursor:
        # Lock before reading: two people at once would both see the same free place.
        number = int(starts_at.timestamp()) // int(windows.QUARTER.total_seconds())
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, number])
    held = set(CallBack.objects.held().filter(starts_at=starts_at).values_list("line", flat=True))
    if len(held) >= fit:
        raise Taken
    return next(line for line in range(1, fit + len(held) + 1) if line not in held)


def _held(call_back: CallBack, *, at: datetime) -> CallBack | None:
    row = CallBack.objects.select_for_update().get(pk=call_back.pk)
    return row if may_change(row, at=at) else None


def _tell(call_back: CallBack, news: str, *, at: datetime) -> None:
    """Write to the person, if there is an address: booked, moved, cancelled."""
    if not call_back.email:
        return
    outbox.enqueue(
        event=f"call_back.{news}",
        template="outreach/mail/call_back",
        to=call_back.email,
        context={
            "news": news,
            "when": words("call_back", call_back.starts_at.isoformat()),
            "link": {"link": "call_back", "id": call_back.pk},
        },
        topic=f"call-back:{call_back.uid}",
        dedupe_key=f"call-back:{news}:{call_back.uid}:{call_back.starts_at.isoformat()}",
        at=at,
        user_id=call_back.user_id,
        why=noop("You asked the contact centre to call you."),
    )
