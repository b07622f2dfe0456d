"""How a company treats its requests: counted for one, and kept for all so that lists may sort."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, F, Q
from django.utils import timezone

from disclosure.models import ManagementCompany, ResponseFigures
from requests_app.models import Request
from requests_app.statuses import Outcome

# How far back a page of a house or a company looks; one walk along an index each.
RECENT = timedelta(days=90)
# A mean of fewer marks says more of who gave them than of the company.
MARKS_LEAST = 5
_COUNTED = ("total", "fixed", "judged", "in_time", "presented", "reopened")


def _counts(at: datetime) -> dict[str, Count]:
    is_done = Q(done_at__isnull=False)
    return {
        "total": Count("pk"),
        "fixed": Count("pk", filter=Q(outcome=Outcome.FIXED)),
        "judged": Count("pk", filter=is_done | Q(due_at__lt=at, paused_at=None)),
        "in_time": Count("pk", filter=is_done & Q(done_at__lte=F("due_at"))),
        "presented": Count("pk", filter=is_done | Q(reopened_count__gt=0)),
        "reopened": Count("pk", filter=Q(reopened_count__gt=0)),
    }


def _recent(at: datetime) -> Any:
    return Request.objects.filter(
        registered_at__gte=timezone.localtime(at) - RECENT, outcome__in=["", Outcome.FIXED]
    )


def of_company(company: ManagementCompany, *, at: datetime) -> ResponseFigures:
    """
    Return how the company's requests of the last months were treated, not stored; one query.

    Late ones count against the company as soon as the term is over, repaired or not; what was
    refused, withdrawn, a duplicate or not confirmed does not count.
    """
    counts = _recent(at).filter(executor_inn=company.inn).aggregate(**_counts(at))
    return ResponseFigures(company=company, counted_at=at, days=RECENT.days, **counts)


def again_and_marks(company: ManagementCompany, *, at: datetime) -> dict[str, int | float | None]:
    """
    Return how many of the same requests repeat a fault just repaired, and the mean mark; one query.

    `repeated_percent` is None of nothing, `mark` None of fewer than MARKS_LEAST `marks`.
    """
    rows = _recent(at).filter(executor_inn=company.inn).with_repeats()
    counts = rows.aggregate(
        total=Count("pk"),
        repeated=Count("pk", filter=Q(is_repeat=True)),
        marks=Count("mark"),
        mark=Avg("mark__value"),
    )
    total = counts["total"]
    return {
        "repeated": counts["repeated"],
        "repeated_percent": round(counts["repeated"] * 100 / total) if total else None,
        "marks": counts["marks"],
        "mark": counts["mark"] if counts["marks"] >= MARKS_LEAST else None,
    }


@transaction.atomic
def count_all(*, at: datetime) -> int:
    """Store the same for every company, and drop it for those with no request; return how many."""
    lines = _recent(at).exclude(executor_inn="").order_by().values("executor_inn")
    found = {line["executor_inn"]: line for line in lines.annotate(**_counts(at))}
    ids = dict(ManagementCompany.objects.filter(inn__in=found).values_list("inn", "pk"))
    ResponseFigures.objects.bulk_create(
        (
            ResponseFigures(
                company_id=pk,
                counted_at=at,
                days=RECENT.days,
                **{name: found[inn][name] for name in _COUNTED},
            )
            for inn, pk in sorted(ids.items(), key=lambda pair: pair[1])
        ),
        update_conflicts=True,
        unique_fields=["company"],
        update_fields=["counted_at", "days", *_COUNTED],
    )
    ResponseFigures.objects.exclude(counted_at=at).delete()
    return len(ids)
