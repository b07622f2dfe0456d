"""
How busy the hotline is, how long a call takes and how it ends; how long people wait for an answer.

Each figure is one statement over the weeks asked for, by an index on the moment of the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Aggregate,
    Avg,
    Count,
    DurationField,
    F,
    FloatField,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from outreach.models import Call, CallBack, CallBackState, Outcome, Question, Topic

# So many weeks tell what an hour is usually like.
WEEKS = 8
_LATELY = timedelta(days=90)
# Fewer than that have no median worth showing.
FEWEST = 5


class Median(Aggregate):
    """The value that half of the rows do not exceed."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Load:
    """Calls by weekday (0 is Monday) and hour of the city's day over whole weeks."""

    weeks: int
    counts: dict[tuple[int, int], int]

    def of_hour(self, hour: int) -> int:
        """Return the calls of that hour on all days."""
        return sum(count for (_day, at), count in self.counts.items() if at == hour)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def most(self) -> int:
        """The busiest hour of a week."""
        return max(self.counts.values(), default=0)


def load(at: datetime, *, weeks: int = WEEKS) -> Load:
    """Return the load of the weeks before `at`; one query."""
    zone = timezone.get_default_timezone()
    rows = (
        Call.objects.filter(started_at__gte=at - timedelta(weeks=weeks), started_at__lt=at)
        .annotate(
            day=ExtractIsoWeekDay("started_at", tzinfo=zone),
            hour=ExtractHour("started_at", tzinfo=zone),
        )
        .values_list("day", "hour")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return Load(weeks, {(day - 1, hour): count for day, hour, count in rows})


@dataclass(frozen=True, kw_only=True)
class Work:
    """How the calls of some weeks went; seconds are None where none was measured."""

    calls: int
    median_seconds: float | None
    mean_seconds: float | None
    to_requests: int
    outcomes: list[tuple[str, int]]
    topics: list[tuple[str, int]]
    guides: list[tuple[str, int]]
    operators: list[tuple[str, int, float | None]]
    called_back: int
    not_reached: int


def work(at: datetime, *, weeks: int) -> Work:
    """Return how the calls of the weeks before `at` went; six queries."""
    since = at - timedelta(weeks=weeks)
    rows = Call.objects.filter(started_at__gte=since, started_at__lt=at, ended_at__isnull=False)
    whole = rows.aggregate(
        calls=Count("pk"),
        median=Median("seconds", output_field=FloatField()),
        mean=Avg("seconds"),
        filed=Count("pk", filter=Q(outcome__in=[Outcome.REQUEST, Outcome.CLAIM])),
    )
    outcomes = rows.values_list("outcome").annotate(count=Count("pk")).order_by("-count")
    topics = rows.exclude(topic="").values_list("topic").annotate(count=Count("pk"))
    guides = (
        rows.filter(guides__isnull=False)
        .values_list("guides__title")
        .annotate(count=Count("pk"))
        .order_by("-count", "guides__title")[:10]
    )
    operators = (
        rows.values_list("operator__name", "operator__email")
        .annotate(count=Count("pk"), median=Median("seconds", output_field=FloatField()))
        .order_by("-count")[:50]
    )
    backs = CallBack.objects.filter(starts_at__gte=since, starts_at__lt=at).aggregate(
        done=Count("pk", filter=Q(state=CallBackState.DONE)),
        missed=Count("pk", filter=Q(state=CallBackState.MISSED)),
    )
    return Work(
        calls=whole["calls"],
        median_seconds=whole["median"],
        mean_seconds=whole["mean"],
        to_requests=whole["filed"],
        outcomes=[(str(Outcome(code).label), count) for code, count in outcomes],
        topics=[(str(Topic(code).label), count) for code, count in topics.order_by("-count")],
        guides=list(guides),
        operators=[(name or email, count, median) for name, email, count, median in operators],
        called_back=backs["done"],
        not_reached=backs["missed"],
    )


def median_to_answer(at: datetime) -> timedelta | None:
    """
    Return within what time half of the last questions were answered; one query.

    None where too few were answered to say.
    """
    found = Question.objects.filter(answered_at__gte=at - _LATELY, answered_at__lt=at).aggregate(
        count=Count("pk"),
        median=Median(F("answered_at") - F("asked_at"), output_field=DurationField()),
    )
    median: timedelta | None = found["median"]
    return median if found["count"] >= FEWEST else None


def median_wait(at: datetime) -> timedelta | None:
    """
    Return how long after the chosen moment half of the booked calls began; one query.

    The first try counts, a call before its moment as none; None where too few were called to say.
    """
    first = Call.objects.filter(call_back=OuterRef("pk")).order_by("started_at")
    found = (
        CallBack.objects.filter(starts_at__gte=at - _LATELY, starts_at__lt=at)
        .annotate(first=Subquery(first.values("started_at")[:1]))
        .filter(first__isnull=False)
        .aggregate(
            count=Count("pk"),
            median=Median(F("first") - F("starts_at"), output_field=DurationField()),
        )
    )
    median: timedelta | None = found["median"]
    return max(median, timedelta()) if median is not None and found["count"] >= FEWEST else None
