"""Page of the calculator: nobody signs in, nothing is stored, the address is the whole state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from claims.calculator import wording
from claims.calculator.forms import Calculator
from claims.incidents import showing
from claims.models import FigureRow
from claims.recalculation.compute import calculate
from claims.recalculation.values import Calculation, Line
from claims.tariffs import filling, finding
from requests_app.models import Incident

MOST_DIGITS = 18


@dataclass(frozen=True)
class ShownLine:
    """A line of the calculation in words."""

    title: str
    hours: str
    percent: str
    amount: str
    clause: str
    explanation: str


@dataclass(frozen=True)
class Shown:
    """A calculation in words; `others` are sums by other readings of the law, differing ones."""

    sum: str
    is_zero: bool
    preliminary: bool
    utility: str
    month: str
    charge: str
    percent: str
    to_pay: str
    lines: list[ShownLine]
    missing: list[str]
    notes: list[str]
    others: list[tuple[str, str]]
    same: int


def shown(found: Calculation) -> Shown:
    """Return `found` in words."""
    month = found.bill.month
    differing = [r for r in found.readings if r.reduction_rub != found.reduction_rub]
    utility = next(one.label for one in wording.SERVICES if one.service == found.bill.service)
    return Shown(
        sum=wording.rubles(found.reduction_rub),
        is_zero=not found.reduction_rub,
        preliminary=found.preliminary,
        utility=str(utility),
        month=f"{MONTHS[month.month]} {month.year}".lower(),
        charge=wording.rubles(found.bill.charge_rub),
        percent=wording.percent(found.percent),
        to_pay=wording.rubles(found.to_pay_rub),
        lines=[_line(line) for line in found.lines],
        missing=[gap.text for gap in found.missing],
        notes=list(found.notes),
        others=[(wording.rubles(r.reduction_rub), wording.reading(r)) for r in differing],
        same=len(found.readings) - len(differing),
    )


def _line(line: Line) -> ShownLine:
    return ShownLine(
        title=str(wording.LINE_KINDS[line.kind]),
        hours=wording.hours(line.hours),
        percent="" if line.percent is None else wording.percent(line.percent),
        amount=wording.rubles(line.amount_rub),
        clause=line.clause,
        explanation=line.explanation,
    )


def apply_address(number: str, query: str) -> str:
    """Return where the calculation becomes an application on a request."""
    return f"{reverse('claims_of_request:new', args=[number])}?{query}"


def prefilled(asked: QueryDict) -> tuple[QueryDict, Incident | None]:
    """
    Return the query with the hours of the incident that it names, and the incident.

    `?incident=7` stays a short lasting address; once hours are typed, they come before its own.
    """
    pk = asked.get("incident", "")
    if not (pk.isascii() and pk.isdecimal() and len(pk) <= MOST_DIGITS):
        return asked, None
    incident = Incident.objects.filter(pk=int(pk)).first()
    if incident is None or showing.service_of(incident) is None:
        return asked, None
    if "i0-start" in asked:
        return asked, incident
    query = asked.copy()
    for name, value in showing.fields_of(incident).items():
        if not query.get(name):
            query[name] = value
    return query, incident


@require_safe
def calculator(http: HttpRequest) -> HttpResponse:
    """Show the utilities to choose, then the form, then the sum above its lines."""
    zone = timezone.get_default_timezone()
    query, incident = prefilled(http.GET)
    form = Calculator(query, today=timezone.localdate(), known=finding.of_month)
    values: dict[str, Any] = {
        "services": wording.SERVICES,
        "service": form.service,
        "incident": incident,
    }
    if form.service is None:
        return render(http, "claims/calculator.html", values)
    chosen = next(one for one in wording.SERVICES if one.service == form.service)
    values |= {
        "chosen": chosen,
        "form": form,
        "errors": [],
        "tariffs": filling.told(form.reference),
        "link": f"{settings.PUBLIC_URL}{reverse('claims:calculator')}?{form.query}",
    }
    status = 200
    judged = form.judge(zone) if form.asked else None
    if judged is not None:
        bill, intervals = judged
        figures = FigureRow.objects.figures_on(bill.month)
        result = calculate(bill, intervals, figures=figures, zone=zone)
        values["found"] = shown(result)
        if form.request_number and result.reduction_rub:
            values["apply"] = apply_address(form.request_number, form.query)
        elif incident is not None and result.reduction_rub and showing.is_over(incident):
            values["apply"] = reverse("claims_of_incident:claim", args=[incident.pk])
    elif form.asked:
        status = 422
        values["errors"] = _errors(form)
    return render(http, "claims/calculator.html", values, status=status)


def _errors(form: Calculator) -> list[dict[str, str]]:
    found = []
    for number, row in enumerate([form.bill, *form.rows]):
        for name, texts in row.errors.items():
            # A stretch is named by its place where there are several.
            label = str(row[name].label) if name in row.fields else ""
            place = _("Stretch %(number)s") % {"number": number} if len(form.rows) > 1 else ""
            said = ", ".join(part for part in (place if number else "", label) if part)
            text = " ".join(map(str, texts))
            href = f"#{row[name].id_for_label}" if name in row.fields else ""
            found.append({"href": href, "text": f"{said}: {text}" if said else text})
    return found
