"""A phone is a person's once they type back the code that an SMS brought there."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts import throttling
from accounts.models import User
from notifications import destinations, outbox
from notifications.models import ChannelCode, Destination, Priority
from notifications.querysets import DestinationQuerySet

CODE_KEPT = timedelta(minutes=15)
MOST_TRIES = 5
# An SMS costs money, and a stranger's phone must not be rung all day.
A_PERSON, A_PHONE, WINDOW = 5, 3, timedelta(hours=1)


class Refused(Exception):
    """The phone cannot be claimed or confirmed now; the text is for its person."""


def ask(user: User, phone: str, *, at: datetime) -> None:
    """Send a code to this phone (E.164); raise Refused."""
    for bucket, key, limit in (
        ("sms-person", str(user.pk), A_PERSON),
        ("sms-phone", phone, A_PHONE),
    ):
        verdict = throttling.hit(bucket=bucket, key=key, limit=limit, window=WINDOW, at=at)
        if not verdict.allowed:
            raise Refused(_("Too many codes in an hour. Try again later."))
    code = f"{secrets.randbelow(1_000_000):06}"
    with transaction.atomic():
        _claims(user).delete()
        claim = Destination.objects.create(
            user=user,
            channel=ChannelCode.SMS,
            address=phone,
            keys={"code": _digest(phone, code), "until": (at + CODE_KEPT).isoformat(), "tries": 0},
            created_at=at,
        )
        outbox.enqueue(
            event="phone_code",
            template="notifications/mail/phone_code",
            to=phone,
            user_id=user.pk,
            channel=ChannelCode.SMS,
            context={"code": code},
            topic="phone_code",
            dedupe_key=f"phone_code:{claim.pk}",
            why="",
            priority=Priority.EMERGENCY,
            expires_at=at + CODE_KEPT,
            sensitive=True,
            at=at,
        )


def waiting(user: User, *, at: datetime) -> Destination | None:
    """Return the phone whose code is being waited for."""
    claim = _claims(user).first()
    until = parse_datetime(claim.keys["until"]) if claim else None
    return claim if until and until > at else None


def prove(user: User, code: str, *, at: datetime) -> Destination:
    """Confirm the phone that is waited for by its code; raise Refused."""
    with transaction.atomic():
        claim = _claims(user).select_for_update().first()
        until = parse_datetime(claim.keys["until"]) if claim else None
        if claim is None or until is None or until <= at or claim.keys["tries"] >= MOST_TRIES:
            raise Refused(_("The code is too old. Ask for another one."))
        given = _digest(claim.address, code.strip())
        is_right = constant_time_compare(given, claim.keys["code"])
        if is_right:
            claim.keys = {}
            return destinations.confirm_claim(claim, at=at)
        # Counted in a transaction that commits: a refusal must not forgive the try.
        claim.keys["tries"] += 1
        claim.save(update_fields=["keys"])
    raise Refused(_("This is not the code that the SMS brought."))


def _claims(user: User) -> DestinationQuerySet:
    return Destination.objects.filter(
        user=user, channel=ChannelCode.SMS, confirmed_at=None, stopped_at=None
    )


def _digest(phone: str, code: str) -> str:
    return salted_hmac("notifications.phone", f"{phone} {code}", algorithm="sha256").hexdigest()
