"""The public record of the centre by year, and the same as a spreadsheet."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from contact_center.record import showing
from contact_center.record.models import YearFigure
from disclosure.sheets.writing import CSV_TYPE, csv_file


@require_safe
@cache_control(public=True, max_age=300)
def record(http: HttpRequest) -> HttpResponse:
    """Show what the centre did, year by year; one query."""
    figures = list(YearFigure.objects.all())
    values = {
        "record": showing.record(figures),
        "counted_at": max((figure.counted_at for figure in figures), default=None),
        "link": f"{settings.PUBLIC_URL}{reverse('record:record')}",
    }
    return render(http, "contact_center/record.html", values)


@require_safe
@cache_control(public=True, max_age=300)
def record_csv(http: HttpRequest) -> HttpResponse:
    """Give the table as a spreadsheet."""
    found = showing.record(YearFigure.objects.all())
    rows = [[str(column["word"]) for column in found.columns]]
    rows += [[cell["text"] for cell in row] for row in found.rows]
    answer = HttpResponse(csv_file(rows), content_type=CSV_TYPE)
    answer["Content-Disposition"] = 'attachment; filename="record.csv"'
    return answer
