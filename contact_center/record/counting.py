"""
Counting the record: each kind of work from the room that does it, all years in one query a kind.

Requests come from the figures counted beforehand, money and court cases from the public totals, so
none of it grows with the city. Of a year before the last one no count of people or talks shrinks
any more: what the law later makes the portal forget takes nothing from the record. Money may.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import ExtractYear
from django.utils import timezone

from claims.models import Won
from claims.totals import cases
from claims.totals import counting as money
from contact_center.record.models import RecordCode, YearFigure
from outreach.models import Attendance, Booking, Call, Meeting, Question
from outreach.models.hotline import Outcome
from outreach.models.reception import BookingState
from outreach.models.seminars import SeminarState
from requests_app.models import Figure, FigureScope

Line = tuple[int, RecordCode, Decimal]
_MONEY = frozenset({RecordCode.BILLS, RecordCode.WORKS, RecordCode.CASES, RecordCode.CASES_WON})
_UNHEARD = (Outcome.MISSED, Outcome.CUT)


def refresh(*, at: datetime) -> int:
    """Count the record anew, this year and the last one; return how many figures there are."""
    over_before = timezone.localtime(at).year - 1
    with transaction.atomic():
        kept = {
            (row.year, row.code): row.value
            for row in YearFigure.objects.select_for_update()
            if row.year < over_before and row.code not in _MONEY
        }
        found = [
            YearFigure(
                year=year,
                code=code,
                value=max(value, kept.get((year, code), Decimal(0))),
                counted_at=at,
            )
            for year, code, value in counted(at=at)
            if value
        ]
        told = {(row.year, row.code) for row in found} | set(kept)
        gone = [row.pk for row in YearFigure.objects.all() if (row.year, row.code) not in told]
        YearFigure.objects.filter(pk__in=gone).delete()
        YearFigure.objects.bulk_create(
            found,
            update_conflicts=True,
            unique_fields=["year", "code"],
            update_fields=["value", "counted_at"],
        )
    return YearFigure.objects.count()


def counted(*, at: datetime) -> Iterator[Line]:
    """Yield the figures of all years as they stand; nine queries whatever the city."""
    months = Figure.objects.filter(span="month", scope=FigureScope.CITY, key="")
    for year, filed, fixed in (
        months.annotate(of=ExtractYear("start"))
        .order_by()
        .values_list("of")
        .annotate(Sum("filed"), Sum("fixed"))
    ):
        yield year, RecordCode.REQUESTS, Decimal(filed)
        yield year, RecordCode.FIXED, Decimal(fixed)
    calls = Call.objects.exclude(ended_at=None).exclude(outcome__in=_UNHEARD)
    yield from _by_year(calls, "started_at", RecordCode.CALLS)
    answered = Question.objects.exclude(answered_at=None)
    yield from _by_year(answered, "answered_at", RecordCode.QUESTIONS)
    came = Booking.objects.filter(state=BookingState.CAME)
    yield from _by_year(came, "slot__during__startswith", RecordCode.RECEPTIONS)
    held = Meeting.objects.filter(seminar__state=SeminarState.OPEN, ends_at__lte=at)
    yield from _by_year(held, "starts_at", RecordCode.SEMINARS, of="seminar")
    there = Attendance.objects.filter(meeting__ends_at__lte=at)
    yield from _by_year(there, "meeting__starts_at", RecordCode.TAUGHT, of="sign_up")
    won = money.won(money.By.YEAR)
    for what, code in ((Won.BILL, RecordCode.BILLS), (Won.WORK, RecordCode.WORKS)):
        for group in won[what]:
            # Rows that are folded over years belong to none.
            if group.key.isdigit():
                yield int(group.key), code, group.sum_rub
    for case in cases.by_year():
        if case.key.isdigit() and cases.is_showable(case):
            yield int(case.key), RecordCode.CASES, Decimal(case.filed)
            yield int(case.key), RecordCode.CASES_WON, Decimal(case.won)


def _by_year(
    rows: QuerySet[Any], moment: str, code: RecordCode, *, of: str = "pk"
) -> Iterator[Line]:
    found = (
        rows.order_by()
        .annotate(of_year=ExtractYear(F(moment)))
        .values_list("of_year")
        .annotate(how_many=Count(of, distinct=of != "pk"))
    )
    for year, count in found:
        yield year, code, Decimal(count)
