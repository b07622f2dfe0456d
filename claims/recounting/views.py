"""The page where a resident takes a claim counted anew, or leaves it as it was."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import MONTHS
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import ActorRequest
from claims import lifecycle
from claims.calculator import wording
from claims.models import Claim, Recount, RecountState
from claims.paper import printing
from claims.recalculation import figures
from requests_app.lifecycle import role_of
from requests_app.steps import Role
from requests_app.tracking.views import found, private

_TARIFFS = {
    "tariff": gettext_lazy("Tariff of hot water"),
    "cold_tariff": gettext_lazy("Tariff of cold water"),
}


@never_cache
@require_http_methods(["GET", "POST"])
def offer(http: ActorRequest, number: str, place: int) -> HttpResponse:
    """Show both sums and what was corrected; take the new one, or leave it."""
    request, actor = found(http, number)
    claims = Claim.objects.visible_to(actor).select_related("request")
    item = get_object_or_404(claims, request=request, place=place)
    if role_of(actor) not in {Role.RESIDENT, Role.OPERATOR}:
        raise Http404
    recount = item.recounts.filter(state=RecountState.OFFERED).first()
    if recount is None:
        if http.method == "POST":
            # A double click, or somebody else of the household was quicker.
            messages.info(http, _("This is decided already."))
            return private(redirect(item.get_absolute_url()))
        if not item.recounts.exists():
            raise Http404
        return private(redirect(item.get_absolute_url()))
    if http.method == "POST":
        takes = http.POST.get("take") == "yes"
        decide = lifecycle.take_recount if takes else lifecycle.leave_recount
        try:
            decide(recount, by=actor, at=now())
        except lifecycle.NotFound:
            raise Http404 from None
        except lifecycle.Refused as refused:
            messages.error(http, refused.message)
        else:
            said = _("The new sum is demanded.") if takes else _("The claim stays as it was.")
            messages.success(http, said)
        return private(redirect(item.get_absolute_url()))
    return private(render(http, "claims/recounting/offer.html", _values(item, recount)))


def _values(item: Claim, recount: Recount) -> dict[str, Any]:
    month = f"{MONTHS[item.month.month]} {item.month.year}".lower()
    return {
        "claim": item,
        "title": f"{wording.service_label(item.service)}, {month}",
        "was": wording.rubles(recount.was_rub),
        "now": wording.rubles(recount.amount_rub),
        "is_more": recount.amount_rub > recount.was_rub,
        "is_nothing": not recount.amount_rub,
        "corrected": [_corrected(*row) for row in recount.corrected],
        "lines": [printing.line(one) for one in recount.found["lines"]],
        "granted": "" if item.granted_rub is None else wording.rubles(item.granted_rub),
    }


def _corrected(code: str, was: str, now_is: str) -> dict[str, str]:
    """Return a figure that was corrected: its clause is its name."""
    clauses = {figure.code: figure.clause for figure in figures.from_file()}
    term = str(_TARIFFS[code]) if code in _TARIFFS else clauses.get(code, code)
    return {"term": term, "value": f"{was or '–'} → {now_is or '–'}"}
