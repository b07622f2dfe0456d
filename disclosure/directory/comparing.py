"""The page that puts up to three companies side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from accounts.middleware import ActorRequest
from accounts.revalidation import revalidated
from disclosure.directory import lines
from disclosure.directory.choice import Choice
from disclosure.directory.side_by_side import known
from disclosure.models import ManagementCompany

MOST = 3
OFFERED = 10


@require_safe
@revalidated
def compare(http: ActorRequest) -> HttpResponse:
    """Show the companies that `inn` names, thrice at most; eight queries for any of them."""
    today = timezone.localtime(now()).date()
    asked = list(dict.fromkeys(one[:24] for one in http.GET.getlist("inn") if one))
    wanted = asked[:MOST]
    found = {each.reference: each for each in _named(wanted)}
    columns = known([found[one] for one in wanted if one in found], on=today)
    choice = Choice.of(http.GET)
    references = [each.company.reference for each in columns]
    offered: list[ManagementCompany] = []
    if choice.q and len(columns) < MOST:
        rows = choice.rows(on=today).exclude(pk__in=[each.company.pk for each in columns])
        offered = list(rows.order_by("name", "id")[:OFFERED])
    return render(
        http,
        "disclosure/companies_compare.html",
        {
            "columns": [
                {"company": each.company, "others": [one for one in references if one != mine]}
                for each, mine in zip(columns, references, strict=True)
            ],
            "groups": lines.groups(columns, on=today) if columns else [],
            "wanted": references,
            "left_out": len(asked) > MOST,
            "is_full": len(columns) >= MOST,
            "q": choice.q,
            "offered": offered,
        },
    )


def _named(references: Sequence[str]) -> Any:
    without_inn = [int(one[2:]) for one in references if one[:2] == "r-" and one[2:].isdecimal()]
    rows = ManagementCompany.objects.filter(
        Q(inn__in=[one for one in references if one.isalnum()])
        | Q(inn=None, pk__in=[number for number in without_inn if number < 2**63])
    )
    return rows.select_related("response_figures")
