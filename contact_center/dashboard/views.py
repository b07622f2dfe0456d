"""The pages of the dashboard: for everybody, and for the head; and the monthly report as files."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts import second_factor
from contact_center.dashboard import papers, report, sections, showing
from contact_center.dashboard.models import StandingReport
from ratings import months
from requests_app.models import Figure, FigureMark, FigureScope

SEE = "contact_center.see_dashboard"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@cache_control(public=True, max_age=300)
def for_everybody(http: HttpRequest) -> HttpResponse:
    """Show how requests are treated: no person, no house, no group under five."""
    return _page(http, is_public=True)


@require_safe
@cache_control(private=True, no_store=True)
def for_the_head(http: HttpRequest) -> HttpResponse:
    """Show the same whole, with houses and the standing reports."""
    _must_see(http)
    return _page(http, is_public=False)


@require_safe
@cache_control(private=True, no_store=True)
def report_xlsx(http: HttpRequest, period: date) -> HttpResponse:
    """Give the report of a month as a spreadsheet."""
    _must_see(http)
    return _file(report.of_month(_counted(period), at=timezone.now()), "xlsx")


@require_safe
@cache_control(private=True, no_store=True)
def report_pdf(http: HttpRequest, period: date) -> HttpResponse:
    """Give the report of a month as a PDF."""
    _must_see(http)
    return _file(report.of_month(_counted(period), at=timezone.now()), "pdf")


def _must_see(http: HttpRequest) -> None:
    user = http.user
    # A stolen password alone opens no page of the staff, as at the door of the workplace.
    if not (user.is_staff and user.has_perm(SEE) and second_factor.is_shown(http)):
        raise Http404


def _counted(month: date) -> date:
    """Return a month that is counted; 404 for any other."""
    if not Figure.objects.city_months(month, month).exists():
        raise Http404
    return month


def _page(http: HttpRequest, *, is_public: bool) -> HttpResponse:
    today = timezone.localdate()
    counted = counted_months()
    month = chosen_month(http.GET.get("month", ""), counted, today)
    board = sections.build(month, today=today, is_public=is_public)
    mark = FigureMark.objects.first()
    own = reverse("dashboard:everybody" if is_public else "dashboard:head")
    values: dict[str, Any] = {
        "is_public": is_public,
        "month": month,
        "is_running": month == today.replace(day=1),
        "months": [{"code": f"{one:%Y-%m}", "word": sections.month_word(one)} for one in counted],
        "chosen": f"{month:%Y-%m}",
        "tiles": showing.tiles(board),
        "parts": showing.parts(board),
        "counted_at": mark.counted_at if mark else None,
        "own": own,
        "reports": [] if is_public else list(StandingReport.objects.newest(12)),
    }
    return render(http, "contact_center/dashboard.html", values)


def counted_months() -> list[date]:
    """Return the months that are counted, the newest first; one query."""
    return list(
        Figure.objects.filter(span="month", scope=FigureScope.CITY, key="")
        .order_by("-start")
        .values_list("start", flat=True)
    )


def chosen_month(asked: str, counted: list[date], today: date) -> date:
    """Return the month asked for if it is counted; else the newest that is over, or this one."""
    try:
        month = months.read(asked)
    except ValueError:
        month = None
    if month in counted and month is not None:
        return month
    this_month = today.replace(day=1)
    return next((one for one in counted if one < this_month), this_month)


def _file(found: report.Report, kind: str) -> HttpResponse:
    body, media = (
        (papers.xlsx(found), XLSX) if kind == "xlsx" else (papers.pdf(found), "application/pdf")
    )
    answer = HttpResponse(body, content_type=media)
    how = "attachment" if kind == "xlsx" else "inline"
    name = f"report-{found.month:%Y-%m}.{kind}"
    answer["Content-Disposition"] = f'{how}; filename="{name}"'
    return answer
