"""The list of a representative's requests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import keyset
from accounts.actors import Actor, Executor
from accounts.middleware import ActorRequest
from disclosure.cabinet import tabs as cabinet_tabs
from requests_app.cabinet import choice, states
from requests_app.cabinet.doors import Organisation, executor_of, organisations_of
from requests_app.desk import tabs as work_list
from requests_app.models import Request
from requests_app.statuses import public_words
from requests_app.tracking import story
from requests_app.tracking.views import private

PAGE = 30


@never_cache
@login_required
@require_safe
def listing(http: ActorRequest, makers: Sequence[cabinet_tabs.Maker] = ()) -> HttpResponse:
    """Show the requests to the reader's organisations, the nearest limit first."""
    actor, at = executor_of(http), now()
    organisations = organisations_of(actor)
    chosen = choice.read(http.GET, organisations)
    rows = chosen.rows(actor, at=at)
    try:
        page = keyset.page(
            chosen.state.narrow(rows, actor, at)
            .select_related("category", "building")
            .without_texts(),
            list(chosen.state.order),
            size=PAGE,
            cursor=http.GET.get("cursor", ""),
        )
    except keyset.BadCursor:
        return redirect(chosen.href())
    counts = work_list.counts(actor, at=at, tabs=states.STATES, rows=rows)
    here = organisation_shown(organisations, chosen.inn)
    values = {
        "title": here.name if here else _("Requests to your organisations"),
        "tabs": tabs_of(here, makers, by=actor, now_at="requests"),
        "states": [
            {
                "href": chosen.href(state=state.code),
                "word": state.label,
                "count": counts.get(state.code),
                "now": state == chosen.state,
            }
            for state in states.STATES
        ],
        "choice": chosen,
        "is_default": chosen.state == states.DEFAULT,
        "organisations": organisations if len(organisations) > 1 else [],
        "rows": [_row(item, at=at) for item in page],
        "newer": chosen.href(cursor=page.previous) if page.previous else "",
        "older": chosen.href(cursor=page.next) if page.next else "",
        "csv": chosen.href(page="csv"),
        "all_states": chosen.href(state=states.DEFAULT.code),
        "without_words": choice.Choice(chosen.state, chosen.inn).href(),
    }
    return private(render(http, "requests_app/cabinet/list.html", values))


def organisation_shown(organisations: Sequence[Organisation], inn: str) -> Organisation | None:
    """Return the one organisation that is shown, None when it is several or none is known."""
    if inn:
        return next((one for one in organisations if one.inn == inn), None)
    return organisations[0] if len(organisations) == 1 else None


def tabs_of(
    here: Organisation | None, makers: Sequence[cabinet_tabs.Maker], *, by: Actor, now_at: str
) -> list[dict[str, object]]:
    """Return the tabs of the cabinet; those of several organisations at once where none is here."""
    return cabinet_tabs.made(makers, here.row if here else None, now_at, by=by)


def of_requests(mine: cabinet_tabs.Mine, by: Actor) -> list[cabinet_tabs.Tab]:
    """Return the tab that leads here, with how many are open; staff work at the desk instead."""
    if not isinstance(by, Executor) or (mine is not None and not mine.inn):
        return []
    rows = Request.objects.visible_to(by)
    if mine is not None:
        rows = rows.filter(executor_inn=mine.inn)
    counts = work_list.counts(by, at=now(), tabs=states.STATES[:1], rows=rows)
    href = reverse("requests_cabinet:list")
    return [
        cabinet_tabs.Tab(
            name="requests",
            word=_("Requests"),
            href=f"{href}?inn={mine.inn}" if mine is not None and len(by.inns) > 1 else href,
            count=counts[states.DEFAULT.code],
        )
    ]


def _row(item: Request, *, at: datetime) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    planned = ""
    if item.planned_at is not None and item.is_open:
        planned = _("planned for %(when)s") % {
            "when": date_format(timezone.localtime(item.planned_at), "j E, H:i")
        }
    return {
        "href": reverse("requests_cabinet:card", args=[item.number]),
        "title": item.category.name,
        "place": item.building.address,
        "meta": [
            part
            for part in (
                item.number,
                date_format(timezone.localtime(item.registered_at), "j E Y"),
                _("emergency") if item.is_emergency and item.is_open else "",
                planned,
            )
            if part
        ],
        "status": item.status,
        "outcome": item.outcome,
        "word": public_words(item.status, item.outcome),
        "clock": story.clock(item, now=at, zone=zone) if item.is_open else None,
    }
