"""What the calculation knows: utilities, what may be wrong with each, figures of the law."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.rest import asked
from accounts.rest.call import PublicRead
from accounts.rest.refusals import wrong
from claims.calculator import wording
from claims.models import FigureRow
from claims.recalculation.figures import NotInForce
from claims.recalculation.values import KINDS, Kind, Service

FRESH_SECONDS = 3600
# Named in the document by settings.ENUM_NAME_OVERRIDES.
KIND_CHOICES = [(one.value, one.value) for one in Kind]
SERVICE_CHOICES = [(one.value, one.value) for one in Service]


class KnownUtilityShape(serializers.Serializer[Any]):
    """A utility whose charge can be reduced, and what may be wrong with it."""

    utility = serializers.ChoiceField(choices=SERVICE_CHOICES)
    name = serializers.CharField()
    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=KIND_CHOICES),
        help_text="What an interval may tell of, as appendix 1 to ПП РФ № 354 knows it",
    )


class LawFigureShape(serializers.Serializer[Any]):
    """A number of the law, or a reading of it where it leaves a choice."""

    code = serializers.CharField()
    value = serializers.CharField(help_text="A number as text, or the name of a reading")
    others = serializers.ListField(child=serializers.CharField(), help_text="Readings not taken")
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    clause = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField(help_text="sure, likely, or check: a lawyer has yet to look")
    note = serializers.CharField()


class KnownShape(serializers.Serializer[Any]):
    """What the calculation knows on a day."""

    on = serializers.DateField()
    utilities = KnownUtilityShape(many=True)
    figures = LawFigureShape(many=True)


class Known(PublicRead):
    """GET /api/v1/recalculation/utilities/: what POST /api/v1/recalculation/ can be asked."""

    fresh_seconds = FRESH_SECONDS

    @extend_schema(
        operation_id="recalculation_utilities",
        parameters=[OpenApiParameter("on", date, description="Today without it")],
        responses={200: KnownShape},
        tags=["recalculation"],
    )
    def get(self, http: HttpRequest) -> Response:
        """Return the utilities, what an interval of each may be, and the figures used."""
        day = asked.day(http, "on") or timezone.localdate()
        try:
            figures = FigureRow.objects.figures_on(day)
        except NotInForce:
            raise wrong("on", _("No figures are known for this day.")) from None
        return Response(
            {
                "on": day,
                "utilities": [
                    {
                        "utility": one,
                        "name": wording.service_label(one),
                        "kinds": sorted(KINDS[one]),
                    }
                    for one in Service
                ],
                "figures": [
                    {
                        "code": figure.code,
                        "value": figure.value,
                        "others": list(figure.others),
                        "since": figure.since,
                        "until": figure.until,
                        "clause": figure.clause,
                        "source": figure.source,
                        "confidence": figure.confidence,
                        "note": figure.note,
                    }
                    for _code, figure in sorted(figures.by_code.items())
                ],
            }
        )
