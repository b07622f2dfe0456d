"""Figures of the hotline for the chiefs: load by hour and weekday, time taken, outcomes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from outreach.hotline import figures
from outreach.models import Weekday
from requests_app.admin import access

SEE = "outreach.see_hotline_figures"
WEEKS = (1, 4, 8, 26)
TONES = 4


@require_GET
@access.needs(SEE)
def show(http: HttpRequest) -> HttpResponse:
    """Show the figures of the last weeks."""
    asked = http.GET.get("weeks", "")
    weeks = int(asked) if asked in {str(one) for one in WEEKS} else figures.WEEKS
    at = timezone.now()
    load, work = figures.load(at, weeks=weeks), figures.work(at, weeks=weeks)
    return TemplateResponse(
        http,
        "admin/outreach/call/figures.html",
        access.frame(
            http,
            title=_("Figures of the hotline"),
            weeks=weeks,
            choices=WEEKS,
            work=work,
            median=minutes(work.median_seconds),
            wait=_of(figures.median_wait(at)),
            parts=_parts(work),
            heat=heat(load),
        ),
    )


def heat(load: figures.Load) -> dict[str, Any]:
    """Return the load as a table: hours that had a call across, weekdays down."""
    hours = sorted({hour for _day, hour in load.counts})
    return {
        "hours": hours,
        "rows": [
            {
                "day": day.label,
                "cells": [_cell(load, day.value, hour) for hour in hours],
            }
            for day in Weekday
        ],
    }


def _cell(load: figures.Load, day: int, hour: int) -> dict[str, int]:
    count = load.counts.get((day, hour), 0)
    return {"count": count, "tone": -(-count * TONES // load.most) if load.most else 0}


def _parts(work: figures.Work) -> list[dict[str, Any]]:
    def plain(rows: list[tuple[str, int]]) -> list[dict[str, Any]]:
        return [{"name": name, "count": count} for name, count in rows]

    timed = [
        {"name": name, "count": count, "median": minutes(median)}
        for name, count, median in work.operators
    ]
    return [
        {"title": _("How they ended"), "of": _("Outcome"), "rows": plain(work.outcomes)},
        {"title": _("What about"), "of": _("Topic"), "rows": plain(work.topics)},
        {"title": _("Guides that answered"), "of": _("Guide"), "rows": plain(work.guides)},
        {"title": _("By operator"), "of": _("Operator"), "rows": timed, "is_timed": True},
    ]


def minutes(seconds: float | None) -> str:
    """Return «4:05», minutes and seconds; a dash where nothing was measured."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def _of(length: timedelta | None) -> str:
    return minutes(length.total_seconds() if length is not None else None)
