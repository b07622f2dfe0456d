"""
Booking, moving and cancelling a time.

The last word on who has a time is the database's: one booking holds a slot, so of two hundred
presses for ten times ten go through and the rest are offered the next free ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import emails, idempotency, phones
from accounts.actors import Operator
from outreach import senders
from outreach.models import Booking, BookingDeed, BookingState, BookingStep, Host, Slot, Waiting
from outreach.reception import letters
from requests_app.typed_text import one_line, paragraphs

QUESTION_MAX = 2_000
NAME_MAX = 200
# So near to its start a time is neither booked nor moved.
CLOSES = timedelta(hours=1)
# Bookings that one sender may make in an hour.
BOOKINGS_AN_HOUR = 10


class Taken(Exception):
    """The time is not free: somebody has it, it is past, or it was called off."""

    def __init__(self) -> None:
        super().__init__(_("This time is taken. Choose another."))


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Who comes and what about, as typed."""

    name: str
    email: str = ""
    phone: str = ""
    question: str = ""
    consent: bool = False


def count_booking(*, address: str, at: datetime) -> None:
    """Count an attempt of a sender; raise TooMany. Call outside the transaction."""
    words = _("Too many bookings from one address. Try again later.")
    senders.count_attempt("reception", limit=BOOKINGS_AN_HOUR, address=address, words=words, at=at)


def book(
    slot_id: int,
    visitor: Visitor,
    *,
    user_id: int | None,
    at: datetime,
    idempotency_key: str = "",
) -> Booking:
    """
    Book the time. Raise Invalid, Taken, or KeyReused for a key that came with another body.

    A second press with the same key returns the first one's booking.
    """
    found = checked(visitor)
    try:
        with transaction.atomic():
            fresh = None
            if idempotency_key:
                claimed = idempotency.claim(
                    scope="reception",
                    key=idempotency_key,
                    fingerprint=idempotency.fingerprint_of({"slot": slot_id, **vars(found)}),
                    at=at,
                )
                if isinstance(claimed, idempotency.Replay):
                    return Booking.objects.select_related("slot__host").get(
                        pk=claimed.result["booking"]
                    )
                fresh = claimed
            slot = _free(slot_id, at=at)
            made = Booking.objects.create(
                slot=slot,
                name=found.name,
                email=found.email,
                phone=found.phone,
                question=found.question,
                user_id=user_id,
                made_at=at,
            )
            letters.tell(made, "booked", at=at)
            letters.remind(made, at=at)
            if fresh is not None:
                fresh.remember({"booking": made.pk})
            return made
    except IntegrityError as broken:
        raise _taken_or(broken) from None


def move(
    booking: Booking, slot_id: int, *, at: datetime, by: Operator | None = None, reason: str = ""
) -> Booking:
    """
    Let the person come at another time. Raise Taken; the old time then stays theirs.

    Whose time was called off chooses another as well. `by`, with the reason that the letter tells:
    who of the staff does it; None is the person.
    """
    try:
        with transaction.atomic():
            row = _held(booking, BookingState.BOOKED, BookingState.LOST)
            is_held = row is not None and row.state == BookingState.BOOKED
            if row is None or (is_held and row.slot.starts_at <= at + CLOSES):
                raise Taken
            slot = _free(slot_id, at=at)
            freed = row.slot
            letters.forget_reminder(row)
            row.slot = slot
            changed(row, BookingState.BOOKED, BookingDeed.MOVED, "slot", by=by, at=at, why=reason)
            letters.tell(row, "moved", at=at, reason=reason)
            letters.remind(row, at=at)
            tell_who_waits(freed, at=at)
            return row
    except IntegrityError as broken:
        raise _taken_or(broken) from None


