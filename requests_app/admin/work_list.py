"""The work list: saved views, filters, search and bulk steps, by key and without counting all."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import keyset
from accounts.actors import Operator
from accounts.keyset import Page
from accounts.models import User
from requests_app.admin import access, bulk_steps
from requests_app.admin.list_address import LIST, address, without
from requests_app.admin.rows import row
from requests_app.desk import bulk, saved_filters, search, tabs
from requests_app.desk.filters import WorkListFilter
from requests_app.incidents import proposals
from requests_app.models import Request
from requests_app.querysets import RequestQuerySet

SIZE = 50
_CALLERS = "desk_callers"
_DECIDES = "requests_app.change_incidentproposal"


@access.needs(access.VIEW)
def show(http: HttpRequest) -> HttpResponse:
    """GET: the list. POST: a bulk step on the chosen rows."""
    if http.method == "POST":
        return bulk_steps.press(http)
    at = timezone.now()
    actor = access.operator_of(http)
    asked = http.GET
    words = _words(http)
    tab = tabs.BY_CODE.get(asked.get("tab", "")) or (tabs.BY_CODE["all"] if words else tabs.DEFAULT)
    rows = tab.narrow(Request.objects.visible_to(actor), actor, at)
    is_filtered = any(any(asked.getlist(name)) for name in WorkListFilter.base_filters)
    # Its fields cost three queries and nine drawings: only for who opens them.
    narrowing = WorkListFilter(asked, queryset=rows) if is_filtered or "filters" in asked else None
    if narrowing is not None and narrowing.form.is_valid():
        rows = narrowing.qs
    try:
        page, is_ranked = _page(rows, tab, words, asked.get("cursor", ""), at)
    except keyset.BadCursor as bad:
        messages.error(http, str(bad))
        return redirect(address(asked, cursor=None))
    counts = tabs.counts(actor, at=at)
    back = urlencode({"back": used}) if (used := without(asked, "filters").urlencode()) else ""
    return TemplateResponse(
        http,
        "admin/requests_app/request/list.html",
        access.frame(
            http,
            title=_("Requests"),
            tabs=[
                {
                    "href": address(asked, tab=one.code, cursor=None),
                    "word": one.label,
                    "icon": one.icon,
                    "count": counts.get(one.code),
                    "is_hot": one.code == "overdue" and counts.get(one.code) != "0",
                    "now": one.code == tab.code,
                }
                for one in tabs.TABS
            ],
            rows=[row(item, back=back, at=at) for item in page],
            newer=address(asked, cursor=page.previous) if page.previous else "",
            older=address(asked, cursor=page.next) if page.next else "",
            filter_form=narrowing.form if narrowing is not None else None,
            filters_href=address(asked, filters="1", cursor=None),
            is_filtered=is_filtered,
            saved=[
                {
                    "filter": one,
                    "href": f"{reverse(LIST)}?{one.query}",
                    "is_mine": one.owner_id == actor.id,
                    "now": is_filtered and one.query == saved_filters.kept_part(asked),
                }
                for one in saved_filters.usable_by(actor)
            ],
            undo=bulk.to_undo(by=actor, at=at),
            to_save=saved_filters.kept_part(asked) if is_filtered else "",
            clean_href=address(QueryDict(), tab=tab.code),
            words=words,
            typed=words.text if words and words.kind != search.Kind.PHONE else "",
            as_address=address(asked, meant="address", cursor=None),
            as_text=address(asked, meant="text", cursor=None),
            is_ranked=is_ranked,
            ranked=search.RANKED,
            tab=tab.code,
            proposed=_proposed(http, actor),
            can_change=http.user.has_perm(access.CHANGE),
            can_add=http.user.has_perm(access.ADD),
            operators=_operators() if http.user.has_perm(access.CHANGE) else [],
            bulk_key=uuid.uuid4().hex,
            at=at,
        ),
    )


def _proposed(http: HttpRequest, actor: Operator) -> int:
    """Return how many proposed incidents wait for somebody who may decide on them."""
    return proposals.waiting_count(actor) if http.user.has_perm(_DECIDES) else 0


@require_POST
@access.needs(access.VIEW)
def look_up(http: HttpRequest) -> HttpResponse:
    """
    Go to what the search box asks for.

    By POST, and a phone stays in the session: no phone number in addresses, histories or logs.
    """
    words = search.read(http.POST.get("q", ""))
    if words is None:
        return redirect(LIST)
    if words.kind == search.Kind.PHONE:
        caller = hashlib.sha256(words.phone.encode()).hexdigest()[:12]
        kept = http.session.get(_CALLERS, {})
        http.session[_CALLERS] = {**dict(list(kept.items())[-20:]), caller: words.phone}
        return redirect(address(QueryDict(), caller=caller))
    if words.kind == search.Kind.NUMBER:
        rows = Request.objects.visible_to(access.operator_of(http))
        found = search.narrow(rows, words, at=timezone.now()).values_list("pk", flat=True)[:2]
        if len(found) == 1:
            return redirect("admin:requests_app_request_change", found[0])
    return redirect(address(QueryDict(), q=words.text))


def _words(http: HttpRequest) -> search.Words | None:
    caller = http.GET.get("caller", "")
    if caller:
        phone = http.session.get(_CALLERS, {}).get(caller)
        return search.Words("", search.Kind.PHONE, phone) if phone else None
    return search.read(http.GET.get("q", "").replace("\x00", ""), meant=http.GET.get("meant", ""))


def _page(
    rows: RequestQuerySet, tab: tabs.Tab, words: search.Words | None, cursor: str, at: datetime
) -> tuple[Page[Request], bool]:
    """Return a page by key; words over everything are ranked instead, within a bounded window."""
    shown = ("category__parent", "building", "assigned_to")
    if words:
        found = search.narrow(rows, words, at=at)
        if words.kind == search.Kind.TEXT and tab.code == "all":
            ranked = search.best(rows, words).select_related(*shown).without_texts().with_flags()
            return _part(ranked, cursor), True
        rows = found
    rows = rows.select_related(*shown).without_texts().with_flags()
    return keyset.page(rows, list(tab.order), size=SIZE, cursor=cursor[:500]), False


def _part(ranked: RequestQuerySet, cursor: str) -> Page[Request]:
    """Return the part of the bounded window that starts at the place `cursor`."""
    start = int(cursor) if cursor.isdecimal() and len(cursor) < 4 else 0
    start = min(start, search.RANKED)
    found = list(ranked[start : start + SIZE + 1])
    return Page(
        found[:SIZE],
        str(start + SIZE) if len(found) > SIZE else "",
        str(max(start - SIZE, 0)) if start else "",
    )


def _operators() -> list[User]:
    return list(User.objects.filter(is_staff=True, is_active=True).order_by("name", "email"))
