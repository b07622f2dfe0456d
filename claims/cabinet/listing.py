"""The list of claims to a representative's organisations, and the tab that leads to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import keyset
from accounts.actors import Actor, Executor
from accounts.middleware import ActorRequest
from claims.cabinet import choice
from claims.calculator import wording
from claims.models import Claim
from claims.of_request.views import TONES
from claims.querysets import ClaimQuerySet
from claims.statuses import AWAITED, UNANSWERED, ClaimStatus
from disclosure.cabinet import tabs as cabinet_tabs
from requests_app import deadlines
from requests_app.cabinet.doors import executor_of, organisations_of
from requests_app.cabinet.listing import organisation_shown, tabs_of
from requests_app.tracking.views import private

PAGE = 30
TOGETHER = 5


@never_cache
@login_required
@require_safe
def listing(http: ActorRequest, makers: Sequence[cabinet_tabs.Maker] = ()) -> HttpResponse:
    """Show the claims that wait, the oldest first, with those of one incident to answer at once."""
    actor, at = executor_of(http), now()
    organisations = organisations_of(actor)
    chosen = choice.read(http.GET, organisations)
    rows = chosen.rows(actor)
    try:
        page = keyset.page(
            chosen.part.narrow(rows, at).select_related("request__building"),
            list(chosen.part.order),
            size=PAGE,
            cursor=http.GET.get("cursor", ""),
        )
    except keyset.BadCursor:
        return redirect(chosen.href())
    here = organisation_shown(organisations, chosen.inn)
    values = {
        "title": here.name if here else _("Claims to your organisations"),
        "tabs": tabs_of(here, makers, by=actor, now_at="claims"),
        "parts": [
            {
                "href": chosen.href(part=part.code),
                "word": part.word,
                "count": choice.counted(part.narrow(rows, at)) if part.is_counted else None,
                "now": part == chosen.part,
            }
            for part in choice.PARTS
        ],
        "choice": chosen,
        "utilities": [(str(one.service), one.label) for one in wording.SERVICES],
        "organisations": organisations if len(organisations) > 1 else [],
        "rows": [_row(item, at=at) for item in page],
        "newer": chosen.href(cursor=page.previous) if page.previous else "",
        "older": chosen.href(cursor=page.next) if page.next else "",
        "together": _together(rows),
        "everything": choice.Choice(inn=chosen.inn).href(),
        "is_narrowed": bool(chosen.utility or chosen.incident),
    }
    return private(render(http, "claims/cabinet/list.html", values))


def _together(rows: ClaimQuerySet) -> list[dict[str, Any]]:
    """Return incidents with several unanswered claims: one decision may answer them all."""
    found = (
        rows.filter(status__in=UNANSWERED, of_incident__isnull=False)
        .order_by()
        .values("of_incident__incident", "of_incident__incident__title")
        .annotate(many=Count("pk"), asked=Sum("amount_rub"))
        .filter(many__gt=1)
        .order_by("-many")[:TOGETHER]
    )
    return [
        {
            "href": reverse("claims_cabinet:together", args=[one["of_incident__incident"]]),
            "title": one["of_incident__incident__title"],
            "many": one["many"],
            "sum": wording.rubles(one["asked"]),
        }
        for one in found
    ]


def _row(item: Claim, *, at: datetime) -> dict[str, Any]:
    number, place = item.number.split("/")
    icon, tone = TONES[ClaimStatus(item.status)]
    month = f"{MONTHS[item.month.month]} {item.month.year}".lower()
    about = f"{wording.service_label(item.service)}, {month}"
    flat = item.request.flat
    clock = None
    if item.status in AWAITED and item.due_at is not None:
        zone = timezone.get_current_timezone()
        clock = {
            "words": deadlines.in_words(item.due_at, now=at, zone=zone),
            "state": "late" if item.due_at < at else "",
            "due_at": item.due_at,
        }
    return {
        "href": reverse("claims_cabinet:card", args=[number, int(place)]),
        "title": f"{about}: {wording.rubles(item.amount_rub)}",
        "place": item.request.building.address
        + (_(", flat %(flat)s") % {"flat": flat} if flat else ""),
        "number": item.number,
        "filed": date_format(timezone.localtime(item.filed_at), "j E Y"),
        "word": item.get_status_display(),
        "icon": icon,
        "tone": tone,
        "clock": clock,
    }


def of_claims(mine: cabinet_tabs.Mine, by: Actor) -> list[cabinet_tabs.Tab]:
    """Return the tab that leads here, with how many wait for an answer; staff have the desk."""
    if not isinstance(by, Executor) or (mine is not None and not mine.inn):
        return []
    rows = Claim.objects.visible_to(by).filter(status__in=UNANSWERED)
    if mine is not None:
        rows = rows.filter(executor_inn=mine.inn)
    href = reverse("claims_cabinet:list")
    return [
        cabinet_tabs.Tab(
            name="claims",
            word=_("Claims"),
            href=f"{href}?inn={mine.inn}" if mine is not None and len(by.inns) > 1 else href,
            count=choice.counted(rows),
        )
    ]
