"""The hotline at the desk: hours, cards of calls, call-backs that are due."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts import keyset, phones
from accounts.audit import AuditedAdmin, Table
from accounts.models import User
from outreach.hotline import call_backs, card_page, figures_page
from outreach.models import Call, CallBack, CallBackState, HotlineHours
from requests_app.admin import access
from requests_app.admin.titles import PluralTitle

SIZE = 30


@admin.register(HotlineHours)
class HotlineHoursAdmin(PluralTitle):
    """When the consultants answer, and how many call-backs fit into a quarter of an hour."""

    list_display = ("__str__", "at_once", "first_day", "last_day")
    ordering = ("weekday", "opens")


class FollowUpFilter(admin.SimpleListFilter):
    """What is still to be done, and what should have been."""

    title = _("follow-up")
    parameter_name = "follow_up"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer them."""
        return [("left", _("still to be done")), ("late", _("late")), ("open", _("card is open"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Call]) -> QuerySet[Call]:
        """Narrow the rows."""
        match self.value():
            case "left":
                return rows.to_follow_up()  # type: ignore[attr-defined]
            case "late":
                return rows.to_follow_up().filter(follow_up_by__lt=now())  # type: ignore[attr-defined]
            case "open":
                return rows.filter(ended_at=None)
        return rows


class WhenFilter(admin.SimpleListFilter):
    """Today or the last seven days, by the city's days."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer them."""
        return [("today", _("today")), ("week", _("last seven days"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Call]) -> QuerySet[Call]:
        """Narrow the rows."""
        today = timezone.localtime(now()).date()
        midnight = datetime.combine(today, time(), timezone.get_current_timezone())
        match self.value():
            case "today":
                return rows.filter(started_at__gte=midnight)
            case "week":
                return rows.filter(started_at__gte=midnight - timedelta(days=6))
        return rows


class OperatorFilter(admin.SimpleListFilter):
    """Whose calls; oneself first."""

    title = _("operator")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the staff by name; the accounts of residents are nobody's list."""
        staff = User.objects.filter(is_staff=True, is_active=True).exclude(pk=request.user.pk or 0)
        others = staff.order_by("name").values_list("pk", "name")
        return [("mine", _("my calls")), *((str(pk), name or f"#{pk}") for pk, name in others)]

    def queryset(self, request: HttpRequest, rows: QuerySet[Call]) -> QuerySet[Call]:
        """Narrow the rows."""
        match self.value():
            case "mine":
                return rows.filter(operator=request.user.pk)
            case str(chosen) if chosen.isdecimal() and len(chosen) < 10:
                return rows.filter(operator=int(chosen))
        return rows


@admin.register(Call)
class CallAdmin(AuditedAdmin, PluralTitle):
    """
    Cards of calls; a page of its own opens, writes and shows one.

    The list names no caller; a search by the whole number finds their calls for who sees contacts.
    """

    audits = (Table("outreach.CallAudit"),)
    change_list_template = "admin/outreach/call/change_list.html"
    list_display = ("started_at", "who", "shelf", "outcome", "took", "follow_up_by", "done")
    list_filter = (WhenFilter, OperatorFilter, FollowUpFilter, "outcome", "topic")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("=phone",)
    search_help_text = _("The caller's whole number")
    list_select_related = ("operator",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-started_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        """Return what the operator may see, without what callers said."""
        return Call.objects.visible_to(access.operator_of(request)).without_texts()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Call], search_term: str
    ) -> tuple[QuerySet[Call], bool]:
        """Find by the number however it is spelled; nothing for who may see no contact."""
        if not search_term.strip():
            return queryset, False
        try:
            number = phones.normalise(search_term)
        except ValueError:
            return queryset.none(), False
        if not access.operator_of(request).sees_contacts:
            return queryset.none(), False
        return queryset.filter(phone=number), False

    def get_urls(self) -> list[URLPattern]:
        """Add the parts of the card, its buttons and the figures."""

        def at(address: str, view: Any, name: str) -> URLPattern:
            return path(address, self.admin_site.admin_view(view), name=f"outreach_call_{name}")

        return [
            at("guides/", card_page.guides_found, "guides"),
            at("figures/", figures_page.show, "figures"),
            at("<int:pk>/caller/", card_page.caller, "caller"),
            at("<int:pk>/request/", card_page.to_request, "request"),
            at("<int:pk>/contact/", card_page.contact, "contact"),
            at("<int:pk>/done/", card_page.done, "done"),
            *super().get_urls(),
        ]

    @admin.display(description=_("operator"), ordering="operator")
    def who(self, call: Call) -> str:
        """Return who answered."""
        return call.operator.name or f"#{call.operator_id}"

    @admin.display(description=_("topic"), ordering="topic")
    def shelf(self, call: Call) -> str:
        """Return what it was about."""
        return call.get_topic_display() or "–"

    @admin.display(description=_("minutes"), ordering="seconds")
    def took(self, call: Call) -> str:
        """Return how long it took."""
        return figures_page.minutes(call.seconds)

    @admin.display(description=_("follow-up"))
    def done(self, call: Call) -> Any:
        """Return where the follow-up stands."""
        if call.follow_up_by is None:
            return "–"
        if call.follow_up_done_at:
            return _("nothing is left")
        if call.follow_up_by < now():
            return format_html("<strong>{}</strong>", _("late"))
        return _("still to be done")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Open a card."""
        return card_page.start(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a card."""
        is_number = object_id.isdecimal() and len(object_id) < 19
        return card_page.show(request, int(object_id) if is_number else 0)

    def has_delete_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """Never: what is old is erased by itself."""
        return False


@admin.register(CallBack)
class CallBackAdmin(PluralTitle):
    """Whom to call, the longest waiting first; the button opens the card with the number."""

    def get_urls(self) -> list[URLPattern]:
        """Add the button."""
        view = self.admin_site.admin_view(card_page.take)
        return [path("<int:pk>/call/", view, name="outreach_callback_take"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list."""
        return show_list(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Lead to the list: a call-back has no page but the card of its call."""
        return redirect(card_page.DUE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """By the public page only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CallBack | None = None) -> bool:
        """Never: a call-back is cancelled by who booked it."""
        return False


@access.needs("outreach.view_callback")
def show_list(http: HttpRequest) -> HttpResponse:
    """Show the call-backs that wait, the earliest first; or those that are over."""
    by, at = access.operator_of(http), now()
    is_over = http.GET.get("tab") == "over"
    rows = CallBack.objects.visible_to(by).defer("phone", "email", "name")
    if is_over:
        rows, order = rows.exclude(state=CallBackState.BOOKED), ["-starts_at", "-id"]
    else:
        rows, order = rows.waiting(), ["starts_at", "id"]
    try:
        page = keyset.page(rows, order, size=SIZE, cursor=http.GET.get("cursor", "")[:500])
    except keyset.BadCursor as bad:
        messages.error(http, str(bad))
        return redirect(card_page.DUE)
    found = list(page)
    calling = dict(
        Call.objects.filter(call_back__in=[row.pk for row in found], ended_at=None)
        .select_related("operator")
        .values_list("call_back", "operator__name")
    )
    tab = "&tab=over" if is_over else ""
    return TemplateResponse(
        http,
        "admin/outreach/callback/list.html",
        access.frame(
            http,
            title=_("Call-backs"),
            rows=[
                {
                    "back": row,
                    "when": call_backs.when(row.starts_at),
                    "is_due": row.starts_at <= at,
                    "calling": calling.get(row.pk, ""),
                    "is_taken": row.pk in calling,
                }
                for row in found
            ],
            is_over=is_over,
            may_call=http.user.has_perm("outreach.change_callback") and by.sees_contacts,
            newer=f"?cursor={page.previous}{tab}" if page.previous else "",
            older=f"?cursor={page.next}{tab}" if page.next else "",
        ),
    )
