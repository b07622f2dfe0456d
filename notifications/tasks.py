"""Jobs of the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from celery import shared_task
from django.utils.timezone import now

from notifications import delivery, fan_out, inbox, lateness, reports, telegram
from notifications.channels.registry import CHANNELS
from notifications.channels.sms import SmsChannel
from notifications.models import ChannelCode, EndedMatter
from notifications.webhooks import health

QUEUE = "mail"
KEPT_FOR = timedelta(days=180)
DEAD_KEPT_FOR = timedelta(days=365)
# How long one task goes on asking; the next begins where it ended.
ASKING = timedelta(seconds=10)


@shared_task(queue=QUEUE)
def deliver(*, message_ids: Sequence[int], **_newer: object) -> None:
    """Send messages whose lease a relay has taken, over one connection."""
    delivery.deliver_all(message_ids, clock=now)


@shared_task(queue="default")
def prune(**_newer: object) -> None:
    """Delete messages and news of half a year ago, dead ones of a year, webhooks' of a month."""
    at = now()
    while delivery.prune(before=at - KEPT_FOR, dead_before=at - DEAD_KEPT_FOR):
        pass
    while health.prune(before=at - health.KEPT_FOR):
        pass
    while inbox.prune(before=at - KEPT_FOR):
        pass
    while fan_out.prune(at=at):
        pass
    telegram.forget_old(at=at)
    lateness.forget_old(at=at)
    EndedMatter.objects.filter(ended_at__lt=at - KEPT_FOR).delete()


@shared_task(queue="default")
def ask_reports(**_newer: object) -> None:
    """Ask the SMS gateway what became of the messages it took, as long as there are any to ask."""
    channel = CHANNELS.get(ChannelCode.SMS)
    if not (isinstance(channel, SmsChannel) and channel.is_set_up):
        return
    ends_at = now() + ASKING
    while reports.ask_due(channel.ask, at=now()) and now() < ends_at:
        pass


@shared_task(queue="default")
def tell_followers(**_newer: object) -> None:
    """Go on with news to followers, where some waits."""
    fan_out.run(at=now(), pages=200)


@shared_task(queue="default")
def watch_lateness(**_newer: object) -> None:
    """Tell administrators, once an episode, that letters leave late."""
    lateness.watch(at=now())
