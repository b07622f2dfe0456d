"""`/outages/<id>/money/`: what an incident's bills are reduced by, and claiming it from there."""

from __future__ import annotations

import hashlib
import uuid
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import idempotency
from accounts.actors import CodeHolder, Executor, Operator, Resident
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from accounts.models import User
from claims import lifecycle, papers
from claims.calculator import wording
from claims.incidents import filing, showing, standing
from claims.incidents.forms import IncidentClaimForm
from claims.incidents.showing import ShownMonth
from claims.recalculation import parse
from disclosure import address_search
from disclosure.models import Building, Residence
from requests_app import access, intake
from requests_app.intake import Contact
from requests_app.limits import too_many
from requests_app.models import Incident, IncidentBuilding
from requests_app.taking_in import take
from requests_app.tracking import holding
from requests_app.tracking.views import private

_ID_MAX = 2**62
# More houses are found by their address.
FEW = 60
FOUND = 10


def _incident(pk: int) -> Incident:
    if pk > _ID_MAX:
        raise Http404
    incident = get_object_or_404(Incident, pk=pk)
    if showing.service_of(incident) is None:
        raise Http404
    return incident


@require_safe
def money(http: HttpRequest, pk: int) -> HttpResponse:
    """Show anyone what a bill is reduced by: no person, no flat, no request."""
    incident = _incident(pk)
    months = showing.shown(incident, showing.months_of(incident))
    values = {
        **_about(incident, months),
        "won": standing.public_of(incident),
        "link": http.build_absolute_uri(reverse("claims_of_incident:money", args=[pk])),
    }
    return render(http, "claims/incidents/money.html", values)


