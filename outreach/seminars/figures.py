"""Who was taught: sums by district, with groups too small to hide in folded together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Avg, Count, Value
from django.db.models.functions import Coalesce, ExtractYear, NullIf

from outreach.models import Attendance, Certificate, Feedback, Meeting, Seminar
from requests_app.figures import folding

FEWEST = folding.SMALLEST


@dataclass(frozen=True, kw_only=True)
class Year:
    """A year's figures: meetings held, visits, people, certificates, mean mark or None."""

    year: int
    meetings: int
    visits: int
    people: int
    certificates: int
    mark: float | None
    districts: dict[str, int]


def folded(counts: Mapping[str, int]) -> dict[str, int]:
    """Return people by district, the largest first, small groups together under REST."""
    lines = folding.fold(
        folding.Counted(key=name, word=name, filed=count) for name, count in counts.items()
    )
    return {line.key: line.filed for line in lines}


def mark_of(seminar: Seminar) -> dict[str, float] | None:
    """Return the `mean` mark of a seminar and the `count` of marks, None of too few people."""
    marks = list(Feedback.objects.filter(sign_up__seminar=seminar).values_list("mark", flat=True))
    if len(marks) < FEWEST:
        return None
    return {"mean": sum(marks) / len(marks), "count": len(marks)}


def years(*, at: datetime, zone: ZoneInfo) -> list[Year]:
    """Return the figures of each year that had a meeting, newest first; five queries."""
    held = Meeting.objects.filter(seminar__state="open", ends_at__lte=at)
    meetings = dict(
        held.annotate(year=ExtractYear("starts_at", tzinfo=zone))
        .values_list("year")
        .annotate(count=Count("pk"))
    )
    came = Attendance.objects.filter(meeting__in=held).annotate(
        year=ExtractYear("meeting__starts_at", tzinfo=zone),
        # A person's own district; unknown, the one where the seminar was.
        where=Coalesce(NullIf("sign_up__district", Value("")), "meeting__seminar__district"),
    )
    visits = dict(came.values_list("year").annotate(count=Count("pk")))
    places: dict[int, dict[str, int]] = {}
    for year, where, count in came.values_list("year", "where").annotate(
        count=Count("sign_up", distinct=True)
    ):
        places.setdefault(year, {})[where] = count
    papers = dict(
        Certificate.objects.filter(annulled_at=None)
        .annotate(year=ExtractYear("issued_at", tzinfo=zone))
        .values_list("year")
        .annotate(count=Count("pk"))
    )
    marks = {
        year: mark
        for year, mark, count in Feedback.objects.annotate(year=ExtractYear("at", tzinfo=zone))
        .values_list("year")
        .annotate(mark=Avg("mark"), count=Count("pk"))
        if count >= FEWEST
    }
    return [
        Year(
            year=year,
            meetings=count,
            visits=visits.get(year, 0),
            # Of what is shown: a larger sum would tell a small group by subtraction.
            people=sum(districts.values()),
            certificates=papers.get(year, 0),
            mark=marks.get(year),
            districts=districts,
        )
        for year, count in sorted(meetings.items(), reverse=True)
        for districts in [folded(places.get(year, {}))]
    ]
