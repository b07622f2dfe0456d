"""What was won, for programs: sums, and the anonymous rows of `totals.folding`."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.rest import asked, pages
from accounts.rest.call import PublicRead
from claims.models import Won, WonGroup, WonMark
from claims.totals import cases, counting
from claims.totals.counting import By
from claims.totals.folding import REST, SMALLEST

SIZE = 50
FRESH_SECONDS = 300
_FOLDED = f"`{REST}`: not told, because fewer than {SMALLEST} share it; empty: nobody said"
_CHOICES = ("year", "month", "utility", "district", "company")


class SumShape(serializers.Serializer[Any]):
    """Rows that share a value, and their rubles."""

    key = serializers.CharField(help_text=_FOLDED)
    count = serializers.IntegerField()
    sum_rub = serializers.DecimalField(16, 2)


class CasesShape(serializers.Serializer[Any]):
    """Court cases filed in one year, whatever year they ended in."""

    key = serializers.CharField(help_text=_FOLDED)
    filed = serializers.IntegerField()
    won = serializers.IntegerField(help_text="In full or in part")
    lost = serializers.IntegerField()
    settled = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    going = serializers.IntegerField(help_text="Without an outcome yet")
    share_percent = serializers.IntegerField(
        allow_null=True, help_text="Of the won among the decided"
    )
    received_rub = serializers.DecimalField(
        14, 2, allow_null=True, help_text=f"Null where it came to fewer than {SMALLEST}"
    )


class WonShape(serializers.Serializer[Any]):
    """Rubles taken off bills, rubles of works done, and court cases by year."""

    by = serializers.ChoiceField(choices=[(one.value, one.value) for one in By])
    made_at = serializers.DateTimeField(allow_null=True, help_text="The figures are as of then")
    bills = SumShape(many=True)
    works = SumShape(many=True, help_text="Works belong to no utility: empty by utility")
    cases = CasesShape(many=True, help_text="The newest year first, small years together")


class TotalsWon(PublicRead):
    """GET /api/v1/won/: what was won back for residents."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="won_totals",
        parameters=[
            OpenApiParameter(
                "by", str, enum=[one.value for one in By], description="`year` without it"
            )
        ],
        responses={200: WonShape},
        tags=["won"],
    )
    def get(self, http: HttpRequest) -> Response:
        """Return rubles by year, utility, organisation or district; three queries."""
        by = By(asked.one_of(http, "by", [one.value for one in By], By.YEAR.value))
        found = counting.won(by)
        mark = WonMark.objects.first()
        return Response(
            {
                "by": by,
                "made_at": mark.made_at if mark else None,
                "bills": [_sum(group) for group in found[Won.BILL]],
                "works": [_sum(group) for group in found[Won.WORK]],
                "cases": [_cases(one) for one in cases.by_year() if cases.is_showable(one)],
            }
        )


def _sum(group: counting.Group) -> dict[str, Any]:
    return {"key": group.key, "count": group.count, "sum_rub": group.sum_rub}


def _cases(group: cases.CaseGroup) -> dict[str, Any]:
    names = ("key", "filed", "won", "lost", "settled", "withdrawn", "going", "share_percent")
    return {**{name: getattr(group, name) for name in names}, "received_rub": group.told_rub}


class WonGroupShape(serializers.Serializer[Any]):
    """Five or more rows that look alike; their rubles in order of size, so none is anybody's."""

    id = serializers.IntegerField(help_text="Of this making of the groups: see made_at of /won/")
    kind = serializers.ChoiceField(choices=Won.choices)
    year = serializers.CharField(help_text=_FOLDED)
    month = serializers.CharField(help_text="2026-04; " + _FOLDED)
    utility = serializers.CharField(help_text=_FOLDED)
    district = serializers.CharField(help_text=_FOLDED)
    company = serializers.CharField(help_text="Name of the organisation; " + _FOLDED)
    count = serializers.IntegerField()
    sum_rub = serializers.DecimalField(16, 2)
    amounts = serializers.ListField(child=serializers.DecimalField(14, 2))


class WonGroupsShape(pages.PageShape):
    """A page of groups; all rows at once are the file `won` of the open data."""

    results = WonGroupShape(many=True)


class RowsWon(PublicRead):
    """GET /api/v1/won/rows/: the anonymous rows, as groups that look alike."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="won_rows",
        parameters=[
            OpenApiParameter("kind", str, enum=Won.values),
            *(OpenApiParameter(name, str, description=_FOLDED) for name in _CHOICES),
            pages.CURSOR,
        ],
        responses={200: WonGroupsShape},
        tags=["won"],
    )
    def get(self, http: HttpRequest) -> Response:
        """Return the rows of the chosen values; every sum of them is of five or more."""
        rows = WonGroup.objects.all()
        if kind := asked.one_of(http, "kind", Won.values):
            rows = rows.filter(what=kind)
        # «Not said» is a value too: the sum of it has the empty key.
        chosen = [name for name in _CHOICES if name in http.query_params]
        rows = rows.filter(**{name: asked.words(http, name, most=300) for name in chosen})
        page = pages.page(http, rows, ["id"], size=SIZE)
        return Response(pages.body(page, map(_group, page)))


def _group(row: WonGroup) -> dict[str, Any]:
    names = ("id", "year", "month", "utility", "district", "company", "count", "sum_rub", "amounts")
    return {"kind": row.what, **{name: getattr(row, name) for name in names}}