def _about(incident: Incident, months: list[ShownMonth]) -> dict[str, Any]:
    service = showing.service_of(incident)
    is_over = showing.is_over(incident)
    return {
        "incident": incident,
        "utility": wording.service_label(str(service)),
        "is_over": is_over,
        "months": months,
        "is_due": any(month.is_due for month in months),
        "hours": showing.whole_hours(incident) if is_over else "",
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(http: ActorRequest, pk: int) -> HttpResponse:
    """Ask for the house, then for flat and bill; a POST files a request with its claim."""
    incident = _incident(pk)
    months = [one for one in showing.shown(incident, showing.months_of(incident)) if one.is_due]
    if not months:
        return redirect("claims_of_incident:money", pk)
    house = _house(http, incident)
    if house is None:
        return _ask_house(http, incident)
    if http.method != "POST":
        initial = {"key": uuid.uuid4().hex, **_person(http, house)}
        return _form_page(http, incident, house, IncidentClaimForm(months=months, initial=initial))
    form = IncidentClaimForm(http.POST, http.FILES, months=months)
    if not form.is_valid():
        return _form_page(http, incident, house, form)
    if not isinstance(http.actor, Operator):
        try:
            access.count_filing(address=client_address(http), at=now())
        except access.TooManyRequests as many:
            return private(too_many(http, str(many), many.retry_after_seconds))
    # A hash: the key is the sender's and of any length.
    mark = hashlib.sha256(f"{incident.pk}:{form.cleaned_data['key']}".encode()).hexdigest()
    holder = f"money:{mark[:40]}"
    form.taken, wrong = take(
        form.cleaned_data["bills"],
        kept=form.cleaned_data["kept"],
        most=papers.MOST,
        holder=holder,
        by=http.actor,
        address=client_address(http),
        at=now(),
    )
    for text in wrong:
        form.add_error("bills", text)
    if not wrong and (filed := _file(http, incident, house, form, holder)) is not None:
        return private(_sent(http, filed))
    return _form_page(http, incident, house, form.again())


def _file(
    http: ActorRequest, incident: Incident, house: Building, form: IncidentClaimForm, holder: str
) -> filing.Filed | None:
    said = form.cleaned_data
    new = filing.new_request(
        incident,
        building=house.pk,
        flat=said["flat"],
        contact=Contact(name=said["name"], email=said["email"], phone=said["phone"]),
        consent=said["consent"],
        resident_id=http.actor.id if isinstance(http.actor, Resident) else None,
    )
    try:
        return filing.file(
            new,
            _body(incident, form),
            by=http.actor,
            at=now(),
            key=said["key"],
            account=said["account"],
            bills=form.taken,
            holder=holder,
        )
    except idempotency.KeyReused:
        form.add_error(None, _("This form was sent before."))
    except intake.Invalid as invalid:
        form.blame(invalid.errors)
    except lifecycle.Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    except parse.Invalid as invalid:
        form.add_error(None, str(invalid))
    return None


def _body(incident: Incident, form: IncidentClaimForm) -> dict[str, Any]:
    bill = form.bill()
    assert incident.ended_at is not None
    return {
        "utility": str(showing.service_of(incident)),
        "month": form.cleaned_data["month"],
        "charge": bill["charge"],
        "metered": {"yes": True, "no": False}.get(bill["metered"]),
        "intervals": [showing.interval_of(incident)],
    }


def _sent(http: ActorRequest, filed: filing.Filed) -> HttpResponse:
    names = _(" and ").join(one.executor_name for one in filed.claims)
    summed = sum((one.amount_rub for one in filed.claims), Decimal("0.00"))
    messages.success(
        http,
        _("The application for %(sum)s is sent to %(name)s.")
        % {"sum": wording.rubles(summed), "name": names},
    )
    answer = redirect("requests_app:sent", filed.request.number)
    if not isinstance(http.actor, Resident):
        holder = CodeHolder(number=filed.request.number, code_hash=filed.request.code_hash)
        holding.keep(answer, holder, http)
    return answer


def _person(http: ActorRequest, house: Building) -> dict[str, str]:
    """Return what an account knows of its owner; staff file for others."""
    if not isinstance(http.user, User) or isinstance(http.actor, Operator | Executor):
        return {}
    home = Residence.objects.filter(user=http.user, building=house).first()
    return {
        "name": http.user.name,
        "email": http.user.email,
        "phone": http.user.phone,
        "flat": home.flat if home else "",
    }


def _house(http: ActorRequest, incident: Incident) -> Building | None:
    """Return the house that was chosen: of the incident, or the only one it has."""
    rows = IncidentBuilding.objects.filter(incident=incident).select_related("building")
    asked = http.GET.get("building", "")
    if asked.isdecimal() and len(asked) < 18:
        rows = rows.filter(building=int(asked))
        for row in rows[:1]:
            return row.building
        raise Http404
    houses = list(rows.order_by("pk")[:2])
    if len(houses) == 1:
        return houses[0].building
    if isinstance(http.actor, Resident) and "q" not in http.GET:
        home = Residence.objects.filter(user=http.actor.id).values("building")
        for row in rows.filter(building__in=home)[:1]:
            return row.building
    return None


def _ask_house(http: HttpRequest, incident: Incident) -> HttpResponse:
    typed = " ".join(http.GET.get("q", "")[:200].replace("\x00", "").split())
    touched = IncidentBuilding.objects.filter(incident=incident)
    if typed:
        found = [one.id for one in address_search.find(typed, limit=FOUND * 3)]
        order = {pk: place for place, pk in enumerate(found)}
        rows = list(
            touched.filter(building__in=found).values_list("building_id", "building__address")
        )
        houses = sorted(rows, key=lambda row: order[row[0]])[:FOUND]
    else:
        houses = list(
            touched.order_by("building__address").values_list("building_id", "building__address")[
                : FEW + 1
            ]
        )
        houses = houses if len(houses) <= FEW else []
    values = {"incident": incident, "typed": typed, "houses": houses}
    return private(render(http, "claims/incidents/house.html", values))


def _form_page(
    http: HttpRequest, incident: Incident, house: Building, form: IncidentClaimForm
) -> HttpResponse:
    values = {
        **_about(incident, list(form.months)),
        "house": house,
        "form": form,
    }
    status = 422 if form.is_bound else 200
    return private(render(http, "claims/incidents/claim.html", values, status=status))
