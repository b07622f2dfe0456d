"""Up to three companies side by side, question by question."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.middleware import ActorRequest
from ratings import changes, showing
from ratings.models import RatingResult, RatingSnapshot
from requests_app.typed_text import one_line

MOST = 3


@require_safe
def compare(http: ActorRequest) -> HttpResponse:
    """Show the companies named by `c` (their ИНН) in the newest rating; six queries at most."""
    wanted = list(dict.fromkeys(one[:24] for one in http.GET.getlist("c") if one))[:MOST]
    snapshot = RatingSnapshot.objects.newest()
    if snapshot is None:
        return render(http, "ratings/none.html")
    method = showing.method_of(snapshot)
    found = {
        one.reference: one
        for one in RatingResult.objects.filter(snapshot=snapshot, reference__in=wanted)
    }
    results = [found[one] for one in wanted if one in found]
    moved = changes.of_rows(results, changes.earlier(snapshot))
    asked = one_line(http.GET.get("q", ""))[:100]
    more = RatingResult.objects.filter(snapshot=snapshot).exclude(reference__in=wanted)
    reasons = [showing.reasons(one, method) for one in results]
    return render(
        http,
        "ratings/compare.html",
        {
            "snapshot": snapshot,
            "columns": [
                {"row": showing.row(one, method), "change": moved.get(one.company_id)}
                for one in results
            ],
            "questions": [
                {
                    "indicator": indicator,
                    "cells": [
                        {"reason": each[place], "is_best": _is_best(reasons, place, each[place])}
                        for each in reasons
                    ],
                }
                for place, indicator in enumerate(method.indicators)
            ],
            "wanted": [one.reference for one in results],
            "is_full": len(results) >= MOST,
            "q": asked,
            "choices": list(more.filter(name__icontains=asked).order_by("position")[:10])
            if asked
            else [],
            "title": _("Companies side by side"),
        },
    )


def _is_best(reasons: list[list[showing.Reason]], place: int, mine: showing.Reason) -> bool:
    others = [each[place].earned_points for each in reasons]
    return len(others) > 1 and mine.earned_points == max(others) > min(others)
