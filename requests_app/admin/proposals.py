"""Proposed incidents at the desk: what the watch for bursts found, its evidence, one decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import keyset
from requests_app.admin import access
from requests_app.incidents import bursts, proposals
from requests_app.lifecycle import Refused
from requests_app.models import IncidentProposal, ProposalState

VIEW = "requests_app.view_incidentproposal"
CHANGE = "requests_app.change_incidentproposal"
LIST = "admin:requests_app_incidentproposal_changelist"
PAGE = "admin:requests_app_incidentproposal_change"
SIZE = 30
_SHOWN = 0.01
_TONES = {
    ProposalState.OPEN: "wait",
    ProposalState.ACCEPTED: "good",
    ProposalState.DISMISSED: "info",
}


@dataclass(frozen=True)
class Row:
    """A proposal as the list shows it."""

    item: IncidentProposal
    place: str
    count: int

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return _TONES.get(ProposalState(self.item.state), "info")


@access.needs(VIEW)
def show_list(http: HttpRequest) -> HttpResponse:
    """Show what waits first, then what was decided, newest first."""
    is_decided = http.GET.get("tab") == "decided"
    rows = proposals.listed(access.operator_of(http), decided=is_decided)
    try:
        page = keyset.page(
            rows, proposals.NEWEST, size=SIZE, cursor=http.GET.get("cursor", "")[:500]
        )
    except keyset.BadCursor as bad:
        messages.error(http, str(bad))
        return redirect(LIST)
    names = proposals.zone_names(page)
    tab = "&tab=decided" if is_decided else ""
    return TemplateResponse(
        http,
        "admin/requests_app/proposals/list.html",
        access.frame(
            http,
            title=_("Proposed incidents"),
            rows=[Row(item, proposals.place_of(item, names), item.count) for item in page],
            is_decided=is_decided,
            newer=f"?cursor={page.previous}{tab}" if page.previous else "",
            older=f"?cursor={page.next}{tab}" if page.next else "",
        ),
    )


@access.needs(VIEW)
def show(http: HttpRequest, pk: int, *, reason: str = "", error: str = "") -> HttpResponse:
    """Show one proposal with the requests behind it."""
    item = _find(http, pk)
    evidence = proposals.evidence_of(item)
    is_open = item.state == ProposalState.OPEN
    return TemplateResponse(
        http,
        "admin/requests_app/proposals/page.html",
        access.frame(
            http,
            title=proposals.title_of(item, evidence),
            item=item,
            place=proposals.place_of(item),
            row=Row(item, "", evidence.total),
            facts=_facts(item, evidence),
            evidence=evidence,
            rest=evidence.total - len(evidence.requests),
            is_open=is_open,
            later=proposals.later_count(item, evidence, at=timezone.now()),
            can_decide=http.user.has_perm(CHANGE),
            can_take_street=proposals.has_street(item),
            reason=reason,
            error=error,
        ),
        status=422 if error else 200,
    )


def _facts(item: IncidentProposal, evidence: proposals.Evidence) -> list[dict[str, Any]]:
    expected = (
        f"{item.expected:.2f}".replace(".", ",") if item.expected >= _SHOWN else _("almost none")
    )
    seen = (
        ngettext("%(count)d house", "%(count)d houses", item.seen)
        if item.counted == bursts.Counted.HOUSES
        else ngettext("%(count)d caller", "%(count)d callers", item.seen)
    ) % {"count": item.seen}
    said: list[tuple[str, Any]] = [
        (_("Utility"), item.get_utility_display()),
        (_("Place"), item.get_scope_display()),
        (
            _("Seen when it was raised"),
            _("%(seen)s in %(minutes)d min") % {"seen": seen, "minutes": item.window_minutes},
        ),
        (_("The past explains"), expected),
        (_("By chance once in"), _odds(item.chance)),
        (_("Requests by now"), str(evidence.total)),
        (_("First request"), _moment(item.first_at)),
        (_("Newest request"), _moment(item.last_at)),
    ]
    return [{"term": term, "value": value} for term, value in said]


def _odds(chance: float) -> str:
    """Return the odds in words: after how many such looks chance alone shows as much."""
    looks = 1 / max(chance, 1e-12)
    if looks >= 1e9:
        return _("more than a billion looks")
    if looks >= 1e6:
        return _("%(count)d million looks") % {"count": looks / 1e6}
    return _("%(count)d thousand looks") % {"count": max(looks / 1e3, 1)}


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%d.%m.%Y %H:%M}"


@require_POST
@access.needs(CHANGE)
def accept(http: HttpRequest, pk: int) -> HttpResponse:
    """Open the incident and hang the requests on it."""
    _find(http, pk)
    try:
        incident, count = proposals.accept(
            pk,
            by=access.operator_of(http),
            at=timezone.now(),
            houses=http.POST.get("houses", proposals.CALLED),
        )
    except Refused as refused:
        messages.error(http, refused.message)
        return redirect(PAGE, pk)
    messages.success(
        http,
        ngettext(
            "The incident is open. %(count)d request hangs on it.",
            "The incident is open. %(count)d requests hang on it.",
            count,
        )
        % {"count": count},
    )
    return redirect("admin:requests_app_incident_change", incident.pk)


@require_POST
@access.needs(CHANGE)
def dismiss(http: HttpRequest, pk: int) -> HttpResponse:
    """Put the proposal aside, with a reason."""
    _find(http, pk)
    reason = http.POST.get("reason", "")
    try:
        proposals.dismiss(pk, by=access.operator_of(http), at=timezone.now(), reason=reason)
    except Refused as refused:
        if refused.field == "reason":
            return show(http, pk, reason=reason, error=refused.message)
        messages.error(http, refused.message)
        return redirect(PAGE, pk)
    messages.success(http, _("The proposal is dismissed; this burst raises no other."))
    return redirect(LIST)


@require_POST
@access.needs(CHANGE)
def attach(http: HttpRequest, pk: int) -> HttpResponse:
    """Hang on the incident what came after it was opened."""
    _find(http, pk)
    try:
        count = proposals.attach_later(pk, by=access.operator_of(http), at=timezone.now())
    except Refused as refused:
        messages.error(http, refused.message)
        return redirect(PAGE, pk)
    messages.success(
        http,
        ngettext(
            "%(count)d more request hangs on the incident.",
            "%(count)d more requests hang on the incident.",
            count,
        )
        % {"count": count},
    )
    return redirect(PAGE, pk)


def _find(http: HttpRequest, pk: int) -> IncidentProposal:
    item = (
        IncidentProposal.objects.visible_to(access.operator_of(http))
        .select_related("building", "street", "incident", "decided_by")
        .filter(pk=pk)
        .first()
    )
    if item is None:
        raise Http404
    return item


@admin.register(IncidentProposal)
class IncidentProposalAdmin(admin.ModelAdmin):
    """The list and page of proposals; nobody adds or deletes one by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: the watch raises them."""
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: IncidentProposal | None = None
    ) -> bool:
        """Never: what was decided, and why, stays."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list."""
        return show_list(request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one proposal; changes go through its buttons."""
        if not object_id.isdecimal() or len(object_id) > 18 or request.method != "GET":
            raise Http404
        return show(request, int(object_id))

    def get_urls(self) -> list[URLPattern]:
        """Add the decisions before admin's own addresses."""

        def at(verb: str, view: Any) -> URLPattern:
            name = f"requests_app_incidentproposal_{verb}"
            return path(f"<int:pk>/{verb}/", self.admin_site.admin_view(view), name=name)

        own = [at("accept", accept), at("dismiss", dismiss), at("attach", attach)]
        return [*own, *super().get_urls()]
