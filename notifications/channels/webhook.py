"""
Webhooks: events to another system, signed so that it can tell ours from anybody's.

docs/webhooks.md describes what is posted. A receiver has a gate of its own: however slow or broken
it is, the others and the letters to people go on.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.timezone import now

from notifications import gate, outbound
from notifications.channels import Limits, NeverDelivered, OfNoUse, Sent, TryLater, as_shown
from notifications.models import Message, WebhookSubscription
from notifications.rendering import Rendered
from notifications.webhooks import health, payloads, signing
from notifications.webhooks.catalogue import TEST

LIMITS = outbound.Limits(connect=5, read=8, total=10, answer=16 * 1024)
# How much one receiver bears at a time.
OF_RECEIVER = Limits(at_once=2, breaks_after=health.RESTS_AFTER)
GONE = 410


class WebhookChannel:
    """Posts each message to its receiver; what fails is tried again by the outbox."""

    is_set_up = True

    @property
    def limits(self) -> Limits:
        """How many receivers may keep workers waiting at once; letters need the others."""
        return Limits(at_once=settings.WEBHOOKS_AT_ONCE)

    def send(self, message: Message, letter: Rendered) -> Sent:
        """Post one message; any 2xx is a receipt."""
        subscription = _subscription(message)
        body = payloads.body_of(subscription, message)
        if body is None:
            raise OfNoUse("nobody whose it is may read of it")
        at = now()
        name = health.gate_of(subscription)
        try:
            place = gate.enter(name, OF_RECEIVER, at=at)
        except gate.Shut as shut:
            raise gate.Shut(
                shut.until, why="the receiver rests", only_for=message.recipient
            ) from None
        try:
            _post(subscription, message, body, at=at)
        except TryLater as failed:
            rest = health.rest_after(subscription.failures)
            gate.broke(name, OF_RECEIVER, error=str(failed), at=now(), rest=rest)
            raise
        else:
            gate.worked(name, place)
        finally:
            gate.leave(name, place, at=now())
        return Sent(raw=as_shown(message, title=letter.subject, text=body.decode()))

    def rest(self) -> None:
        """Nothing is kept open."""


def _subscription(message: Message) -> WebhookSubscription:
    rows = WebhookSubscription.objects.select_related("owner")
    found = (
        rows.filter(pk=int(message.recipient)).first() if message.recipient.isdecimal() else None
    )
    if found is None:
        raise OfNoUse("the subscription is gone")
    if not found.is_on and message.context.get("type") != TEST.code:
        raise NeverDelivered("the subscription is switched off")
    return found


def _post(
    subscription: WebhookSubscription, message: Message, body: bytes, *, at: datetime
) -> None:
    """Call the receiver and write down how it went; raise TryLater or NeverDelivered."""
    secrets = signing.secrets_of(subscription, at=at)
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": message.context["id"],
        "X-Portal-Event": message.context["type"],
        "X-Portal-Event-Id": message.context["id"],
        "X-Portal-Signature": signing.signature(body, secrets=secrets, at=at),
    }
    began = time.monotonic()
    try:
        answer = outbound.call(subscription.url, body=body, headers=headers, limits=LIMITS)
    except (outbound.Refused, outbound.Unreachable) as failed:
        error = f"the receiver: {failed}"
        health.note(message, at=at, took_ms=_ms(began), error=error)
        health.failed(subscription, at=at)
        if isinstance(failed, outbound.Refused) and not isinstance(failed, outbound.BadAnswer):
            # An address that may not be called now will hardly become one by itself.
            raise NeverDelivered(error) from None
        raise TryLater(error) from None
    error = "" if answer.is_ok else f"the receiver answers {answer.status}"
    health.note(
        message,
        at=at,
        took_ms=_ms(began),
        status=answer.status,
        answer=answer.body,
        error=error,
    )
    if answer.is_ok:
        health.worked(subscription, at=at)
        return
    health.failed(subscription, at=at, gone=answer.status == GONE)
    if answer.status == GONE:
        raise NeverDelivered("the receiver is gone for good")
    raise TryLater(error)


def _ms(began: float) -> int:
    return round(timedelta(seconds=time.monotonic() - began) / timedelta(milliseconds=1))
