"""
Where a person may be reached: an address is claimed, confirmed by its holder, and stopped.

Who confirms an address holds it alone: whoever held it before has lost it (a phone number changes
hands). A stop by a bounce or a block is told in the portal's inbox, once.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from notifications import outbox
from notifications.models import ChannelCode, Destination, Message, StopReason

# What a person did themselves is no news to them.
_SILENT = {StopReason.REMOVED}
STOPPED_TEMPLATE = "notifications/mail/stopped"


@transaction.atomic
def confirm(
    user: User,
    *,
    channel: str,
    address: str,
    at: datetime,
    keys: dict[str, Any] | None = None,
    label: str = "",
) -> Destination:
    """
    Store that `address` has been shown to be this person's, and return the living row.

    Called only with proof in hand: a code typed back, a bot's chat, a browser's subscription.
    Repeated by the same person it only renews `keys` and `label`.
    """
    # Where nobody holds the address yet there is no row to lock, and two may confirm it at once.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{channel} {address}"])
    held = (
        Destination.objects.living()
        .select_for_update(of=("self",))
        .filter(channel=channel, address=address)
        .first()
    )
    if held is not None and held.user_id == user.pk:
        held.keys, held.label = keys or held.keys, label or held.label
        held.save(update_fields=["keys", "label"])
        return held
    if held is not None:
        _stop(held, StopReason.TAKEN, at=at)
    return Destination.objects.create(
        user=user,
        channel=channel,
        address=address,
        keys=keys or {},
        label=label,
        confirmed_at=at,
        created_at=at,
    )


@transaction.atomic
def confirm_claim(claim: Destination, *, at: datetime) -> Destination:
    """Store that a row without proof has been shown to be its user's; return the living row."""
    held = confirm(
        claim.user,
        channel=claim.channel,
        address=claim.address,
        at=at,
        keys=claim.keys,
        label=claim.label,
    )
    Destination.objects.filter(pk=claim.pk, confirmed_at=None).delete()
    return held


@transaction.atomic
def stop(*, channel: str, address: str, reason: StopReason, at: datetime) -> bool:
    """Stop the living destination of this address, and tell its owner; False if there is none."""
    held = (
        Destination.objects.living()
        .select_for_update(of=("self",))
        .filter(channel=channel, address=address)
        .first()
    )
    if held is None:
        return False
    _stop(held, reason, at=at)
    return True


def stop_for(message: Message, *, reason: StopReason, at: datetime) -> None:
    """Stop where this message could not arrive; its reader is told if they have an account."""
    if stop(channel=message.channel, address=message.recipient, reason=reason, at=at):
        return
    known = Destination.objects.filter(channel=message.channel, address=message.recipient)
    if message.user_id is None or known.filter(stop_reason=reason).exists():
        return
    # The address of an account itself is no row until something is wrong with it.
    _stop(
        Destination(
            user_id=message.user_id,
            channel=message.channel,
            address=message.recipient,
            created_at=at,
        ),
        reason,
        at=at,
    )


def proved(message: Message) -> None:
    """Forget that an address bounced: a secret sent there has just been taken by its server."""
    Destination.objects.filter(
        user=message.user,
        channel=message.channel,
        address=message.recipient,
        confirmed_at=None,
        stop_reason=StopReason.BOUNCED,
    ).delete()


def _stop(held: Destination, reason: StopReason, *, at: datetime) -> None:
    held.stopped_at, held.stop_reason = at, reason
    held.save()
    if reason in _SILENT:
        return
    outbox.enqueue(
        event="destination_stopped",
        template=STOPPED_TEMPLATE,
        to=f"user:{held.user_id}",
        user_id=held.user_id,
        channel=ChannelCode.INBOX,
        context={"channel": held.channel, "label": held.label, "reason": reason.value},
        topic=f"destination:{held.pk}",
        dedupe_key=f"destination:{held.pk}:stopped",
        # The inbox says why in its own words.
        why="",
        at=at,
    )
