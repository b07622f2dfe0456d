"""Calls of this room, below /api/v1/."""

from django.urls import path

from claims.api import claims, legal_aid, recalculation, tariffs, utilities, won

_ONE = "claims/<str:number>/<int:place>/"

urlpatterns = [
    path("cabinet/claims/", claims.CabinetClaims.as_view(), name="api-cabinet-claims"),
    path(f"cabinet/{_ONE}", claims.CabinetClaim.as_view(), name="api-cabinet-claim"),
    path("desk/claims/", claims.DeskClaims.as_view(), name="api-desk-claims"),
    path(f"desk/{_ONE}", claims.DeskClaim.as_view(), name="api-desk-claim"),
    path("recalculation/", recalculation.Recalculate.as_view(), name="api-recalculation"),
    path("recalculation/utilities/", utilities.Known.as_view(), name="api-utilities"),
    path("tariffs/", tariffs.Tariffs.as_view(), name="api-tariffs"),
    path("won/", won.TotalsWon.as_view(), name="api-won"),
    path("won/rows/", won.RowsWon.as_view(), name="api-won-rows"),
    path("legal-aid/", legal_aid.Grounds.as_view(), name="api-legal-aid"),
    path("legal-aid/check/", legal_aid.Check.as_view(), name="api-legal-aid-check"),
]
