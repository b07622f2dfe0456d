"""
Signing up, giving up, waiting.

The seminar's row is locked first, and each seat is a number that the database gives once: of two
hundred presses for ten seats ten go through, and the rest are offered the waiting list.
"""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Min, Q
from django.utils.translation import gettext as _

from accounts import emails, idempotency, phones
from outreach import senders
from outreach.models import Meeting, Seminar, SeminarState, SignUp, SignUpState
from outreach.seminars import letters
from requests_app.typed_text import one_line

NAME_MAX = 200
SIGN_UPS_AN_HOUR = 10
# How long an offered seat waits for its yes, and how near to the beginning none is offered.
OFFER_HOLDS = timedelta(hours=24)
LAST_OFFER = timedelta(hours=1)
# Without letters and digits that are taken for each other.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 6
_FREE_SEAT = """
SELECT number FROM generate_series(1, %s) AS number
WHERE NOT EXISTS (
    SELECT FROM outreach_signup AS taken WHERE taken.seminar_id = %s AND taken.seat = number
)
ORDER BY number LIMIT 1
"""


class Closed(Exception):
    """The seminar takes nobody any more: closed, called off, over."""

    def __init__(self) -> None:
        super().__init__(_("Sign-up is closed."))


class Full(Exception):
    """Every seat is taken; one may wait."""

    def __init__(self) -> None:
        super().__init__(_("All seats are taken."))


class Already(Exception):
    """The e-mail or phone is signed up; the letter with the link has left once more."""

    def __init__(self) -> None:
        super().__init__(
            _("There is a sign-up with this e-mail or phone. Its link is in the letter.")
        )


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who comes, as typed."""

    name: str
    email: str = ""
    phone: str = ""
    district: str = ""
    consent: bool = False


def is_open(seminar: Seminar, *, at: datetime) -> bool:
    """Return whether the seminar takes sign-ups: until the moment it closes, and not at it."""
    return seminar.state == SeminarState.OPEN and at < seminar.closes_at


def free_seats(seminar: Seminar) -> int:
    """Return how many seats of a seminar `with_seats` are free."""
    taken: int = seminar.taken  # type: ignore[attr-defined]
    return max(0, seminar.capacity - taken)


def count_sign_up(*, address: str, at: datetime) -> None:
    """Count an attempt of a sender; raise TooMany. Call outside the transaction."""
    words = _("Too many sign-ups from one address. Try again later.")
    senders.count_attempt("seminars", limit=SIGN_UPS_AN_HOUR, address=address, words=words, at=at)


def sign_up(
    seminar_id: int,
    person: Person,
    *,
    user_id: int | None,
    at: datetime,
    may_wait: bool = False,
    idempotency_key: str = "",
) -> SignUp:
    """
    Give a seat, or a place in the waiting list to whoever `may_wait`.

    Raise Invalid, Closed, Full, Already, or KeyReused for a key that came with another body. A
    second press with the same key returns the first one's sign-up.
    """
    found = checked(person)
    try:
        with transaction.atomic():
            fresh = None
            if idempotency_key:
                claimed = idempotency.claim(
                    scope="seminar",
                    key=idempotency_key,
                    fingerprint=idempotency.fingerprint_of(
                        {"seminar": seminar_id, "wait": may_wait, **vars(found)}
                    ),
                    at=at,
                )
                if isinstance(claimed, idempotency.Replay):
                    return SignUp.objects.select_related("seminar").get(
                        pk=claimed.result["sign_up"]
                    )
                fresh = claimed
            seminar = locked(seminar_id)
            if seminar is None or not is_open(seminar, at=at):
                raise Closed
            _refuse_twins(seminar, found)
            seat = free_seat(seminar)
            if seat is None and not may_wait:
                raise Full
            made = SignUp.objects.create(
                seminar=seminar,
                seat=seat,
                state=SignUpState.WAITING if seat is None else SignUpState.SEATED,
                code=new_code(seminar),
                name=found.name,
                email=found.email,
                phone=found.phone,
                district=found.district,
                user_id=user_id,
                made_at=at,
            )
            seated = [] if seat is None else [made]
            letters.tell([made], made.state, seminar=seminar, at=at, reminds=seated)
            if fresh is not None:
                fresh.remember({"sign_up": made.pk})
            return made
    except _Twin as twin:
        if twin.email:
            # The link goes to the address alone: whoever types it here is not told of it.
            letters.tell([twin.sign_up], "again", seminar=twin.sign_up.seminar, at=at)
        raise Already from None


@transaction.atomic
def cancel(sign_up: SignUp, *, at: datetime) -> bool:
    """Give the seat up, or the place in the list; False when there was none. The next moves up."""
    seminar = locked(sign_up.seminar_id)
    row = SignUp.objects.alive().select_for_update().filter(pk=sign_up.pk).first()
    if seminar is None or row is None or seminar.finished_at is not None:
        return False
    row.state, row.seat, row.offered_until = SignUpState.CANCELLED, None, None
    row.save(update_fields=["state", "seat", "offered_until"])
    letters.forget_reminders([row])
    letters.tell([row], "cancelled", seminar=seminar, at=at)
    offer_seats(seminar, at=at)
    return True


@transaction.atomic
def confirm(sign_up: SignUp, *, at: datetime) -> bool:
    """Say yes to an offered seat; False when the offer ran out."""
    seminar = locked(sign_up.seminar_id)
    row = SignUp.objects.select_for_update().filter(pk=sign_up.pk).first()
    if seminar is None or row is None or row.state != SignUpState.OFFERED:
        return row is not None and row.state == SignUpState.SEATED
    if row.offered_until is None or row.offered_until <= at:
        return False
    row.state, row.offered_until = SignUpState.SEATED, None
    row.save(update_fields=["state", "offered_until"])
    letters.tell([row], "seated", seminar=seminar, at=at, reminds=[row])
    return True


def change(sign_up: SignUp, person: Person, *, at: datetime) -> None:
    """Change the name and the district; raise Invalid. Erased or given up, nothing changes."""
    wanted = Person(
        name=person.name,
        district=person.district,
        email=sign_up.email,
        phone=sign_up.phone,
        consent=True,
    )
    found = checked(wanted)
    SignUp.objects.alive().filter(pk=sign_up.pk, erased_at=None).update(
        name=found.name, district=found.district
    )


def offer_seats(seminar: Seminar, *, at: datetime) -> int:
    """Offer the free seats of the locked seminar to whoever waits longest; return how many."""
    begins = Meeting.objects.filter(seminar=seminar).aggregate(at=Min("starts_at"))["at"]
    if seminar.state != SeminarState.OPEN or begins is None:
        return 0
    until = min(at + OFFER_HOLDS, begins - LAST_OFFER)
    offered = 0
    while until > at:
        waiting = SignUp.objects.select_for_update().filter(
            seminar=seminar, state=SignUpState.WAITING
        )
        first = waiting.order_by("made_at", "pk").first()
        seat = free_seat(seminar) if first else None
        if first is None or seat is None:
            break
        first.state, first.seat, first.offered_until = SignUpState.OFFERED, seat, until
        first.save(update_fields=["state", "seat", "offered_until"])
        letters.tell([first], "offered", seminar=seminar, at=at)
        offered += 1
    return offered


def end_offers(*, at: datetime) -> int:
    """Take back the seats nobody said yes to and offer them on; return how many."""
    ended = 0
    due = SignUp.objects.filter(state=SignUpState.OFFERED, offered_until__lte=at)
    for seminar_id in due.values_list("seminar", flat=True).distinct():
        with transaction.atomic():
            seminar = locked(seminar_id)
            if seminar is None:
                continue
            rows = list(due.select_for_update().filter(seminar=seminar))
            letters.tell(rows, "offer_over", seminar=seminar, at=at)
            SignUp.objects.filter(pk__in=[row.pk for row in rows]).update(
                state=SignUpState.CANCELLED, seat=None, offered_until=None
            )
            offer_seats(seminar, at=at)
            ended += len(rows)
    return ended


def locked(seminar_id: int) -> Seminar | None:
    """Return the seminar's row, locked: everything about its seats waits for this."""
    return Seminar.objects.select_for_update().filter(pk=seminar_id).first()