@transaction.atomic
def cancel(booking: Booking, *, at: datetime, by: Operator | None = None, reason: str = "") -> bool:
    """
    Give the time back; False when it was not held any more. The next in line is told.

    `by` and `reason` as in `move`.
    """
    row = _held(booking, BookingState.BOOKED)
    if row is None:
        return False
    changed(row, BookingState.CANCELLED, BookingDeed.CANCELLED, by=by, at=at, why=reason)
    letters.forget_reminder(row)
    letters.tell(row, "cancelled", at=at, reason=reason)
    tell_who_waits(row.slot, at=at)
    return True


def changed(
    row: Booking,
    state: BookingState,
    deed: BookingDeed,
    *fields: str,
    by: Operator | None,
    at: datetime,
    why: str = "",
) -> None:
    """Keep the new state and `fields` of a locked booking, its next version, and who did what."""
    row.state, row.version = state, row.version + 1
    row.save(update_fields=["state", "version", *fields])
    BookingStep.objects.create(
        booking=row, deed=deed, reason=why, by_id=by.id if by else None, at=at
    )


def wait(host: Host, email: str, *, at: datetime) -> None:
    """Put an address on the host's waiting list; once, however often. Raise Invalid."""
    address = _email(email)
    if address is None:
        raise senders.Invalid({"email": _("This is not an e-mail address: name@example.org.")})
    Waiting.objects.get_or_create(host=host, email=address, told_at=None, defaults={"asked_at": at})


def tell_who_waits(slot: Slot, *, at: datetime) -> None:
    """Tell whoever waits longest that this time is free again, if it still can be booked."""
    if slot.cancelled_at is not None or slot.starts_at <= at + CLOSES:
        return
    waiting = (
        Waiting.objects.select_for_update(skip_locked=True)
        .filter(host=slot.host_id, told_at=None)
        .order_by("asked_at", "pk")
        .first()
    )
    if waiting is None:
        return
    waiting.told_at = at
    waiting.save(update_fields=["told_at"])
    letters.a_time_is_free(waiting, slot, at=at)


def checked(visitor: Visitor) -> Visitor:
    """Return the visitor as it is kept; raise Invalid naming every field that cannot be used."""
    errors: dict[str, str] = {}
    name, question = one_line(visitor.name)[:NAME_MAX], paragraphs(visitor.question)
    if not name:
        errors["name"] = _("Say how to address you.")
    if not question:
        errors["question"] = _("Say in a few words what you come about.")
    elif len(question) > QUESTION_MAX:
        errors["question"] = _("At most %(limit)d characters.") % {"limit": QUESTION_MAX}
    email = _email(visitor.email)
    if email is None:
        errors["email"] = _("This is not an e-mail address: name@example.org.")
    phone = one_line(visitor.phone)
    if phone:
        try:
            phone = phones.normalise(phone)
        except ValueError:
            errors["phone"] = _("This is not a phone number: +7 900 000-00-00.")
    if not email and not phone and "email" not in errors:
        errors["email"] = _("Leave an e-mail or a phone: we must be able to answer.")
    if not visitor.consent:
        errors["consent"] = _("Without your consent we may not keep your name and contact.")
    if errors:
        raise senders.Invalid(errors)
    return Visitor(name=name, email=email or "", phone=phone, question=question, consent=True)


def _email(typed: str) -> str | None:
    """Return the address as it is kept, "" for none, None for what is no address."""
    email = one_line(typed)
    try:
        return emails.normalise(email) if email else ""
    except ValueError:
        return None


def _free(slot_id: int, *, at: datetime) -> Slot:
    """Return the slot, locked against being called off meanwhile; raise Taken."""
    slot = (
        Slot.objects.bookable(at + CLOSES)
        .select_for_update(of=("self",))
        .select_related("host")
        .filter(pk=slot_id)
        .first()
    )
    if slot is None:
        raise Taken
    return slot


def _held(booking: Booking, *states: BookingState) -> Booking | None:
    return (
        Booking.objects.select_for_update(of=("self",))
        .select_related("slot__host")
        .filter(pk=booking.pk, state__in=states)
        .first()
    )


def _taken_or(broken: IntegrityError) -> Exception:
    return Taken() if "booking_one_a_slot" in str(broken) else broken
