"""Public pages of the ratings, and the files anybody may recompute them from."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import keyset
from accounts.middleware import ActorRequest
from disclosure import address_search
from disclosure.address_search import FoundBuilding
from ratings import changes, downloads, editions, gaming, methodology, showing
from ratings.models import Objection, RatingResult, RatingSnapshot
from requests_app.typed_text import one_line

PAGE = 50
MONTHS = 24
_BY_LINE = ["position"]
_LONGEST = 100


@require_safe
def current(http: ActorRequest) -> HttpResponse:
    """Show the newest published rating, or say that there is none yet."""
    newest = RatingSnapshot.objects.newest()
    if newest is None:
        return render(http, "ratings/none.html")
    return _listed(http, newest, reverse("ratings:current"))


@require_safe
def of_month(http: ActorRequest, period: date) -> HttpResponse:
    """Show the rating of a month."""
    snapshot = editions.asked_for(http, period)
    return _listed(http, snapshot, snapshot.get_absolute_url())


def _listed(http: ActorRequest, snapshot: RatingSnapshot, address: str) -> HttpResponse:
    method = showing.method_of(snapshot)
    everybody = RatingResult.objects.filter(snapshot=snapshot)
    counted = dict(everybody.values_list("group").annotate(count=Count("pk")).order_by())
    group = http.GET.get("group", "")
    group = group if group in counted else ""
    asked = one_line(http.GET.get("q", ""))[:_LONGEST]
    edition = http.GET.get("edition", "")
    district = http.GET.get("district", "")
    district = district if district in settings.CITY.districts else ""
    rows = everybody.filter(group=group) if group else everybody
    if district:
        rows = rows.with_houses_in(district, on=localdate())
    house = _house(asked)
    if house:
        rows = rows.filter(company_id=house.company_id)
    elif asked:
        rows = rows.filter(name__icontains=asked)

    def link(**more: str) -> str:
        parts = {
            "edition": edition,
            "group": group,
            "district": district,
            "q": asked,
            **more,
        }
        chosen = {name: value for name, value in parts.items() if value}
        return address + (f"?{urlencode(chosen)}" if chosen else "")

    try:
        page = keyset.page(rows, _BY_LINE, size=PAGE, cursor=http.GET.get("cursor", "")[:2000])
    except keyset.BadCursor:
        return redirect(link())
    then = changes.earlier(snapshot)
    moved = changes.of_rows(page, then)
    rose, fell, since = ([], [], None) if asked or group else changes.movers(snapshot)
    tabs = [(_("All sizes"), "", sum(counted.values()))]
    tabs += [(each.name, each.code, counted.get(each.code, 0)) for each in method.groups]
    return render(
        http,
        "ratings/list.html",
        {
            "snapshot": snapshot,
            "method": method,
            "files": downloads.links(snapshot, edition),
            "rated": [
                (showing.row(one, method), moved.get(one.company_id))
                for one in page
                if one.is_rated
            ],
            "compared_with": then.period if then and moved else None,
            "rose": rose,
            "fell": fell,
            "since": since,
            "sides": [(rose, _("Better")), (fell, _("Worse"))],
            "district_links": [
                (word, link(district=name), name == district)
                for word, name in [
                    (_("The whole city"), ""),
                    *((name, name) for name in settings.CITY.districts),
                ]
            ],
            "house": house,
            "district": district,
            "districts": settings.CITY.districts,
            "unrated": showing.rows((one for one in page if not one.is_rated), method),
            "bands": showing.legend(method),
            "q": asked,
            "group": group,
            "edition": edition,
            "address": address,
            "tabs": [
                {"href": link(group=code), "word": word, "count": count, "now": code == group}
                for word, code, count in tabs
                if count or not code
            ],
            "before": link(cursor=page.previous) if page.previous else "",
            "after": link(cursor=page.next) if page.next else "",
            "history": RatingSnapshot.objects.published().defer("inputs", "manifest", "rows")[
                :MONTHS
            ],
        },
    )


def _house(asked: str) -> FoundBuilding | None:
    """Return the house that the words name, if they name one and somebody manages it."""
    if not any(letter.isdigit() for letter in asked):
        return None
    found = address_search.find(asked, on=localdate(), limit=1)
    return found[0] if found and not found[0].is_guess and found[0].company_id else None


@require_safe
def company(http: ActorRequest, period: date, reference: str) -> HttpResponse:
    """Show why a company has its score."""
    snapshot = editions.asked_for(http, period)
    result = get_object_or_404(RatingResult, snapshot=snapshot, reference=reference[:24])
    result.snapshot = snapshot
    method = showing.method_of(snapshot)
    then = changes.earlier(snapshot)
    return render(
        http,
        "ratings/company.html",
        {
            "snapshot": snapshot,
            "method": method,
            "row": showing.row(result, method),
            "reasons": showing.reasons(result, method),
            "next": showing.to_next_band(result, method),
            "signs": gaming.told(result.signs),
            "lifts": showing.lifts(result, method),
            "change": changes.of_rows([result], then).get(result.company_id),
            "compared_with": then.period if then else None,
            "chart": showing.chart(changes.history_of(result.company_id, period)),
            "picture_url": settings.PUBLIC_URL
            + reverse("ratings:picture", args=[period, reference]),
            "page_url": settings.PUBLIC_URL + reverse("ratings:company", args=[period, reference]),
            "badge_url": settings.PUBLIC_URL + reverse("ratings:badge", args=[reference]),
            "company_url": reverse("disclosure:company", args=[reference]),
            "edition": http.GET.get("edition", ""),
        },
    )


@require_safe
def methodology_page(http: ActorRequest) -> HttpResponse:
    """Tell in plain words how companies are rated; the newest methodology of the portal."""
    method = methodology.read(methodology.newest())
    return render(
        http, "ratings/methodology.html", {"method": method, "bands": showing.legend(method)}
    )


@require_safe
def objections(http: ActorRequest, period: date) -> HttpResponse:
    """Show each decision on what companies objected to; never the company's own words."""
    snapshot = editions.asked_for(http, period)
    rows = (
        Objection.objects.filter(period=period)
        .decided()
        .select_related("company", "request__category")
    )
    address = reverse("ratings:objections", args=[period])
    try:
        page = keyset.page(
            rows, ["decided_at", "id"], size=PAGE, cursor=http.GET.get("cursor", "")[:2000]
        )
    except keyset.BadCursor:
        return redirect(address)
    told = list(page)
    references = dict(
        RatingResult.objects.filter(
            snapshot=snapshot, company_id__in=[one.company_id for one in told]
        ).values_list("company_id", "reference")
    )
    for one in told:
        one.reference = references.get(one.company_id, one.company.reference)
    return render(
        http,
        "ratings/objections.html",
        {
            "snapshot": snapshot,
            "objections": told,
            "before": f"{address}?cursor={page.previous}" if page.previous else "",
            "after": f"{address}?cursor={page.next}" if page.next else "",
        },
    )
