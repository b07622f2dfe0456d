"""News to everybody who follows a thing: one row at once, letters in the background by pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext_noop as noop

from notifications import background, outbox
from notifications.models import ENDED, FanOut, Follow, Priority, WorkState

log = structlog.get_logger(__name__)

# Letters a transaction; memory is bounded by it however many follow.
PAGE = 500
KEPT_FOR = timedelta(days=90)


def start(
    *,
    topic: str,
    event: str,
    template: str,
    context: dict[str, Any],
    dedupe_key: str,
    at: datetime,
    point: str = "",
    priority: Priority = Priority.BULK,
) -> None:
    """
    Leave the news for the topic's followers, in the caller's transaction; if there are any.

    Fields as of `outbox.enqueue`; `dedupe_key` names the news, each follower gets it once.
    """
    if not Follow.objects.confirmed().filter(topic=topic).exists():
        return
    FanOut.objects.bulk_create(
        [
            FanOut(
                topic=topic,
                event=event,
                template=template,
                context=context,
                dedupe_key=dedupe_key,
                point=point,
                priority=priority,
                created_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def run(*, at: datetime, pages: int | None = None) -> int:
    """Go on with what is being told, oldest first, for at most `pages`; return how many made."""
    made = 0
    while (pages is None or made < pages) and _page(at):
        made += 1
    return made


@transaction.atomic
def _page(at: datetime) -> bool:
    # Two workers never hold one row: the second takes the next one.
    row = (
        FanOut.objects.filter(state=WorkState.RUNNING)
        .order_by("id")
        .select_for_update(skip_locked=True)
        .first()
    )
    if row is None:
        return False
    followers = Follow.objects.confirmed().filter(topic=row.topic)
    if not row.moved_at:
        row.total = followers.count()
    found = list(followers.filter(pk__gt=row.place).order_by("pk")[:PAGE])
    outbox.enqueue_many([_letter(row, follower) for follower in found], at=at)
    if found:
        row.place = found[-1].pk
    row.done += len(found)
    # Who began to follow meanwhile is told as well.
    row.total = max(row.total, row.done)
    if len(found) < PAGE:
        row.state = WorkState.FINISHED
        log.info("fan_out_finished", fan_out=row.pk, told=row.done)
    row.moved_at = at
    row.save()
    return True


def _letter(row: FanOut, follower: Follow) -> outbox.Letter:
    return outbox.Letter(
        event=row.event,
        template=row.template,
        to=follower.email,
        user_id=follower.user_id,
        context=row.context,
        topic=row.topic,
        dedupe_key=f"{row.dedupe_key}:{follower.pk}",
        why=noop("You follow: %(what)s."),
        why_of={"what": follower.label},
        priority=Priority(row.priority),
        point=row.point,
    )


def prune(*, at: datetime, size: int = 1_000) -> int:
    """Delete up to `size` fan-outs that ended long ago; return how many went."""
    old = FanOut.objects.filter(state__in=ENDED, created_at__lt=at - KEPT_FOR)
    found = list(old.order_by("created_at").only("pk")[:size])
    background.forget(found)
    return FanOut.objects.filter(pk__in=[row.pk for row in found]).delete()[0]
