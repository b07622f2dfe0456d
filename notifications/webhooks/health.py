"""How a receiver is doing: each call is written down; one that fails for days is switched off."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from accounts.models import CompanyRepresentative, User
from notifications import outbox
from notifications.models import (
    ChannelCode,
    Gate,
    GatePlace,
    Message,
    State,
    WebhookAttempt,
    WebhookOff,
    WebhookSubscription,
)

log = structlog.get_logger(__name__)

# Both must be reached: a receiver that is rarely called has failed for days by two calls.
OFF_AFTER = timedelta(days=3)
OFF_FAILURES = 10
KEPT_FOR = timedelta(days=30)
ANSWER_SHOWN = 1024
OFF_TEMPLATE = "notifications/mail/webhook_off"
# A receiver rests the longer the more calls in a row it has failed.
RESTS_AFTER = 4
FIRST_REST = timedelta(seconds=15)
LONGEST_REST = timedelta(minutes=10)


def note(
    message: Message,
    *,
    at: datetime,
    took_ms: int,
    status: int | None = None,
    answer: bytes = b"",
    error: str = "",
) -> None:
    """Write one call down."""
    shown = (
        answer[:ANSWER_SHOWN]
        .decode("utf-8", "replace")
        .replace("\x00", "\N{REPLACEMENT CHARACTER}")
    )
    WebhookAttempt.objects.create(
        message=message,
        at=at,
        took_ms=took_ms,
        status=status,
        answer=shown,
        error=error[:200],
    )


def worked(subscription: WebhookSubscription, *, at: datetime) -> None:
    """Say that a call was taken."""
    WebhookSubscription.objects.filter(pk=subscription.pk).update(
        failures=0, failing_since=None, last_success_at=at
    )


def failed(subscription: WebhookSubscription, *, at: datetime, gone: bool = False) -> None:
    """Count a failure; switch off what is `gone` or has failed for too long, and tell its owner."""
    mine = WebhookSubscription.objects.filter(pk=subscription.pk)
    mine.update(failures=F("failures") + 1, failing_since=Coalesce("failing_since", Value(at)))
    now = mine.first()
    if now is None or now.failing_since is None:
        return
    is_late = at - now.failing_since >= OFF_AFTER and now.failures >= OFF_FAILURES
    if gone or is_late:
        switch_off(now, WebhookOff.GONE if gone else WebhookOff.FAILING, at=at)


def rest_after(failures: int) -> timedelta | None:
    """Return how long a receiver is left alone after so many failures in a row; None: not yet."""
    over = failures - RESTS_AFTER
    return min(FIRST_REST * 2 ** min(over, 10), LONGEST_REST) if over >= 0 else None


@transaction.atomic
def switch_off(subscription: WebhookSubscription, reason: WebhookOff, *, at: datetime) -> bool:
    """Send it nothing more; whose it is are told unless it was them. False: it was off already."""
    changed = WebhookSubscription.objects.switched_on().filter(pk=subscription.pk)
    if not changed.update(off=reason, off_at=at, version=F("version") + 1):
        return False
    log.info("webhook_switched_off", webhook=subscription.pk, reason=reason.value)
    if reason == WebhookOff.OWNER:
        return True
    for person in _people_of(subscription):
        outbox.enqueue(
            event="webhook.switched_off",
            template=OFF_TEMPLATE,
            to=person.email,
            user_id=person.pk,
            context={
                "name": subscription.name,
                "reason": reason.value,
                "failures": subscription.failures,
                "link": {"link": "webhook", "id": subscription.pk},
            },
            topic=f"webhook-off:{subscription.pk}",
            dedupe_key=f"webhook-off:{subscription.pk}:{at:%Y%m%d%H%M%S}:{person.pk}",
            why="",
            at=at,
        )
    return True


def _people_of(subscription: WebhookSubscription) -> list[User]:
    """Return its owner, or those who act for its organisation."""
    if subscription.owner:
        return [subscription.owner]
    return [one.user for one in CompanyRepresentative.objects.reading(subscription.inn)]


def switch_on(subscription: WebhookSubscription) -> None:
    """Send it events again, from now on; what failed before is sent when its owner asks."""
    WebhookSubscription.objects.filter(pk=subscription.pk).update(
        off="", off_at=None, failures=0, failing_since=None, version=F("version") + 1
    )
    forget_gate(subscription)


def gate_of(subscription: WebhookSubscription) -> str:
    """Return the name of the gate that keeps the limits of one receiver."""
    return f"hook:{subscription.pk}"


def forget_gate(subscription: WebhookSubscription) -> None:
    """Let the receiver begin anew, or be gone."""
    Gate.objects.filter(channel=gate_of(subscription)).delete()
    GatePlace.objects.filter(channel=gate_of(subscription)).delete()


def prune(*, before: datetime, size: int = 5_000) -> int:
    """Delete up to `size` ended deliveries written before, with their calls; return how many."""
    old = (
        Message.objects.filter(channel=ChannelCode.WEBHOOK, created_at__lt=before)
        .exclude(state__in=[State.QUEUED, State.LEASED])
        .order_by("created_at")
    )
    found = list(old.values_list("pk", flat=True)[:size])
    Message.objects.filter(pk__in=found).delete()
    return len(found)
