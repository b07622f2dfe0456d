"""The first pages of the cabinet: companies, a company's forms, its houses, a house's forms."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import keyset
from accounts.actors import Operator
from accounts.middleware import ActorRequest
from disclosure.cabinet import tabs
from disclosure.cabinet.doors import company_of, may_enter, today
from disclosure.cabinet.standings import Line
from disclosure.forms_standard.due import Standing
from disclosure.models import Building, CompletenessScore, Draft, ManagementCompany
from disclosure.publications import duties, scoring
from disclosure.publications.querysets import companies_of

PAGE = 30


@never_cache
@login_required
@require_safe
def index(request: ActorRequest, without_forms: str = "") -> HttpResponse:
    """
    Lead a representative to their company; staff find one by its ИНН.

    `without_forms` names the page of who speaks for a supplier only: those publish no forms.
    """
    if not may_enter(request):
        return render(request, "disclosure/cabinet/none.html", status=200)
    is_staff = isinstance(request.actor, Operator)
    inn = request.GET.get("inn", "").strip()
    if is_staff:
        if inn and inn.isdecimal() and companies_of(request.actor).filter(inn=inn).exists():
            return redirect("cabinet:company", inn)
        return render(request, "disclosure/cabinet/find.html", {"inn": inn[:12]})
    companies = list(companies_of(request.actor).order_by("name", "id")[:100])
    if len(companies) == 1:
        return redirect("cabinet:company", companies[0].inn)
    if not companies and without_forms:
        return redirect(without_forms)
    return render(request, "disclosure/cabinet/index.html", {"companies": companies})


def _lines(company: ManagementCompany, owed: list[duties.Duty]) -> list[Line]:
    begun = set(
        Draft.objects.filter(company=company).values_list("building_id", "form_code", "year")
    )
    return [
        Line(
            each,
            is_begun=(
                each.duty.report.building.pk if each.duty.report.building else None,
                each.duty.report.form.code,
                each.duty.report.year,
            )
            in begun,
        )
        for each in scoring.scored(owed)
    ]


@never_cache
@login_required
@require_safe
def company(request: ActorRequest, inn: str, makers: Sequence[tabs.Maker] = ()) -> HttpResponse:
    """Show the company's own forms: what is missing or late comes with its limit."""
    mine = company_of(request, inn)
    on = today()
    lines = _lines(mine, duties.of_company(mine, on=on))
    return render(
        request,
        "disclosure/cabinet/company.html",
        {
            "company": mine,
            "lines": lines,
            "late": sum(line.scored.duty.standing is Standing.LATE for line in lines),
            "score": scoring.latest(mine),
            "houses": duties.houses_of(mine, on=on).count(),
            "is_staff": isinstance(request.actor, Operator),
            "tabs": tabs.made(makers, mine, "company", by=request.actor),
        },
    )


@never_cache
@login_required
@require_safe
def houses(request: ActorRequest, inn: str, makers: Sequence[tabs.Maker] = ()) -> HttpResponse:
    """List the company's houses with how complete each is; a constant number of queries."""
    mine = company_of(request, inn)
    latest = CompletenessScore.objects.filter(company=mine, building=OuterRef("pk")).order_by(
        "-day"
    )
    rows = duties.houses_of(mine, on=today()).annotate(
        percent=Subquery(latest.values("percent")[:1]),
        forms=Subquery(latest.values("forms")[:1]),
        in_time=Subquery(latest.values("in_time")[:1]),
    )
    address = reverse("cabinet:houses", args=[mine.inn])
    try:
        page = keyset.page(
            rows, ["address", "id"], size=PAGE, cursor=request.GET.get("cursor", "")[:2000]
        )
    except keyset.BadCursor:
        return redirect(address)
    return render(
        request,
        "disclosure/cabinet/houses.html",
        {
            "company": mine,
            "houses": page.rows,
            "before": f"{address}?cursor={page.previous}" if page.previous else "",
            "after": f"{address}?cursor={page.next}" if page.next else "",
            "is_staff": isinstance(request.actor, Operator),
            "tabs": tabs.made(makers, mine, "houses", by=request.actor),
        },
    )


@never_cache
@login_required
@require_safe
def house(
    request: ActorRequest, inn: str, pk: int, makers: Sequence[tabs.Maker] = ()
) -> HttpResponse:
    """Show the forms of one house that the company runs today."""
    mine = company_of(request, inn)
    on = today()
    one: Building = get_object_or_404(duties.houses_of(mine, on=on), pk=pk)
    lines = _lines(mine, duties.of_houses(mine, [one], on=on))
    if not lines:
        raise Http404
    return render(
        request,
        "disclosure/cabinet/house.html",
        {
            "company": mine,
            "house": one,
            "lines": lines,
            "score": scoring.latest(mine, one),
            "is_staff": isinstance(request.actor, Operator),
            "tabs": tabs.made(makers, mine, "houses", by=request.actor),
        },
    )
