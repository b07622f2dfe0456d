"""Who has a request open right now, so that two operators do not answer it twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.actors import Operator
from requests_app.models import Presence, Request

# Pages ping every 20 seconds; two pings may get lost.
FRESH = timedelta(seconds=70)


def ping(item: Request, *, by: Operator, at: datetime) -> list[str]:
    """Note that `by` looks at the request and return the names of the others who do."""
    Presence.objects.bulk_create(
        [Presence(request=item, user_id=by.id, seen_at=at)],
        update_conflicts=True,
        unique_fields=["request", "user"],
        update_fields=["seen_at"],
    )
    return others(item, by=by, at=at)


def others(item: Request, *, by: Operator, at: datetime) -> list[str]:
    """Return the names of the other operators who look at the request."""
    seen = (
        Presence.objects.filter(request=item, seen_at__gt=at - FRESH)
        .exclude(user_id=by.id)
        .select_related("user")
        .order_by("user__name", "user_id")
    )
    return [presence.user.get_short_name() for presence in seen]
