"""
Webhooks: news to a program, signed so that it can tell ours from anybody's.

The body is JSON. `X-Portal-Signature: t=<unix seconds>,v1=<hex>` is HMAC-SHA256, keyed by the
destination's secret, over the seconds, a dot and the body; a receiver refuses what is older than
five minutes. `Idempotency-Key` is the same when the same news comes again.
"""

from __future__ import annotations

import hmac
import json
import secrets
from datetime import datetime
from hashlib import sha256

from django.utils.timezone import now

from notifications import destinations, outbound
from notifications.channels import (
    Limits,
    NeverDelivered,
    NoSuchAddress,
    Sent,
    TryLater,
    as_shown,
)
from notifications.models import Destination, Message, StopReason
from notifications.rendering import Rendered

LIMITS = outbound.Limits(connect=5, read=10, total=15, answer=16 * 1024)
GONE = 410
SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets begin with


def new_secret() -> str:
    """Return a secret for a new receiver; it is shown to its owner once."""
    return SECRET_PREFIX + secrets.token_urlsafe(32)


def signature(body: bytes, *, secret: str, at: datetime) -> str:
    """Return the value of X-Portal-Signature."""
    seconds = int(at.timestamp())
    signed = hmac.new(secret.encode(), b"%d." % seconds + body, sha256).hexdigest()
    return f"t={seconds},v1={signed}"


class WebhookChannel:
    """Posts each message to its receiver; what fails is tried again by the outbox."""

    limits = Limits(at_once=8)
    is_set_up = True

    def send(self, message: Message, letter: Rendered) -> Sent:
        """Post one message; any 2xx is a receipt."""
        place = (
            Destination.objects.filter(
                channel=message.channel, address=message.recipient, stopped_at=None
            )
            .order_by("-confirmed_at")
            .first()
        )
        if place is None:
            raise NeverDelivered("the receiver is no longer known")
        body = body_of(message, letter)
        try:
            answer = outbound.call(
                message.recipient,
                body=body,
                headers={
                    "Content-Type": "application/json",
                    "Idempotency-Key": f"message-{message.pk}",
                    "X-Portal-Signature": signature(body, secret=place.keys["secret"], at=now()),
                },
                limits=LIMITS,
            )
        except outbound.BadAnswer as odd:
            raise TryLater(f"the receiver: {odd}") from None
        except outbound.Refused as refused:
            raise NoSuchAddress(f"the receiver: {refused}", reason=StopReason.REFUSED) from None
        except outbound.Unreachable as broken:
            # One receiver's trouble is nobody else's: the channel itself is in order.
            raise TryLater(f"the receiver: {broken}") from None
        if answer.status == GONE:
            raise NoSuchAddress("the receiver is gone for good", reason=StopReason.GONE)
        if not answer.is_ok:
            raise TryLater(f"the receiver answers {answer.status}")
        if place.confirmed_at is None:
            destinations.confirm_claim(place, at=now())
        return Sent(raw=as_shown(message, title=letter.subject, text=body.decode()))

    def rest(self) -> None:
        """Nothing is kept open."""


def body_of(message: Message, letter: Rendered) -> bytes:
    """Return what is posted: the news in words, with what it is about and where to read on."""
    told = {
        "id": f"message-{message.pk}",
        "event": message.event,
        "topic": message.topic,
        "at": message.created_at.isoformat(),
        "title": letter.subject,
        "text": letter.short,
        "url": letter.url,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
