"""A company's score as a picture: a badge for a site, an image to share, a sheet for a meeting."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from accounts.middleware import ActorRequest
from accounts.typesetting import typeset
from ratings import changes, editions, showing
from ratings.models import RatingResult, RatingSnapshot

PAPER = Path(__file__).with_name("paper")
# Dark enough for white words: contrast of 4.5 and more.
COLOURS = {"good": "#1d6b3c", "wait": "#8a5a00", "bad": "#a32020", "quiet": "#4a5560"}
BEST = 3


@require_safe
@xframe_options_exempt
@cache_control(public=True, max_age=3600)
def badge(http: ActorRequest, reference: str) -> HttpResponse:
    """Give the company's standing in the newest rating as an SVG to put on any site."""
    snapshot = RatingSnapshot.objects.newest()
    if snapshot is None:
        raise Http404
    result = get_object_or_404(RatingResult, snapshot=snapshot, reference=reference[:24])
    row = showing.row(result, showing.method_of(snapshot))
    month = formats.date_format(snapshot.period, "F Y").lower()
    said = f"{row.band}: {row.score}" if result.is_rated else row.band
    response = render(
        http,
        "ratings/badge.svg",
        {
            "colour": COLOURS[row.tone],
            "said": said,
            "month": month,
            "label": f"{_('Rating of management companies')}, {month}: {result.name}, {said}",
        },
        content_type="image/svg+xml",
    )
    # It is a picture for other people's sites, and holds nothing of its reader.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@cache_control(public=True, max_age=86400)
def share_image(http: ActorRequest, period: date, reference: str) -> HttpResponse:
    """Give the company's standing as a PNG of 1200 × 630, the size that messengers show."""
    snapshot = editions.asked_for(http, period)
    result = get_object_or_404(RatingResult, snapshot=snapshot, reference=reference[:24])
    row = showing.row(result, showing.method_of(snapshot))
    values = {
        "title": _("Rating of management companies"),
        "month": formats.date_format(period, "F Y").lower(),
        "name": result.name,
        "band": row.band,
        "score": row.score if result.is_rated else "",
        "certainty": row.certainty,
        "colour": COLOURS[row.tone],
        "low": float(result.low),
        "high": float(result.high),
        "mark": float(result.score),
        "steps": _steps(row),
        "is_rated": result.is_rated,
        "centre": settings.CITY.center_name,
    }
    picture = _compiled("share.typ", values, picture=True)
    return HttpResponse(picture, content_type="image/png")


@require_safe
def meeting_sheet(http: ActorRequest, period: date, reference: str) -> HttpResponse:
    """Give one page for the owners' meeting: the company against the best of its size, as PDF."""
    snapshot = editions.asked_for(http, period)
    result = get_object_or_404(RatingResult, snapshot=snapshot, reference=reference[:24])
    method = showing.method_of(snapshot)
    best = list(
        RatingResult.objects.filter(snapshot=snapshot, group=result.group, is_rated=True)
        .exclude(pk=result.pk)
        .order_by("position")[:BEST]
    )
    columns = [result, *best]
    reasons = [showing.reasons(one, method) for one in columns]
    rows = showing.rows(columns, method)
    history = changes.history_of(result.company_id, period)
    values = {
        "title": _("Our management company among others"),
        "name": result.name,
        "month": formats.date_format(period, "F Y").lower(),
        "group": rows[0].group,
        "columns": [
            {
                "name": row.result.name,
                "band": row.band,
                "score": row.score if row.result.is_rated else "–",
                "place": row.place,
                "colour": COLOURS[row.tone],
                "low": float(row.result.low),
                "high": float(row.result.high),
                "mark": float(row.result.score),
                "is_rated": row.result.is_rated,
            }
            for row in rows
        ],
        "steps": _steps(rows[0]),
        "words": {
            "question": _("Question"),
            "verdict": _("Verdict"),
            "score": _("Score of 100"),
            "place": _("Place among its size"),
            "best": _("Beside it: the best of the same size."),
            "how": _(
                "The dark bar is where the true quality most likely lies; where bars overlap, the "
                "difference may be luck."
            ),
            "weak": _("Where the company loses most"),
            "history": _("Score by month"),
        },
        "questions": [
            {
                "name": indicator.name,
                "weight": indicator.weight,
                "cells": [each[place].value for each in reasons],
                "is_worse": reasons[0][place].is_worse,
            }
            for place, indicator in enumerate(method.indicators)
        ],
        "weak": [
            f"{reason.indicator.name}: {reason.value} ({reason.counted})"
            for reason in sorted(reasons[0], key=lambda one: one.lost_points, reverse=True)[:BEST]
        ],
        "history": [
            {"month": f"{one.snapshot.period:%m.%y}", "score": float(one.score)}
            for one in history[-12:]
        ],
        "source": settings.PUBLIC_URL + reverse("ratings:company", args=[period, reference]),
        "made": formats.date_format(timezone.localtime(snapshot.frozen_at), "j E Y"),
        "made_word": _("Data as of"),
        "centre": settings.CITY.center_name,
    }
    response = HttpResponse(_compiled("meeting.typ", values), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="rating-{snapshot}-{reference}.pdf"'
    return response


def _steps(row: showing.Row) -> list[dict[str, Any]]:
    return [
        {"from": float(start), "width": float(width), "colour": COLOURS[tone]}
        for start, width, tone in row.interval.steps
    ]


def _compiled(name: str, values: dict[str, Any], *, picture: bool = False) -> bytes:
    how = {"format": "png", "ppi": 144} if picture else {}
    return typeset(PAPER / name, values, **how)
