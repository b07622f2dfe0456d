"""
The operators' board: what waits now, and how a day went by hour and by operator.

A day is counted as it is asked for: its requests and the staff's steps are found by index, and are
a few thousand in a city that files a million a year. Answered is the first word of staff or
executor after the filing: accepted, asked, passed on, refused, or written to the resident.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone

from accounts.actors import Operator
from accounts.models import User
from requests_app.models import QueuePlace, Request
from requests_app.models.queue import EMERGENCY, STANDING
from requests_app.statuses import Status

HOURS = 24
# An answer is a public word of theirs that is not the filing itself.
_ANSWERS = "('operator', 'executor')"
_STAFF = f"""
WITH done AS (
    SELECT e.user_id, extract(hour FROM e.at AT TIME ZONE %(zone)s)::int AS hour, e.request_id,
        CASE WHEN e.public AND e.kind <> 'filed' AND NOT EXISTS (
            SELECT FROM requests_app_requestevent AS before
            WHERE before.request_id = e.request_id AND (before.at, before.id) < (e.at, e.id)
                AND before.public AND before.kind <> 'filed' AND before.author IN {_ANSWERS}
        ) THEN extract(epoch FROM e.at - r.registered_at) / 60 END AS minutes,
        e.kind = 'filed' AS is_filing, e.status = 'closed' AND e.kind = 'status' AS is_closing
    FROM requests_app_requestevent AS e
    JOIN requests_app_request AS r ON r.id = e.request_id
    WHERE e.author = 'operator' AND e.at >= %(since)s AND e.at < %(until)s
)
SELECT grouping(user_id, hour), user_id, hour, count(*), count(DISTINCT request_id),
    count(*) FILTER (WHERE is_filing), count(*) FILTER (WHERE is_closing), count(minutes),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY minutes)
FROM done GROUP BY GROUPING SETS ((), (user_id), (hour))
"""  # noqa: S608
_FILED = """
SELECT extract(hour FROM registered_at AT TIME ZONE %(zone)s)::int, count(*)
FROM requests_app_request WHERE registered_at >= %(since)s AND registered_at < %(until)s
GROUP BY 1
"""
# The bits of `grouping`: 3 the whole day, 1 an operator, 2 an hour.
_DAY, _OPERATOR = 3, 1


@dataclass(frozen=True)
class Waiting:
    """The open requests now."""

    whole: int
    emergencies: int
    nobodys: int
    unread: int
    standing: int
    overdue: int
    done: int


@dataclass(frozen=True)
class Work:
    """What was done in a day, an hour, or by one operator; minutes are None where nothing was."""

    steps: int = 0
    requests: int = 0
    filed_by_phone: int = 0
    closed: int = 0
    answered: int = 0
    median_minutes: float | None = None
    slowest_minutes: float | None = None


@dataclass(frozen=True)
class Hour:
    """An hour of the day in the city's zone: what came, and what staff did."""

    hour: int
    filed: int
    work: Work


@dataclass(frozen=True)
class OperatorWork:
    """An operator's day; `held` is what they hold now."""

    user: User
    work: Work
    held: int


@dataclass(frozen=True)
class Day:
    """A day of the board; `hours` are all 24."""

    day: date
    filed: int
    work: Work
    hours: tuple[Hour, ...]
    operators: tuple[OperatorWork, ...] = field(default=())


def waiting(*, by: Operator, at: datetime) -> Waiting:
    """Return what waits at `at`; three statements, over the narrow rows of the open ones."""
    found = QueuePlace.objects.visible_to(by).aggregate(
        whole=Count("pk"),
        emergencies=Count("pk", filter=Q(lane=EMERGENCY)),
        nobodys=Count("pk", filter=Q(holder=None) & ~Q(lane=STANDING)),
        unread=Count("pk", filter=Q(is_unread=True)),
        standing=Count("pk", filter=Q(lane=STANDING)),
    )
    requests = Request.objects.visible_to(by)
    return Waiting(
        **found,
        overdue=requests.overdue(at).count(),
        done=requests.filter(status=Status.DONE).count(),
    )


def day_of(day: date, *, by: Operator, only: int | None = None) -> Day:
    """
    Return how a day went; `only` leaves all other operators out.

    Four statements. Deleted accounts' steps count in the day and its hours, under no name.
    """
    zone = timezone.get_default_timezone()
    since = datetime.combine(day, time(), zone)
    values: dict[str, Any] = {
        "zone": timezone.get_default_timezone_name(),
        "since": since,
        "until": datetime.combine(day + timedelta(days=1), time(), zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FILED, values)
        filed: dict[int, int] = dict(cursor.fetchall())
        cursor.execute(_STAFF, values)
        lines = cursor.fetchall()
    whole, hours, people = Work(), {}, {}
    for grouped, user_id, hour, *counts in lines:
        work = Work(*counts)
        if grouped == _DAY:
            whole = work
        elif grouped == _OPERATOR:
            people[user_id] = work
        else:
            hours[hour] = work
    people.pop(None, None)
    if only is not None:
        people = {user_id: work for user_id, work in people.items() if user_id == only}
    return Day(
        day=day,
        filed=sum(filed.values()),
        work=whole,
        hours=tuple(Hour(n, filed.get(n, 0), hours.get(n, Work())) for n in range(HOURS)),
        operators=_operators(people, by=by),
    )


def _operators(people: dict[int, Work], *, by: Operator) -> tuple[OperatorWork, ...]:
    held = dict(
        QueuePlace.objects.visible_to(by)
        .filter(holder_id__in=people)
        .order_by()
        .values_list("holder_id")
        .annotate(count=Count("pk"))
    )
    return tuple(
        OperatorWork(user, people[user.pk], held.get(user.pk, 0))
        for user in sorted(
            User.objects.filter(pk__in=people),
            key=lambda user: (-people[user.pk].requests, user.pk),
        )
    )
