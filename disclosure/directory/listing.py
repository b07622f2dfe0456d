"""The list of companies: found, filtered, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import keyset
from accounts.middleware import ActorRequest
from accounts.revalidation import revalidated
from disclosure import linked_data
from disclosure.directory.bands import Band, band_of
from disclosure.directory.choice import DISCLOSED_WORDS, SORT_WORDS, SORTS, Choice
from disclosure.models import CompanyKind, ManagementCompany, ResponseFigures

PAGE = 20


@dataclass(frozen=True)
class Row:
    """A company as the list shows it; `company` comes with the annotations of `Choice.rows`."""

    company: ManagementCompany
    houses: int
    band: Band | None
    disclosed: str
    figures: ResponseFigures | None


def shown(companies: Iterable[ManagementCompany]) -> list[Row]:
    """Return the companies ready to be shown. No queries."""
    return [_row(company) for company in companies]


def _row(company: ManagementCompany) -> Row:
    hundredths = company.disclosed  # type: ignore[attr-defined]
    is_known = hundredths >= 0
    figures = getattr(company, "response_figures", None)
    return Row(
        company=company,
        houses=company.houses,  # type: ignore[attr-defined]
        band=band_of(hundredths / 100) if is_known else None,
        disclosed=percent_words(hundredths / 100) if is_known else "",
        figures=figures if figures and figures.judged else None,
    )


def percent_words(percent: float) -> str:
    """Return «Disclosed 64 %», as a chip and a dot of the map say it."""
    # Rounded down: only what is whole may say 100.
    return _("Disclosed %(percent)s %%") % {"percent": number_format(int(percent))}


def address(choice: Choice, **more: str) -> str:
    """Return the address of the list with this choice."""
    return reverse("disclosure:companies") + choice.query(**more)


@require_safe
@revalidated
def companies(http: ActorRequest) -> HttpResponse:
    """Show the chosen companies; two queries, three where some are left out."""
    choice = Choice.of(http.GET)
    rows = choice.rows(on=timezone.localtime(now()).date())
    cursor = http.GET.get("cursor", "")[:2000]
    try:
        page = keyset.page(rows, SORTS[choice.sort], size=PAGE, cursor=cursor)
    except keyset.BadCursor:
        return redirect(address(choice))
    found = shown(page.rows)
    return render(
        http,
        "disclosure/companies.html",
        {
            "choice": choice,
            "rows": found,
            "linked_data": linked_data.of_list(row.company for row in found),
            "count": rows.count(),
            "counted_at": _counted_at(found),
            "kinds": CompanyKind.choices,
            "districts": settings.CITY.districts,
            "disclosed_words": DISCLOSED_WORDS,
            "tabs": [
                {
                    "href": address(choice, sort="" if code == "name" else code),
                    "word": word,
                    "count": None,
                    "now": code == choice.sort,
                }
                for code, word in SORT_WORDS
            ],
            "all_url": reverse("disclosure:companies"),
            "map_url": reverse("disclosure:companies_map") + choice.query(sort=""),
            "before": address(choice, cursor=page.previous) if page.previous else "",
            "after": address(choice, cursor=page.next) if page.next else "",
        },
    )


def _counted_at(rows: Iterable[Row]) -> datetime | None:
    return max((row.figures.counted_at for row in rows if row.figures), default=None)
