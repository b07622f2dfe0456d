"""Calls of this room, below /api/v1/."""

from django.urls import path

from claims.api import legal_aid, recalculation, tariffs, utilities, won

urlpatterns = [
    path("recalculation/", recalculation.Recalculate.as_view(), name="api-recalculation"),
    path("recalculation/utilities/", utilities.Known.as_view(), name="api-utilities"),
    path("tariffs/", tariffs.Tariffs.as_view(), name="api-tariffs"),
    path("won/", won.TotalsWon.as_view(), name="api-won"),
    path("won/rows/", won.RowsWon.as_view(), name="api-won-rows"),
    path("legal-aid/", legal_aid.Grounds.as_view(), name="api-legal-aid"),
    path("legal-aid/check/", legal_aid.Check.as_view(), name="api-legal-aid-check"),
]