def free_seat(seminar: Seminar) -> int | None:
    """Return the lowest free seat of the locked seminar."""
    with connection.cursor() as cursor:
        cursor.execute(_FREE_SEAT, [seminar.capacity, seminar.pk])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def new_code(seminar: Seminar) -> str:
    """Return a code that nobody of the locked seminar has."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _sign in range(_CODE_LENGTH))
        if not SignUp.objects.filter(seminar=seminar, code=code).exists():
            return code


def checked(person: Person, *, needs_contact: bool = True) -> Person:
    """Return the person as kept; raise Invalid naming every field that cannot be used."""
    errors: dict[str, str] = {}
    name = one_line(person.name)[:NAME_MAX]
    if not name:
        errors["name"] = _("Say your name: it stands on the certificate.")
    email, phone = one_line(person.email), one_line(person.phone)
    if email:
        try:
            email = emails.normalise(email)
        except ValueError:
            errors["email"] = _("This is not an e-mail address: name@example.org.")
    if phone:
        try:
            phone = phones.normalise(phone)
        except ValueError:
            errors["phone"] = _("This is not a phone number: +7 900 000-00-00.")
    if needs_contact and not email and not phone:
        errors["email"] = _("Leave an e-mail or a phone: we must be able to answer.")
    district = person.district if person.district in settings.CITY.districts else ""
    if not person.consent:
        errors["consent"] = _("Without your consent we may not keep your name and contact.")
    if errors:
        raise senders.Invalid(errors)
    return Person(name=name, email=email, phone=phone, district=district, consent=True)


def find(uid: str | None) -> SignUp | None:
    """Return the sign-up of a link, unless it is erased."""
    try:
        wanted = uuid.UUID(uid or "")
    except ValueError:
        return None
    return SignUp.objects.select_related("seminar").filter(uid=wanted, erased_at=None).first()


class _Twin(Exception):
    """Somebody is there already; the transaction goes back before the letter is written."""

    def __init__(self, sign_up: SignUp, *, email: bool) -> None:
        self.sign_up, self.email = sign_up, email


def _refuse_twins(seminar: Seminar, person: Person) -> None:
    same = Q()
    if person.email:
        same |= Q(email=person.email)
    if person.phone:
        same |= Q(phone=person.phone)
    twin = SignUp.objects.alive().select_related("seminar").filter(same, seminar=seminar).first()
    if twin is not None:
        raise _Twin(twin, email=bool(person.email) and twin.email == person.email)
