"""The incident's page at the desk, with what it owes: offered, counted, filed, granted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from claims.calculator import wording
from claims.incidents import showing, standing
from requests_app.admin.incidents import IncidentAdmin
from requests_app.models import Incident

admin.site.unregister(Incident)


@admin.register(Incident)
class IncidentWithMoneyAdmin(IncidentAdmin):
    """Faults and planned outages, with the money that follows from them."""

    def get_readonly_fields(
        self, request: HttpRequest, obj: Incident | None = None
    ) -> tuple[str, ...]:
        """Nobody types what is owed."""
        return (*super().get_readonly_fields(request, obj), "money")

    def get_fieldsets(self, request: HttpRequest, obj: Incident | None = None) -> Any:
        """Add the money of an incident that a bill is reduced for."""
        parts = super().get_fieldsets(request, obj)
        if obj is None or showing.service_of(obj) is None:
            return parts
        return [*parts, (_("Money back"), {"fields": ("money",)})]

    @admin.display(description=_("recalculation"))
    def money(self, incident: Incident) -> SafeString:
        """Return how the offers and claims of the incident stand."""
        found = standing.of(incident)
        values = {
            "found": found,
            "is_over": showing.is_over(incident),
            "months": showing.shown(incident, showing.months_of(incident)),
            "asked": wording.rubles(found.asked_rub),
            "granted": wording.rubles(found.granted_rub),
            "paid": wording.rubles(found.paid_rub),
            "public": reverse("claims_of_incident:money", args=[incident.pk]),
            "claims": f"{reverse('admin:claims_claim_changelist')}?incident={incident.pk}",
        }
        return render_to_string("admin/claims/incident_money.html", values)
