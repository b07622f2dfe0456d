"""The operators' board: what waits now, and how the day goes."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from disclosure import charts
from requests_app.admin import access
from requests_app.figures import board

SEE_OPERATORS = "requests_app.see_operators"
BOARD = "admin:requests_app_request_board"
LONG_MINUTES = 120


@require_GET
@access.needs(access.VIEW)
def show(http: HttpRequest) -> HttpResponse:
    """Show the board of a day: of all operators to whoever may see that, else of oneself."""
    at, by = timezone.now(), access.operator_of(http)
    today = timezone.localtime(at).date()
    day = _day(http.GET.get("day", ""), today)
    sees_all = http.user.has_perm(SEE_OPERATORS)
    found = board.day_of(day, by=by, only=None if sees_all else by.id)
    address = reverse(BOARD)
    return TemplateResponse(
        http,
        "admin/requests_app/request/board.html",
        access.frame(
            http,
            title=_("Operators' board"),
            tiles=_tiles(board.waiting(by=by, at=at)),
            day=found,
            is_today=day == today,
            earlier=f"{address}?day={day - timedelta(days=1):%Y-%m-%d}",
            later=f"{address}?day={day + timedelta(days=1):%Y-%m-%d}" if day < today else "",
            answered=_answered(found.work),
            operators=[
                {
                    "name": one.user.get_full_name(),
                    "work": one.work,
                    "held": one.held,
                    "median": minutes(one.work.median_minutes),
                    "slowest": minutes(one.work.slowest_minutes),
                }
                for one in found.operators
            ],
            sees_all=sees_all,
            hours=[
                {
                    "hour": f"{one.hour:02}:00",
                    "filed": one.filed,
                    "work": one.work,
                    "median": minutes(one.work.median_minutes),
                }
                for one in found.hours
                if one.filed or one.work.steps
            ],
            chart=charts.columns(
                [(str(one.hour), Decimal(one.filed), str(one.filed)) for one in found.hours]
            ),
        ),
    )


def minutes(value: float | None) -> str:
    """Return minutes in words, hours from two hours on; a dash where nothing was answered."""
    if value is None:
        return "–"
    if value < LONG_MINUTES:
        return _("%(count)d min") % {"count": round(value)}
    return _("%(hours)s h") % {"hours": formats.number_format(value / 60, 1)}


def _day(asked: str, today: date) -> date:
    try:
        day = date.fromisoformat(asked[:10])
    except ValueError:
        return today
    # The first day of years has no midnight before it in every zone.
    return min(max(day, date(2000, 1, 1)), today)


def _answered(work: board.Work) -> str:
    if not work.answered:
        return ""
    return ngettext(
        "%(count)d request got its first answer: half within %(median)s, nine of ten within "
        "%(slowest)s.",
        "%(count)d requests got their first answer: half within %(median)s, nine of ten within "
        "%(slowest)s.",
        work.answered,
    ) % {
        "count": work.answered,
        "median": minutes(work.median_minutes),
        "slowest": minutes(work.slowest_minutes),
    }


def _tiles(now: board.Waiting) -> list[dict[str, Any]]:
    queue = reverse("admin:requests_app_request_queue")
    work_list = reverse("admin:requests_app_request_changelist")
    return [
        _tile(now.whole, _("in the queue"), "inbox", f"{queue}?view=everything"),
        _tile(now.overdue, _("overdue"), "alert", f"{work_list}?tab=overdue", is_hot=True),
        _tile(now.emergencies, _("emergencies"), "alert", f"{work_list}?emergency=on", is_hot=True),
        _tile(now.nobodys, _("nobody's yet"), "user", queue),
        _tile(now.unread, _("opened by nobody yet"), "document", f"{queue}?view=everything"),
        _tile(now.standing, _("wait for the resident"), "pause", f"{work_list}?tab=waiting"),
        _tile(now.done, _("done, not confirmed yet"), "check", f"{work_list}?tab=done"),
    ]


def _tile(count: int, word: str, icon: str, href: str, *, is_hot: bool = False) -> dict[str, Any]:
    return {
        "count": count,
        "word": word,
        "icon": icon,
        "href": href,
        "is_hot": is_hot and count > 0,
    }
