"""
Secrets of receivers and the signature that only the portal and a receiver can make.

A secret is derived from a random seed and the server's key, so it lies nowhere: neither the
database alone nor the key alone gives it away, and the portal shows it once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from notifications.models import WebhookSecret, WebhookSubscription

PREFIX = "whsec_"
VERSION = "v1"
# What a replaced secret may go on for; 0 ends it at once, for one that leaked.
OVERLAPS = (timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(days=7))
# Replaced secrets that still sign; the oldest end early when more are made.
MOST_OVERLAPPING = 3


def secret_of(seed: UUID, *, key: str | None = None) -> str:
    """Return the secret of a seed: 256 bits, marked for those who scan for leaked ones."""
    derived = hashlib.sha256(b"webhook secret " + (key or settings.SECRET_KEY).encode()).digest()
    return PREFIX + base64.urlsafe_b64encode(hmac.digest(derived, seed.bytes, "sha256")).decode()


def make(subscription: WebhookSubscription, *, at: datetime) -> str:
    """Store the first secret of a subscription and return it, for the one time it is shown."""
    secret = WebhookSecret.objects.create(subscription=subscription, seed=uuid4(), made_at=at)
    return secret_of(secret.seed)


@transaction.atomic
def rotate(subscription: WebhookSubscription, *, overlap: timedelta, at: datetime) -> str:
    """Make a new secret and return it; what was current signs beside it for `overlap`."""
    WebhookSubscription.objects.select_for_update().get(pk=subscription.pk)
    held = subscription.secrets.filter(ends_at=None)
    held.update(ends_at=at + overlap)
    old = list(subscription.secrets.order_by("-made_at", "-pk").values_list("pk", flat=True))
    subscription.secrets.filter(pk__in=old[MOST_OVERLAPPING:]).delete()
    return make(subscription, at=at)


def secrets_of(subscription: WebhookSubscription, *, at: datetime) -> list[str]:
    """
    Return what signs now, the newest first.

    While the server's own key is being replaced, the secrets of the former keys sign as well.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    living = subscription.secrets.order_by("-made_at", "-pk")
    seeds = [row.seed for row in living if row.ends_at is None or row.ends_at > at]
    return [secret_of(seed, key=key) for seed in seeds for key in keys]


def signature(body: bytes, *, secrets: Iterable[str], at: datetime) -> str:
    """Return the value of X-Portal-Signature: the moment, and a signature by each secret."""
    seconds = int(at.timestamp())
    signed = b"%d." % seconds + body
    made = [
        f"{VERSION}={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
        for secret in secrets
    ]
    return ",".join([f"t={seconds}", *made])
