"""Ratings for everybody: published months alone, whoever asks."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest import asked, pages
from accounts.rest.call import PublicRead
from accounts.rest.refusals import not_found
from ratings import editions, showing
from ratings.api import shapes
from ratings.methodology import WHOLE, Methodology
from ratings.models import RatingResult, RatingSnapshot
from requests_app.typed_text import one_line

SIZE = 100
FRESH_SECONDS = 300
EDITION = OpenApiParameter(
    "edition", int, description="A correction has a number of its own; without it the newest"
)


class Ratings(PublicRead):
    """GET /api/v1/ratings/: the published ratings."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="ratings_list",
        parameters=[pages.CURSOR],
        responses={200: shapes.SnapshotsShape},
        tags=["ratings"],
    )
    def get(self, http: Request) -> Response:
        """Return each published rating and its corrections, the latest first."""
        rows = RatingSnapshot.objects.published().light().defer("inputs", "rows", "manifest")
        page = pages.page(http, rows, ["-period", "-edition"])
        return Response(pages.body(page, map(shapes.snapshot, page)))


class OneRating(PublicRead):
    """GET /api/v1/ratings/<month>/: the rating of a month."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="ratings_read",
        parameters=[
            EDITION,
            OpenApiParameter("group", str, description="Companies of one size alone"),
            OpenApiParameter("district", str, description="Those that manage a house there today"),
            OpenApiParameter("q", str, description="A part of a name"),
            pages.CURSOR,
        ],
        responses={200: shapes.PeriodShape},
        tags=["ratings"],
    )
    def get(self, http: Request, period: date) -> Response:
        """Return the month's rating and a page of its rows, in the order of the list."""
        snapshot = _found(http, period)
        method = showing.method_of(snapshot)
        rows = RatingResult.objects.filter(snapshot=snapshot).defer("indicators", "signs")
        if group := asked.words(http, "group"):
            rows = rows.filter(group=group)
        if district := asked.words(http, "district"):
            rows = rows.with_houses_in(district, on=timezone.localdate())
        if words := asked.words(http, "q"):
            rows = rows.filter(name__icontains=words)
        page = pages.page(http, rows, ["position"], size=SIZE)
        return Response(
            {
                "rating": shapes.snapshot(snapshot),
                "bands": _bands(method),
                "files": shapes.files(snapshot),
                **pages.body(page, [shapes.standing(row, snapshot) for row in page]),
            }
        )


class CompanyRating(PublicRead):
    """GET /api/v1/ratings/<month>/<ИНН>/: why a company has its score."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="ratings_company",
        parameters=[EDITION],
        responses={200: shapes.CompanyRatingShape},
        tags=["ratings"],
    )
    def get(self, http: Request, period: date, reference: str) -> Response:
        """Return each indicator with the sums it is made of, its weight and what it earned."""
        snapshot = _found(http, period)
        rows = RatingResult.objects.filter(snapshot=snapshot, reference=one_line(reference)[:24])
        result = rows.first()
        if result is None:
            raise not_found(_("There is no such company in this rating."))
        page = (snapshot.period, result.reference)
        proof = shapes.files(snapshot)
        return Response(
            {
                "rating": shapes.snapshot(snapshot),
                "standing": shapes.standing(result, snapshot),
                "indicators": _indicators(result, showing.method_of(snapshot)),
                "signs": [
                    {name: sign[name] for name in ("code", "count", "of")} for sign in result.signs
                ],
                "rows_csv": shapes.full("ratings:company_rows", *page, edition=snapshot.edition),
                "inputs_csv": proof["inputs_csv"],
                "verify_py": proof["verify_py"],
            }
        )


def _found(http: Request, period: date) -> RatingSnapshot:
    """Return the edition asked for, of the published ones alone; 404 if there is none."""
    edition = asked.number(http, "edition")
    rows = RatingSnapshot.objects.published().of_month(period).light()
    return editions.of_rows(rows, "" if edition is None else str(edition))


def _bands(method: Methodology) -> list[dict[str, Any]]:
    return [
        {
            "code": band.code,
            "name": band.name,
            "meaning": band.meaning,
            "at_least": float(band.at_least),
        }
        for band in method.bands
    ]


def _indicators(result: RatingResult, method: Methodology) -> list[dict[str, Any]]:
    told = {each["code"]: each for each in result.indicators}
    numbers = ("count", "of", "value", "low", "high", "average", "points")
    return [
        {
            "code": one.code,
            "name": one.name,
            "question": one.question,
            "formula": one.formula,
            "source": one.source,
            "kind": one.kind,
            "weight": one.weight,
            **{name: told[one.code][name] for name in numbers},
            "earned": told[one.code]["points"] * one.weight / WHOLE,
        }
        for one in method.indicators
    ]
