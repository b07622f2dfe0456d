"""Letters, the inbox, addresses and wishes: what this room keeps of a person, and erasing it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.keeping import Section
from accounts.models import User
from accounts.own_data import UNTIL_CLOSED, addresses_of
from notifications.models import (
    ChannelCode,
    Destination,
    Follow,
    InboxItem,
    LinkCode,
    Message,
    Preference,
    State,
    Subscription,
    WebhookSubscription,
)
from notifications.webhooks import subscribing

BATCH = 1000
_ON_ITS_WAY = (State.QUEUED, State.LEASED)


def export_of(user: User) -> list[Section]:
    """Return what this room keeps of a person; secrets of letters are gone once they have left."""
    emails = addresses_of(user)
    return [
        Section(
            key="destinations",
            title=_("Where you are reached"),
            kept=UNTIL_CLOSED,
            # Never `keys`: with them one could send in the portal's name.
            rows=Destination.objects.filter(user=user).order_by("pk"),
            fields=(
                *("channel", "address", "label", "created_at"),
                *("confirmed_at", "stopped_at", "stop_reason"),
            ),
        ),
        Section(
            key="preferences",
            title=_("How you are told"),
            kept=UNTIL_CLOSED,
            rows=Preference.objects.filter(user=user),
            fields=("choices", "pace", "quiet_from", "quiet_until", "changed_at"),
        ),
        Section(
            key="follows",
            title=_("What you follow"),
            kept=UNTIL_CLOSED,
            rows=_follows(user, emails).order_by("pk"),
            fields=("email", "topic", "label", "created_at", "confirmed_at"),
        ),
        Section(
            key="stopped_topics",
            title=_("What you unsubscribed from"),
            kept=UNTIL_CLOSED,
            rows=_subscriptions(user, emails).order_by("pk"),
            fields=("channel", "address", "topic", "stopped_at"),
        ),
        Section(
            key="messages",
            title=_("Letters to you"),
            kept=_("until they are a few months old, or you close the account"),
            rows=Message.objects.filter(
                # The two arms have an index each; all states of an address have none.
                Q(user=user) | Q(recipient__in=emails, state=State.SENT)
            )
            .exclude(channel=ChannelCode.WEBHOOK)
            .order_by("pk"),
            fields=("event", "channel", "recipient", "state", "created_at", "sent_at", "context"),
        ),
        Section(
            key="inbox",
            title=_("Inbox"),
            kept=_("until they are a few months old, or you close the account"),
            rows=InboxItem.objects.filter(user=user).order_by("pk"),
            fields=("event", "created_at", "read_at", "context"),
        ),
        Section(
            key="webhooks",
            title=_("Webhooks of your programs"),
            kept=UNTIL_CLOSED,
            rows=WebhookSubscription.objects.filter(owner=user).order_by("pk"),
            fields=(
                *("name", "url", "events", "categories", "districts", "inns", "buildings"),
                *("statuses", "created_at", "off", "off_at", "last_success_at"),
            ),
        ),
    ]


def erase_of(user: User, *, at: datetime, kept_topics: Collection[str] = ()) -> None:
    """
    Delete all of it in batches; safe to do twice.

    What is still on its way about `kept_topics` leaves first: matters that are not over yet. So
    does what waits for somebody without an account at the same address.
    """
    emails = addresses_of(user)
    for held in WebhookSubscription.objects.filter(owner=user):
        subscribing.remove(held)
    on_its_way = Q(state__in=_ON_ITS_WAY)
    _in_batches(
        Message.objects.filter(user=user).exclude(on_its_way & Q(topic__in=kept_topics)),
    )
    _in_batches(Message.objects.filter(recipient__in=emails, user=None).exclude(on_its_way))
    _in_batches(InboxItem.objects.filter(user=user))
    with transaction.atomic():
        _subscriptions(user, emails).delete()
        _follows(user, emails).delete()
        LinkCode.objects.filter(user=user).delete()
        Preference.objects.filter(user=user).delete()
        Destination.objects.filter(user=user).delete()


def _follows(user: User, emails: list[str]) -> QuerySet[Follow]:
    return Follow.objects.filter(Q(user=user) | Q(email__in=emails, user=None))


def _subscriptions(user: User, emails: list[str]) -> QuerySet[Subscription]:
    theirs = Destination.objects.filter(user=user).values_list("channel", "address")
    wanted = Q(channel=ChannelCode.EMAIL, address__in=emails)
    for channel, address in theirs:
        wanted |= Q(channel=channel, address=address)
    return Subscription.objects.filter(wanted)


def _in_batches(rows: QuerySet[Any]) -> None:
    while ids := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=ids).delete()
