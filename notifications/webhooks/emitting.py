"""Leaving an event for the systems that subscribed to it: one statement in the caller's change."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from django.db import connection

from notifications.webhooks.catalogue import TYPES

# Nothing is written of what nobody subscribed to; the question is answered by an index.
_LEAVE = """
INSERT INTO notifications_webhookevent (uid, type, subject_id, facts, at)
SELECT %(uid)s, %(type)s, %(subject)s, %(facts)s, %(at)s
WHERE EXISTS (
    SELECT FROM notifications_webhooksubscription
    WHERE "off" = '' AND events @> ARRAY[%(type)s]::varchar[]
)
"""


def emit(code: str, subject_id: int, *, at: datetime, **facts: Any) -> None:
    """
    Leave an event of TYPES about a subject's row, in the transaction of what happened.

    `facts` (JSON) are told as they were then; they go to whoever may hear of the event at all, so
    they hold no words of a person. Raise KeyError for a code that the catalogue does not name.
    """
    values: dict[str, Any] = {
        "uid": uuid.uuid4(),
        "type": TYPES[code].code,
        "subject": subject_id,
        "facts": json.dumps(facts),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE, values)
