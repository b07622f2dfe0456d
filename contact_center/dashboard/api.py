"""The public figures for programs: what the dashboard and the record show to everybody."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import asked, pages
from accounts.rest.call import PublicRead
from accounts.rest.refusals import wrong
from contact_center.dashboard import sections
from contact_center.dashboard.sections import Kind, Section
from contact_center.dashboard.views import chosen_month, counted_months
from contact_center.record import showing
from contact_center.record.models import RecordCode, YearFigure
from ratings import months
from requests_app.models import FigureMark

FRESH_SECONDS = 300


class ColumnShape(serializers.Serializer[Any]):
    """A heading and what is below it."""

    name = serializers.CharField()
    kind = serializers.ChoiceField(
        choices=[(kind.value, kind.value) for kind in Kind],
        help_text="text, count, percent, hours, rub",
    )


class SectionShape(serializers.Serializer[Any]):
    """A table: a row is a list with a value for each column, null for what is not told."""

    code = serializers.CharField(help_text="months, matter, district, executor, money, courts, …")
    title = serializers.CharField()
    note = serializers.CharField()
    columns = ColumnShape(many=True)
    rows = serializers.ListField(child=serializers.ListField(child=serializers.JSONField()))


class StatisticsShape(serializers.Serializer[Any]):
    """A month's figures; groups of fewer than five stand together."""

    month = serializers.CharField(help_text="2026-10")
    months = serializers.ListField(child=serializers.CharField(), help_text="All that are counted")
    counted_at = serializers.DateTimeField(allow_null=True)
    sections = SectionShape(many=True)


class Statistics(PublicRead):
    """GET /api/v1/statistics/: how requests were treated in a month."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="statistics_month",
        parameters=[
            OpenApiParameter(
                "month", str, description="2026-10; the newest that is over without it"
            )
        ],
        responses={200: StatisticsShape},
        tags=["statistics"],
    )
    def get(self, http: Request) -> Response:
        """Return the tables of the public dashboard, with the history before and what comes."""
        today = timezone.localdate()
        said = asked.words(http, "month")
        counted = counted_months()
        if said and said not in {f"{month:%Y-%m}" for month in counted}:
            raise wrong("month", f"2026-10: {', '.join(f'{one:%Y-%m}' for one in counted)}")
        month = months.read(said) if said else chosen_month("", counted, today)
        board = sections.build(month, today=today, is_public=True)
        mark = FigureMark.objects.first()
        return Response(
            {
                "month": f"{month:%Y-%m}",
                "months": [f"{one:%Y-%m}" for one in counted],
                "counted_at": mark.counted_at if mark else None,
                "sections": [_section(one) for one in board.sections],
            }
        )


def _section(section: Section) -> dict[str, Any]:
    return {
        "code": section.code,
        "title": section.title,
        "note": section.note,
        "columns": [{"name": column.word, "kind": column.kind} for column in section.columns],
        "rows": [list(row) for row in section.rows],
    }


class YearShape(serializers.Serializer[Any]):
    """What was done of one kind in one year."""

    year = serializers.IntegerField()
    code = serializers.ChoiceField(choices=RecordCode.choices)
    name = serializers.CharField()
    value = serializers.DecimalField(
        16, 2, allow_null=True, help_text=f"Null: fewer than {showing.SMALLEST} people"
    )
    counted_at = serializers.DateTimeField()


class RecordShape(pages.PageShape):
    """A page of the record, the newest year first."""

    results = YearShape(many=True)


class Record(PublicRead):
    """GET /api/v1/statistics/record/: what the centre did, year by year."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="statistics_record",
        parameters=[OpenApiParameter("year", int, description="Only this year"), pages.CURSOR],
        responses={200: RecordShape},
        tags=["statistics"],
    )
    def get(self, http: Request) -> Response:
        """Return a number for each year and kind of work."""
        rows = YearFigure.objects.all()
        if (year := asked.number(http, "year")) is not None:
            rows = rows.filter(year=min(year, 32_767))
        page = pages.page(http, rows, ["-year", "-code"], size=200)
        return Response(pages.body(page, map(_year, page)))


def _year(figure: YearFigure) -> dict[str, Any]:
    return {
        "year": figure.year,
        "code": figure.code,
        "name": str(RecordCode(figure.code).label),
        "value": figure.value if showing.is_told(figure.code, figure.value) else None,
        "counted_at": figure.counted_at,
    }
