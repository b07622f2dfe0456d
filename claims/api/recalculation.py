"""The calculation for machines: POST /api/v1/recalculation/."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts import throttling
from accounts.client_address import client_address, limit_key
from accounts.json_bodies import BoundedJSONParser
from accounts.problems import Problem
from accounts.rest.call import Call
from accounts.rest.refusals import too_many
from claims.models import FigureRow
from claims.recalculation import parse
from claims.recalculation.compute import calculate
from claims.recalculation.shapes import shown
from claims.recalculation.values import Kind, Service
from claims.tariffs import filling, finding

LONG_LOG = 2_000
LONG_LOGS_AN_HOUR = 60


class ExactJson(BoundedJSONParser):
    """JSON of a long log, whose numbers keep every digit."""

    most = 24 * 1024 * 1024
    # A float would already have lost kopecks: 0.1 + 0.2.
    fraction = str


class IntervalShape(serializers.Serializer[Any]):
    """A stretch of bad supply; one reading, that of its kind."""

    kind = serializers.ChoiceField(choices=[str(kind) for kind in Kind])
    start = serializers.DateTimeField()
    end = serializers.DateTimeField(required=False, allow_null=True)
    planned = serializers.BooleanField(required=False)
    room_celsius = serializers.DecimalField(7, 4, required=False, help_text="of an interruption")
    celsius = serializers.DecimalField(7, 4, required=False, help_text="of a temperature")
    mpa = serializers.DecimalField(7, 4, required=False, help_text="of a pressure")
    volts = serializers.DecimalField(10, 4, required=False, help_text="of a voltage")


class RoomShape(serializers.Serializer[Any]):
    """What the norms of heating depend on."""

    corner = serializers.BooleanField(required=False)
    radiators = serializers.ChoiceField(choices=["cast_iron", "other"], required=False)


class RegionShape(serializers.Serializer[Any]):
    """The climate."""

    coldest_five_days_c = serializers.DecimalField(7, 4, required=False)


class SupplyShape(serializers.Serializer[Any]):
    """How the house is supplied."""

    independent_feeds = serializers.IntegerField(min_value=1, max_value=9, required=False)
    dead_end_main = serializers.BooleanField(required=False)
    static_mpa = serializers.DecimalField(7, 4, required=False)
    heating_from = serializers.DateField(
        required=False, help_text="first day of the season, if it begins in this month"
    )
    heating_until = serializers.DateField(
        required=False, help_text="last day of the season, if it ends in this month"
    )


class LaterTariffShape(serializers.Serializer[Any]):
    """A tariff that began within the month."""

    tariff = serializers.DecimalField(12, 4)
    cold_tariff = serializers.DecimalField(12, 4)

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; «from» is a word of the language."""
        return {"from": serializers.DateField(), **super().get_fields()}


class HotWaterShape(serializers.Serializer[Any]):
    """What water below 40 °C needs."""

    volume_m3 = serializers.DecimalField(12, 4, required=False)
    tariff = serializers.DecimalField(
        12, 4, required=False, help_text="empty: the city's tariff of the month, if it is known"
    )
    cold_tariff = serializers.DecimalField(12, 4, required=False)
    residents = serializers.IntegerField(
        min_value=1, max_value=99, required=False, help_text="instead of the volume: by norm"
    )
    later = LaterTariffShape(many=True, required=False)
    basis = serializers.CharField(max_length=300, required=False, help_text="act of the tariffs")


class RecalculationShape(serializers.Serializer[Any]):
    """A month's bill and what was wrong in it."""

    utility = serializers.ChoiceField(choices=[str(service) for service in Service])
    month = serializers.CharField(help_text="2026-01")
    charge = serializers.DecimalField(12, 2)
    metered = serializers.BooleanField(required=False)
    room = RoomShape(required=False)
    region = RegionShape(required=False)
    supply = SupplyShape(required=False)
    hot_water = HotWaterShape(required=False)
    intervals = IntervalShape(many=True)


class LineShape(serializers.Serializer[Any]):
    """One ground of the reduction."""

    kind = serializers.CharField()
    hours = serializers.CharField()
    percent = serializers.CharField(allow_null=True)
    amount = serializers.CharField()
    clause = serializers.CharField()
    explanation = serializers.CharField()


class ReadingShape(serializers.Serializer[Any]):
    """A choice the law leaves open, and what the other one would give."""

    switch = serializers.CharField()
    used = serializers.CharField()
    other = serializers.CharField()
    reduction = serializers.CharField()


class MissingShape(serializers.Serializer[Any]):
    """Evidence or a figure that is still needed."""

    code = serializers.CharField()
    text = serializers.CharField()


class CalculatedShape(serializers.Serializer[Any]):
    """The reduction, line by line; the lines add up to it."""

    reduction = serializers.CharField()
    percent = serializers.CharField()
    percent_uncapped = serializers.CharField()
    charge = serializers.CharField()
    to_pay = serializers.CharField()
    preliminary = serializers.BooleanField()
    lines = LineShape(many=True)
    missing = MissingShape(many=True)
    readings = ReadingShape(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class Recalculate(Call):
    """POST /api/v1/recalculation/: stores nothing, asks nobody who they are."""

    authentication_classes = ()
    parser_classes = [ExactJson]

    @extend_schema(
        operation_id="recalculation",
        request=RecalculationShape,
        responses={200: CalculatedShape},
        tags=["recalculation"],
    )
    def post(self, http: HttpRequest) -> Response:
        """Return the calculation."""
        body = http.data
        _count_long_log(http, body)
        try:
            bill, intervals = parse.read(_filled(body), zone=timezone.get_default_timezone())
        except parse.Invalid as invalid:
            field, text = next(iter(invalid.errors.items()))
            raise Problem(
                f"{field}: {text}" if field else text, code="invalid", errors=invalid.errors
            ) from None
        figures = FigureRow.objects.figures_on(bill.month)
        zone = timezone.get_default_timezone()
        return Response(shown(calculate(bill, intervals, figures=figures, zone=zone)))


def _filled(body: object) -> object:
    """Return the body with the city's tariffs where it names hot water and no tariff."""
    if not isinstance(body, dict) or not body.get("hot_water"):
        return body
    try:
        month = parse.month_of(body.get("month"))
    except ValueError:
        return body
    return filling.fill(body, finding.of_month(month))


def _count_long_log(http: HttpRequest, body: object) -> None:
    rows = body.get("intervals") if isinstance(body, Mapping) else None
    if not isinstance(rows, list) or len(rows) <= LONG_LOG:
        return
    verdict = throttling.hit(
        bucket="recalculation.long",
        key=limit_key(client_address(http._request)),
        limit=LONG_LOGS_AN_HOUR,
        window=timedelta(hours=1),
        at=timezone.now(),
    )
    if not verdict.allowed:
        raise too_many(
            _("Too many long logs from this address: try again later."),
            code="too_many_requests",
            retry_after_seconds=verdict.retry_after_seconds,
        )
