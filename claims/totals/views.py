"""The public page of what was won."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from claims.calculator import wording
from claims.totals import counting
from claims.totals.counting import REST, By, Group

TABS = (
    (By.YEAR, gettext_lazy("By year")),
    (By.UTILITY, gettext_lazy("By service")),
    (By.COMPANY, gettext_lazy("By organisation")),
    (By.DISTRICT, gettext_lazy("By district")),
)


@dataclass(frozen=True)
class Row:
    """A group in words."""

    word: str
    count: int
    sum: str


@require_safe
@cache_control(public=True, max_age=300)
def won(http: HttpRequest) -> HttpResponse:
    """Show rubles on bills and works by year, service, organisation or district."""
    chosen = http.GET.get("by", By.YEAR)
    by = By(chosen) if chosen in set(By) else By.YEAR
    claims, works = counting.claims(by), counting.works(by)
    all_claims, all_works = counting.total(claims), counting.total(works)
    values = {
        "by": by,
        "tabs": TABS,
        "claims": _shown(claims, by),
        "works": _shown(works, by),
        "claims_total": wording.rubles(all_claims.sum_rub)
        if counting.is_showable(all_claims)
        else "",
        "works_total": wording.rubles(all_works.sum_rub) if counting.is_showable(all_works) else "",
        "has_works": by != By.UTILITY,
    }
    return render(http, "claims/won.html", values)


def _shown(groups: list[Group], by: By) -> list[Row]:
    return [
        Row(_word(group, by), group.count, wording.rubles(group.sum_rub))
        for group in groups
        if counting.is_showable(group)
    ]


def _word(group: Group, by: By) -> str:
    if group.key == REST:
        return _("Small groups together")
    if group.key == "?":
        return _("Not said")
    return wording.service_label(group.key) if by == By.UTILITY else group.key
