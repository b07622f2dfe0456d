"""
Delivery reports: what became of a message after the gateway took it.

A gateway is asked, later and later, until it has said its last word; its call-back only moves the
question forward, so that nobody who guesses the address can report anything. A device says itself
that a notification was shown or opened, by a signed address that came with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog
from django.core import signing
from django.db import transaction

from notifications import destinations, spilling
from notifications.channels import Sent
from notifications.models import Message, Report, State, StopReason

log = structlog.get_logger(__name__)

# After how long since it left the gateway is asked; then it never will know.
ASKED_AFTER = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(hours=24),
)
# A gateway that does not answer is asked again after this.
ASKED_AGAIN = timedelta(minutes=1)
SALT = "notifications.receipt"
RECEIPT_KEPT = timedelta(days=14)


class Fate(StrEnum):
    """What became of a message."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Told:
    """A gateway's word. `stops` is why the address will never take anything."""

    fate: Fate
    error: str = ""
    stops: StopReason | None = None


def open_for(message: Message, sent: Sent, *, at: datetime) -> None:
    """Begin to wait for a report if one will come; else the message has arrived for all we know."""
    if not sent.is_awaited:
        spilling.drop(message.pk)
        return
    Report.objects.update_or_create(
        message=message,
        defaults={
            "channel": message.channel,
            "gateway_id": sent.gateway_id[:64],
            "parts": sent.parts,
            "left_at": at,
            "delivered_at": None,
            "opened_at": None,
            "failed_at": None,
            "ask_at": at + ASKED_AFTER[0] if sent.gateway_id else None,
        },
    )


def next_question(left_at: datetime, *, at: datetime) -> datetime | None:
    """Return when a gateway that does not know yet is asked again; None: not any more."""
    return next((left_at + after for after in ASKED_AFTER if left_at + after > at), None)


def ask_due(ask: Callable[[Report], Told], *, at: datetime, batch: int = 50) -> int:
    """
    Ask about up to `batch` messages whose time has come, and record the answers; return how many.

    No row is locked while the network works: what is being asked about is not due meanwhile.
    """
    with transaction.atomic():
        due = list(
            Report.objects.filter(ask_at__lte=at)
            .select_related("message")
            .select_for_update(skip_locked=True, of=("self",))
            .order_by("ask_at")[:batch]
        )
        Report.objects.filter(pk__in=[report.pk for report in due]).update(ask_at=at + ASKED_AGAIN)
    for report in due:
        try:
            told = ask(report)
        except Exception as broken:  # noqa: BLE001 - the others must be asked all the same
            log.warning(
                "report_not_given", message_id=report.message_id, error=type(broken).__name__
            )
            if at - report.left_at > ASKED_AFTER[-1]:
                Report.objects.filter(pk=report.pk).update(ask_at=None)
            continue
        record(report.message_id, told, at=at)
    return len(due)


@transaction.atomic
def record(message_id: int, told: Told, *, at: datetime) -> None:
    """Write what a gateway said; its last word stands."""
    report = (
        Report.objects.select_for_update(of=("self",))
        .select_related("message")
        .filter(pk=message_id, delivered_at=None, failed_at=None)
        .first()
    )
    if report is None:
        return
    if told.fate == Fate.WAITING:
        report.ask_at = next_question(report.left_at, at=at)
    elif told.fate == Fate.DELIVERED:
        report.delivered_at, report.ask_at = at, None
        spilling.drop(message_id)
    else:
        report.failed_at, report.ask_at = at, None
        Message.objects.filter(pk=message_id, state=State.SENT).update(
            state=State.DEAD, last_error=f"failed later: {told.error}"[:500]
        )
        spilling.hurry(message_id, at=at)
        if told.stops:
            destinations.stop_for(report.message, reason=told.stops, at=at)
        log.info("message_failed_later", message_id=message_id, error=told.error)
    report.save()


def ask_soon(channel: str, gateway_ids: Iterable[str], *, at: datetime) -> int:
    """Ask about these messages at once: the gateway says that it has news; return how many."""
    known = [named[:64] for named in gateway_ids if named][:100]
    return Report.objects.filter(
        channel=channel, gateway_id__in=known, ask_at__isnull=False
    ).update(ask_at=at)


def receipt(message: Message) -> str:
    """Return what a device shows to say that this message has come."""
    return signing.dumps(message.pk, salt=SALT, compress=True)


def received(token: str, *, is_opened: bool, at: datetime) -> bool:
    """Note that a device has shown a message, or that its reader opened it; False if forged."""
    try:
        message_id = signing.loads(token, salt=SALT, max_age=RECEIPT_KEPT)
    except signing.BadSignature:
        return False
    with transaction.atomic():
        report = Report.objects.select_for_update().filter(pk=message_id).first()
        if report is not None:
            report.delivered_at = report.delivered_at or at
            if is_opened:
                report.opened_at = report.opened_at or at
            report.save(update_fields=["delivered_at", "opened_at"])
            spilling.drop(message_id)
    return True
