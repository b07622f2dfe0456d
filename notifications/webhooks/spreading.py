"""From one event to the messages of all who subscribed to it: page by page, in the relay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from notifications import outbox
from notifications.models import ChannelCode, Priority, WebhookEvent
from notifications.webhooks.catalogue import TYPES, EventType
from notifications.webhooks.subjects import Keys, subject_of

log = structlog.get_logger(__name__)

# Messages a transaction; memory is bounded by it however many subscribe.
PAGE = 500
# An event that cannot be read so often is put aside for good, and said so in the log.
MOST_ATTEMPTS = 5
EVENT = "webhook"
TEMPLATE = "notifications/mail/webhook"

# Who might read of it, roughly: the actor of each is asked the moment the call leaves. A filter
# asks nothing of a subject that has no such property.
_WANTED = """
SELECT hook.id FROM notifications_webhooksubscription AS hook
LEFT JOIN accounts_user AS owner ON owner.id = hook.owner_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN hook.inn = '' THEN owner.is_staff ELSE hook.inn = %(inn)s END
) AS may(see_all)
WHERE hook.id > %(place)s AND hook."off" = '' AND hook.events @> ARRAY[%(type)s]::varchar[]
    AND (owner.is_active OR EXISTS (
        SELECT FROM accounts_companyrepresentative AS acts
        JOIN accounts_user AS person ON person.id = acts.user_id
        WHERE acts.inn = hook.inn AND person.is_active AND NOT person.is_staff
    ))
    AND (%(is_public)s OR may.see_all)
    AND (hook.categories = '{}' OR %(categories)s::varchar[] IS NULL
        OR hook.categories && %(categories)s::varchar[])
    AND (hook.districts = '{}' OR %(districts)s::varchar[] IS NULL
        OR hook.districts && %(districts)s::varchar[])
    AND (hook.inns = '{}' OR %(inns)s::varchar[] IS NULL OR hook.inns && %(inns)s::varchar[])
    AND (hook.statuses = '{}' OR %(statuses)s::varchar[] IS NULL
        OR hook.statuses && %(statuses)s::varchar[])
    AND (hook.buildings = '{}' OR %(buildings)s::bigint[] IS NULL
        OR hook.buildings && CASE WHEN may.see_all THEN %(buildings)s::bigint[]
            ELSE %(open_buildings)s::bigint[] END)
ORDER BY hook.id LIMIT %(size)s
"""


def run(*, at: datetime, pages: int | None = None) -> int:
    """Spread what waits, oldest first, for at most `pages`; return how many were made."""
    made = 0
    while (pages is None or made < pages) and _page(at):
        made += 1
    return made


def _page(at: datetime) -> bool:
    event: WebhookEvent | None = None
    try:
        with transaction.atomic():
            # Two relays never hold one event: the second takes the next one.
            event = WebhookEvent.objects.select_for_update(skip_locked=True).order_by("pk").first()
            if event is None:
                return False
            _spread(event, at=at)
            return True
    except (OperationalError, InterfaceError):
        # The database is gone, not the event wrong.
        raise
    except Exception as unknown:
        if event is None:
            raise
        # One event must not stop the others, nor the relay.
        _put_behind(event, unknown)
        return True


def _spread(event: WebhookEvent, *, at: datetime) -> None:
    kind = TYPES.get(event.type)
    keys = subject_of(kind).keys(event.subject_id) if kind else None
    if kind is None or keys is None:
        event.delete()
        return
    found = wanting(kind, keys, event.facts, after=event.place, size=PAGE)
    outbox.enqueue_many([letter(event, pk) for pk in found], at=at)
    if len(found) < PAGE:
        event.delete()
    else:
        event.place = found[-1]
        event.save(update_fields=["place"])


def _put_behind(event: WebhookEvent, unknown: Exception) -> None:
    log.error("webhook_event_failed", type=event.type, error=type(unknown).__name__)
    with transaction.atomic():
        WebhookEvent.objects.filter(uid=event.uid).delete()
        event.attempts += 1
        if event.attempts < MOST_ATTEMPTS:
            # Behind the others, under a new id: the oldest is taken first.
            event.pk = None
            event.save(force_insert=True)


def wanting(
    kind: EventType, keys: Keys, facts: dict[str, Any], *, after: int, size: int
) -> list[int]:
    """Return the ids of subscriptions that such an event goes to, above `after`, in order."""
    statuses = [facts["status"]] if "status" in facts else None
    values: dict[str, Any] = {
        "type": kind.code,
        "place": after,
        "size": size,
        "is_public": keys.is_public and not kind.is_inner,
        "inn": keys.inn,
        "statuses": statuses,
    }
    for name in ("categories", "districts", "inns", "buildings", "open_buildings"):
        asked: Sequence[Any] | None = getattr(keys, name)
        values[name] = None if asked is None else list(asked)
    with connection.cursor() as cursor:
        cursor.execute(_WANTED, values)
        return [pk for (pk,) in cursor.fetchall()]


def letter(event: WebhookEvent, subscription_id: int) -> outbox.Letter:
    """Return the message that tells one subscription of the event."""
    return outbox.Letter(
        event=EVENT,
        template=TEMPLATE,
        channel=ChannelCode.WEBHOOK,
        to=str(subscription_id),
        context={
            "id": str(event.uid),
            "type": event.type,
            "at": event.at.isoformat(),
            "subject": event.subject_id,
            "facts": event.facts,
        },
        topic=topic(subscription_id),
        dedupe_key=f"webhook:{event.uid}:{subscription_id}",
        # A system can wait while people are told.
        priority=Priority.BULK,
        why="",
    )


def topic(subscription_id: int) -> str:
    """Return what the outbox calls everything that goes to a subscription."""
    return f"webhook:{subscription_id}"
