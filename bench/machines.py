"""
Measures what programs cost besides their calls: the API's limit, and an event to many webhooks.

The limit's floor is what a call would pay without blocks, a statement of its own; the event's are
the same statements bare. Everything is rolled back, but for the counter of the limit.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from itertools import count
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

import psycopg2  # noqa: E402
from django.db import transaction  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from accounts import throttling  # noqa: E402
from accounts.models import User  # noqa: E402
from accounts.rest import limits  # noqa: E402
from bench import recording  # noqa: E402
from bench.measuring import in_turns  # noqa: E402
from bench.rows import Row  # noqa: E402
from notifications.models import Message, WebhookEvent, WebhookSubscription  # noqa: E402
from notifications.webhooks import spreading  # noqa: E402
from notifications.webhooks.emitting import emit  # noqa: E402
from requests_app.models import Request  # noqa: E402

CALLS, HOOKS = 1_000, 1_000
LIMIT_TARGET, SPREAD_TARGET = 0.2, 3.0


def main(rounds: int, out: Path) -> None:
    """Measure and write the rows."""
    logging.disable(logging.INFO)
    with psycopg2.connect(os.environ["DATABASE_URL"]) as raw:
        rows = [_limit(rounds), _spread(raw, rounds)]
    for row in rows:
        print(f"    {row.name:<36} {row.value:8.2f} ms  {row.ratio:5.2f} × of {row.floor:8.2f} ms")
    out.write_text(json.dumps([row.as_json() for row in rows]))


def _limit(rounds: int) -> Row:
    """Return what a thousand calls of one sender pay for being counted."""
    senders = count()

    def in_blocks() -> None:
        at, sender = now(), f"address:bench-{os.getpid()}-{next(senders)}"
        for _call in range(CALLS):
            if limits.count(sender, at=at) is None:
                raise SystemExit("the API's limit is switched off")

    def one_by_one() -> None:
        at, key = now(), f"bench-{os.getpid()}-{next(senders)}"
        for _call in range(CALLS):
            throttling.hit(bucket="bench", key=key, limit=CALLS, window=limits.WINDOW, at=at)

    times = in_turns(
        [("blocks", lambda _turn: in_blocks()), ("bare", lambda _turn: one_by_one())],
        rounds=rounds,
        seconds=20,
        warm_up=1,
    )
    return Row(
        f"The API's limit, {CALLS:,} calls",
        times["blocks"],
        times["bare"],
        LIMIT_TARGET,
        floor_is="a statement a call",
    )


def _spread(raw: psycopg2.extensions.connection, rounds: int) -> Row:
    """Return an event's way to the messages of a thousand subscriptions."""
    item = Request.objects.filter(public=True).order_by("-id")[0]
    owner = User.objects.filter(is_staff=True, is_active=True).order_by("pk")[0]
    at = now()
    made = WebhookSubscription.objects.bulk_create(
        WebhookSubscription(
            owner=owner,
            name="bench",
            url=f"https://bench.example/{number}",
            events=["request.comment_added"],
            created_at=at,
        )
        for number in range(HOOKS)
    )
    topics = [spreading.topic(hook.pk) for hook in made]

    def tell() -> None:
        with transaction.atomic():
            WebhookEvent.objects.all().delete()
            emit("request.comment_added", item.pk, at=at, author="")
            spreading.run(at=at)
            if Message.objects.filter(topic__in=topics).count() < HOOKS:
                raise SystemExit("not every subscription was told")
            transaction.set_rollback(True)

    try:
        script = recording.record("spreading", tell)

        def bare() -> None:
            with raw.cursor() as cursor:
                recording.play(script, cursor, {})
            raw.rollback()

        times = in_turns(
            [("told", lambda _turn: tell()), ("bare", lambda _turn: bare())],
            rounds=rounds,
            seconds=20,
            warm_up=1,
        )
    finally:
        WebhookSubscription.objects.filter(pk__in=[hook.pk for hook in made]).delete()
    return Row(
        f"An event to {HOOKS:,} webhooks",
        times["told"],
        times["bare"],
        SPREAD_TARGET,
        floor_is="raw SQL",
        queries=len(script.statements),
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
