"""
Following a thing by e-mail, with an account or without: one mechanism for every room.

An address is told nothing before its owner has confirmed it, by the link in a first letter or by
having an account of it, and each letter after that stops the rest by one click.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts import emails, throttling
from accounts.client_address import limit_key
from accounts.models import User
from accounts.signed_links import SignedLinks
from notifications import outbox
from notifications.models import ChannelCode, Follow, Subscription

# Letters that strangers may have sent to an address, and that one sender may cause.
ASKS_AN_HOUR = 10
# A person has a few houses, streets and requests; a program that follows all is better served by
# the open data.
MOST_OF_ADDRESS = 200
CONFIRM_WITHIN = timedelta(days=7)
# As it was when only outages could be followed: links in letters of then still work.
_LINKS = SignedLinks("outages")
_WINDOW = timedelta(hours=1)


class CannotFollow(Exception):
    """The message is for people, `code` for programs."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.message, self.code = message, code


def wanted(*, email: str, topic: str, label: str, address: str, at: datetime) -> Follow:
    """
    Return the row of a wish from `address` (of the network) to follow; new or known.

    Raise CannotFollow for what is no e-mail address, or when too much was asked for.
    """
    try:
        # Of an address with a line break only the first line could be meant: none is.
        email = emails.normalise(" ".join(email.split()))
    except ValueError:
        raise CannotFollow(
            _("This is not an e-mail address: name@example.org."), "bad_email"
        ) from None
    for bucket, key in (("follow-address", limit_key(address)), ("follow-email", email)):
        verdict = throttling.hit(bucket=bucket, key=key, limit=ASKS_AN_HOUR, window=_WINDOW, at=at)
        if not verdict.allowed:
            raise CannotFollow(_("Too many letters were asked for. Try again later."), "many")
    return _row(email, topic, label, at=at)


def _row(email: str, topic: str, label: str, *, at: datetime) -> Follow:
    known = Follow.objects.filter(email=email, topic=topic).first()
    if known is not None:
        return known
    if Follow.objects.filter(email=email)[:MOST_OF_ADDRESS].count() >= MOST_OF_ADDRESS:
        raise CannotFollow(
            _("One address follows no more than %(count)d things.") % {"count": MOST_OF_ADDRESS},
            "too_many",
        )
    row, _is_new = Follow.objects.get_or_create(
        email=email, topic=topic, defaults={"label": label[:400], "created_at": at}
    )
    return row


@transaction.atomic
def ask(*, email: str, topic: str, label: str, address: str, at: datetime) -> None:
    """Send the letter that asks the owner of `email` to confirm; the same for a known address."""
    row = wanted(email=email, topic=topic, label=label, address=address, at=at)
    outbox.enqueue(
        event="follow.confirm",
        template="notifications/mail/follow_confirm",
        to=row.email,
        context={"label": row.label, "link": {"link": "confirm_follow", "id": row.pk}},
        topic=f"follow-confirm:{row.pk}",
        dedupe_key=f"follow-confirm:{row.pk}:{at:%Y%m%d%H}",
        at=at,
        expires_at=at + CONFIRM_WITHIN,
        why=noop("Somebody, we hope you, asked to be told."),
    )


def follow(user: User, *, topic: str, label: str, at: datetime) -> Follow:
    """Follow with an account, whose address was confirmed when it was made; twice is once."""
    row = _row(user.email, topic, label, at=at)
    confirm(row, at=at, user=user)
    return row


@transaction.atomic
def confirm(row: Follow, *, at: datetime, user: User | None = None) -> None:
    """Begin telling; what this address had stopped about the topic starts again."""
    owner = user or User.objects.filter(email=row.email, is_active=True).first()
    if row.confirmed_at is None or (owner and row.user_id is None):
        row.confirmed_at = row.confirmed_at or at
        row.user = owner or row.user
        row.save(update_fields=["confirmed_at", "user"])
    Subscription.objects.filter(address=row.email, topic=row.topic).update(stopped_at=None)


def stop(user: User, *, topic: str) -> bool:
    """Stop following with an account; False if it did not."""
    return bool(Follow.objects.filter(email=user.email, topic=topic).delete()[0])


def is_followed(user: User, *, topic: str) -> bool:
    """Whether the account's holder is told about the topic."""
    rows = Follow.objects.confirmed().filter(email=user.email, topic=topic)
    stopped = Subscription.objects.filter(
        channel=ChannelCode.EMAIL, address=user.email, topic=topic, stopped_at__isnull=False
    )
    return rows.exists() and not stopped.exists()


def token_of(follow_id: int) -> str:
    """Return what the link in the letter carries."""
    return _LINKS.token_of(follow_id)


def asked_by(token: str) -> Follow | None:
    """Return what the link confirms; None for a forged one, or one that was swept."""
    pk = _LINKS.value_in(token)
    return Follow.objects.filter(pk=pk).first() if isinstance(pk, int) else None


def confirm_link(follow_id: int) -> str:
    """Return the page whose button confirms; for notifications.rendering."""
    return reverse("notifications:confirm_follow", args=[token_of(follow_id)])


def counts(topics: Iterable[str]) -> dict[str, int]:
    """Return how many confirmed followers each topic has; one query, topics without any absent."""
    rows = Follow.objects.confirmed().filter(topic__in=list(topics)).order_by()
    return dict(rows.values_list("topic").annotate(Count("pk")))


def sweep(*, at: datetime, batch: int = 1_000) -> int:
    """Forget addresses that nobody confirmed in time; return how many went."""
    late = Follow.objects.filter(confirmed_at=None, created_at__lt=at - CONFIRM_WITHIN)
    ids = list(late.values_list("pk", flat=True)[:batch])
    return Follow.objects.filter(pk__in=ids).delete()[0]
