"""The work list: saved views, filters, search and bulk steps, by key and without counting all."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import keyset
from accounts.actors import Operator
from accounts.keyset import Page
from accounts.models import User
from requests_app.admin import access
from requests_app.admin.rows import row
from requests_app.desk import bulk, organisations, saved_filters, search, tabs
from requests_app.desk.filters import WorkListFilter
from requests_app.incidents import proposals
from requests_app.models import Request
from requests_app.querysets import RequestQuerySet

SIZE = 50
LIST = "admin:requests_app_request_changelist"
_CALLERS = "desk_callers"
_DECIDES = "requests_app.change_incidentproposal"


@access.needs(access.VIEW)
def show(http: HttpRequest) -> HttpResponse:
    """GET: the list. POST: a bulk step on the chosen rows."""
    if http.method == "POST":
        return _bulk(http)
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
        return redirect(_address(asked, cursor=None))
    counts = tabs.counts(actor, at=at)
    back = urlencode({"back": used}) if (used := _without(asked, "filters").urlencode()) else ""
    return TemplateResponse(
        http,
        "admin/requests_app/request/list.html",
        access.frame(
            http,
            title=_("Requests"),
            tabs=[
                {
                    "href": _address(asked, tab=one.code, cursor=None),
                    "word": one.label,
                    "icon": one.icon,
                    "count": counts.get(one.code),
                    "is_hot": one.code == "overdue" and counts.get(one.code) != "0",
                    "now": one.code == tab.code,
                }
                for one in tabs.TABS
            ],
            rows=[row(item, back=back, at=at) for item in page],
            newer=_address(asked, cursor=page.previous) if page.previous else "",
            older=_address(asked, cursor=page.next) if page.next else "",
            filter_form=narrowing.form if narrowing is not None else None,
            filters_href=_address(asked, filters="1", cursor=None),
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
            to_save=saved_filters.kept_part(asked) if is_filtered else "",
            clean_href=_address(QueryDict(), tab=tab.code),
            words=words,
            typed=words.text if words and words.kind != search.Kind.PHONE else "",
            as_address=_address(asked, meant="address", cursor=None),
            as_text=_address(asked, meant="text", cursor=None),
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
        return redirect(_address(QueryDict(), caller=caller))
    if words.kind == search.Kind.NUMBER:
        rows = Request.objects.visible_to(access.operator_of(http))
        found = search.narrow(rows, words, at=timezone.now()).values_list("pk", flat=True)[:2]
        if len(found) == 1:
            return redirect("admin:requests_app_request_change", found[0])
    return redirect(_address(QueryDict(), q=words.text))


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


def _without(asked: QueryDict, *names: str) -> QueryDict:
    kept = asked.copy()
    for name in names:
        kept.pop(name, None)
    for name in [name for name, values in kept.lists() if values == [""]]:
        del kept[name]
    return kept


def _address(asked: QueryDict, **changes: str | None) -> str:
    kept = _without(asked)
    for name, value in changes.items():
        kept.pop(name, None)
        if value:
            kept[name] = value
    query = kept.urlencode()
    return f"{reverse(LIST)}?{query}" if query else reverse(LIST)


def _bulk(http: HttpRequest) -> HttpResponse:
    if not http.user.has_perm(access.CHANGE):
        return HttpResponse(status=403)
    at, by = timezone.now(), access.operator_of(http)
    back = HttpResponseRedirect(_address(http.GET))
    ids = [int(pk) for pk in http.POST.getlist("chosen") if pk.isdecimal() and len(pk) < 19]
    key = http.POST.get("key", "")[:64]
    if not ids:
        messages.warning(http, _("Choose the requests first."))
        return back
    match http.POST.get("bulk", ""):
        case "accept":
            _tell(http, bulk.accept(ids, by=by, at=at, key=key))
        case "mine":
            _tell(http, bulk.assign(ids, to=by.id, by=by, at=at))
        case "assign":
            to = http.POST.get("operator", "")
            if not (to.isdecimal() and len(to) < 19):
                messages.warning(http, _("Choose the operator."))
                return back
            _tell(http, bulk.assign(ids, to=int(to), by=by, at=at))
        case "redirect":
            return _redirect_many(http, ids, key, back, at)
        case _:
            messages.warning(http, _("Choose what to do."))
    return back


def _redirect_many(
    http: HttpRequest, ids: list[int], key: str, back: HttpResponse, at: datetime
) -> HttpResponse:
    """Ask for the organisation and the reason on a page of its own, then pass each request on."""
    by = access.operator_of(http)
    executor = organisations.read(http.POST.get("executor", ""))
    text, words = http.POST.get("text", "").strip(), http.POST.get("executor_q", "")
    found = organisations.named(words) if words else []
    if executor is None and len(found) == 1:
        executor = organisations.read(found[0].code)
    errors = []
    if http.POST.get("sure"):
        if executor is None:
            errors.append({"text": _("Choose the organisation."), "href": "#executor_q"})
        if not text:
            errors.append({"text": _("Write why: the residents read it."), "href": "#text"})
        if executor is not None and not errors:
            _tell(http, bulk.redirect(ids, executor=executor, text=text, by=by, at=at, key=key))
            return back
    chosen = (
        Request.objects.visible_to(by)
        .filter(pk__in=ids[: bulk.LIMIT])
        .select_related("category", "building")
        .without_texts()
        .order_by("due_at", "id")
    )
    return TemplateResponse(
        http,
        "admin/requests_app/request/redirect_many.html",
        access.frame(
            http,
            title=_("Pass to another organisation"),
            chosen=chosen,
            key=key,
            choices=found,
            words=words,
            text=text,
            errors=errors,
            back=_address(http.GET),
        ),
        status=422 if errors else 200,
    )


def _tell(http: HttpRequest, tally: bulk.Tally) -> None:
    if tally.done:
        messages.success(
            http,
            ngettext("%(count)d request done.", "%(count)d requests done.", tally.done)
            % {"count": tally.done},
        )
    for reason, count, numbers in tally.reasons:
        shown = ", ".join(numbers[:5]) + ("…" if count > 5 else "")
        messages.warning(
            http,
            ngettext(
                "%(count)d request refused: %(reason)s (%(numbers)s)",
                "%(count)d requests refused: %(reason)s (%(numbers)s)",
                count,
            )
            % {"count": count, "reason": reason, "numbers": shown},
        )
    if not tally.done and not tally.refused:
        messages.warning(http, _("The chosen requests are not to be found."))
