"""The incident's page at the desk, with what it owes: offered, counted, filed, granted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from claims.calculator import wording
from claims.incidents import showing, standing
from claims.models import IncidentOffer
from notifications.admin import background
from notifications.models import BackgroundWork, Deed
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
        # The one field below is drawn from the row alone.
        obj.may_be_held = self.has_change_permission(request, obj)  # type: ignore[attr-defined]
        return [*parts, (_("Money back"), {"fields": ("money",)})]

    def get_urls(self) -> list[URLPattern]:
        """Add the page that asks before the offers are held, resumed or cancelled."""
        hold = require_http_methods(["GET", "HEAD", "POST"])(self.hold)
        return [
            path(
                "<int:pk>/offers/<slug:deed>/",
                self.admin_site.admin_view(hold),
                name="claims_incident_offers",
            ),
            *super().get_urls(),
        ]

    def hold(self, request: HttpRequest, pk: int, deed: str) -> HttpResponse:
        """Ask, then hold, resume or cancel the offers."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        whole = get_object_or_404(IncidentOffer.objects.select_related("incident"), incident=pk)
        back = reverse("admin:requests_app_incident_change", args=[pk])
        name = gettext("Offers after “%(title)s”") % {"title": whole.incident.title}
        return background.ask(request, whole, deed, name=name, back=back)

    @admin.display(description=_("recalculation"))
    def money(self, incident: Incident) -> SafeString:
        """Return how the offers and claims of the incident stand."""
        found = standing.of(incident)
        href = _hold if getattr(incident, "may_be_held", False) else None
        values = {
            "found": found,
            "work": background.shown([found.whole], name=lambda _work: "", href=href)[0]
            if found.whole
            else None,
            "is_over": showing.is_over(incident),
            "months": showing.shown(incident, showing.months_of(incident)),
            "asked": wording.rubles(found.asked_rub),
            "granted": wording.rubles(found.granted_rub),
            "paid": wording.rubles(found.paid_rub),
            "public": reverse("claims_of_incident:money", args=[incident.pk]),
            "claims": f"{reverse('admin:claims_claim_changelist')}?incident={incident.pk}",
        }
        return render_to_string("admin/claims/incident_money.html", values)


def _hold(work: BackgroundWork, deed: Deed) -> str:
    assert isinstance(work, IncidentOffer), "an incident has no other work here"
    return reverse("admin:claims_incident_offers", args=[work.incident_id, deed])
