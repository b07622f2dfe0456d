"""Tariffs and norms of consumption for programs, dated and each with its act."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.rest import asked, pages
from accounts.rest.call import PublicRead
from claims.models.tariffs import Tariff, TariffKind, TariffUnit
from disclosure.utilities import Utility

SIZE = 100
FRESH_SECONDS = 3600


class TariffSupplierShape(serializers.Serializer[Any]):
    """The organisation whose tariff it is."""

    inn = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class TariffShape(serializers.Serializer[Any]):
    """
    A price or a norm, both days included.

    The narrower stands before the wider: a supplier's or a settlement's before everybody's.
    """

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=TariffKind.choices)
    utility = serializers.ChoiceField(choices=Utility.choices)
    value = serializers.DecimalField(12, 5)
    unit = serializers.ChoiceField(choices=TariffUnit.choices)
    settlement = serializers.CharField(help_text="Empty: everywhere")
    supplier = TariffSupplierShape(allow_null=True, help_text="Null: whoever supplies")
    group = serializers.CharField(help_text="Kind of houses or residents; empty: for all")
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True, help_text="The last day; null while in force")
    act = serializers.CharField(help_text="Who set it, day and number")
    source = serializers.CharField()  # type: ignore[assignment]


class TariffsShape(pages.PageShape):
    """A page of tariffs and norms."""

    results = TariffShape(many=True)


class Tariffs(PublicRead):
    """GET /api/v1/tariffs/: tariffs and norms of consumption."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="tariffs_list",
        parameters=[
            OpenApiParameter("kind", str, enum=TariffKind.values),
            OpenApiParameter("utility", str, enum=Utility.values),
            OpenApiParameter("settlement", str, description="Those that hold there"),
            OpenApiParameter("on", date, description="In force on that day"),
            pages.CURSOR,
        ],
        responses={200: TariffsShape},
        tags=["recalculation"],
    )
    def get(self, http: HttpRequest) -> Response:
        """Return tariffs and norms, by utility and kind, the latest first."""
        rows = Tariff.objects.select_related("supplier")
        if kind := asked.one_of(http, "kind", TariffKind.values):
            rows = rows.filter(kind=kind)
        if utility := asked.one_of(http, "utility", Utility.values):
            rows = rows.filter(utility=utility)
        if settlement := asked.words(http, "settlement"):
            rows = rows.filter(settlement__in=["", settlement])
        if (day := asked.day(http, "on")) is not None:
            rows = rows.filter(Q(until=None) | Q(until__gte=day), since__lte=day)
        page = pages.page(http, rows, ["-utility", "-kind", "-since", "-id"], size=SIZE)
        return Response(pages.body(page, map(_shown, page)))


def _shown(row: Tariff) -> dict[str, Any]:
    supplier = row.supplier
    return {
        "id": row.pk,
        "kind": row.kind,
        "utility": row.utility,
        "value": row.value,
        "unit": row.unit,
        "settlement": row.settlement,
        "supplier": {"inn": supplier.inn, "name": str(supplier)} if supplier else None,
        "group": row.group,
        "since": row.since,
        "until": row.until,
        "act": row.act,
        "source": row.source,
    }
