"""Claims, works and figures at the desk; a claim's steps are made on its own page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from accounts.admin import ReadOnly
from accounts.audit import AuditedAdmin, Table
from claims.court import admin as court
from claims.incidents import admin_page
from claims.models import Claim, FigureRow, Recount, WorkWon
from claims.statuses import AWAITED, ClaimStatus
from claims.tariffs.desk import TariffAdmin
from requests_app.models import Incident

# Pages of other notions, registered where admin looks for them.
__all__ = ["ClaimAdmin", "FigureRowAdmin", "TariffAdmin", "WorkWonAdmin", "admin_page", "court"]


class LateFilter(admin.SimpleListFilter):
    """Claims that nobody answered in time."""

    title = _("answer")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the one thing that is looked for."""
        return [("1", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Claim]:
        """Narrow to them."""
        return queryset.overdue(now()) if self.value() == "1" else queryset


class IncidentFilter(admin.SimpleListFilter):
    """Claims of one incident: chosen on that incident's page, not from a list of all."""

    title = _("incident")
    parameter_name = "incident"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Show the one that is chosen."""
        chosen = request.GET.get(self.parameter_name, "")
        if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 18):
            return []
        found = Incident.objects.filter(pk=chosen).values_list("title", flat=True)
        return [(chosen, found.first() or "—")]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Claim]:
        """Narrow to its claims."""
        chosen = self.value()
        return queryset.filter(of_incident__incident=chosen) if chosen else queryset


@admin.register(Claim)
class ClaimAdmin(AuditedAdmin):
    """A list to find a claim in; the table of steps is the only way to change one."""

    audits = (Table("claims.ClaimAudit"),)
    list_display = (
        *("number", "status", "is_late", "service", "month", "amount_rub"),
        *("executor_name", "due_at"),
    )
    list_filter = (LateFilter, "status", "service", IncidentFilter)
    search_fields = ("number", "executor_name")
    list_select_related = ("request",)
    show_full_result_count = False
    fields = (
        "page",
        "number",
        "status",
        "service",
        "month",
        "charge_rub",
        "amount_rub",
        "granted_rub",
        "paid_rub",
        "credited_in",
        "executor_name",
        "filed_at",
        "due_at",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        """Return what this member of staff may see."""
        return Claim.objects.visible_to(actor_of(request.user))

    @admin.display(description=_("page"))
    def page(self, claim: Claim) -> SafeString:
        """Return the link to the claim's own page, where its steps are."""
        return format_html('<a href="{}">{}</a>', claim.get_absolute_url(), claim.number)

    @admin.display(description=_("in time"), boolean=True)
    def is_late(self, claim: Claim) -> bool | None:
        """Return whether the answer is late: a cross where it is."""
        if claim.status == ClaimStatus.SILENT or (
            claim.status in AWAITED and claim.due_at is not None and claim.due_at < now()
        ):
            return False
        return None if claim.status in AWAITED else True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Claims are filed on a request."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Claim | None = None) -> bool:
        """Steps are made on the claim's page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Claim | None = None) -> bool:
        """Nothing that was demanded disappears."""
        return False


@admin.register(WorkWon)
class WorkWonAdmin(AuditedAdmin):
    """Works that count in the city's total."""

    audits = (Table("claims.WorkWonAudit"),)
    list_display = ("done_on", "what", "executor_name", "price_rub", "act")
    search_fields = ("what", "executor_name", "act")
    autocomplete_fields = ("building",)
    raw_id_fields = ("request",)
    date_hierarchy = "done_on"


@admin.register(FigureRow)
class FigureRowAdmin(AuditedAdmin):
    """Numbers and readings of the law; an old month keeps those of its own day."""

    audits = (Table("claims.FigureAudit"),)
    list_display = ("code", "value", "since", "until", "clause", "confidence")
    list_filter = ("confidence",)
    search_fields = ("code", "clause", "source")


@admin.register(Recount)
class RecountAdmin(ReadOnly):
    """Claims counted anew after a correction: how many wait, were taken or left."""

    list_display = (
        "claim",
        "state",
        "was_rub",
        "amount_rub",
        "difference",
        "made_at",
        "decided_at",
    )
    list_filter = ("state",)
    search_fields = ("claim__number",)
    list_select_related = ("claim",)
    date_hierarchy = "made_at"
    exclude = ("mark",)

    @admin.display(description=_("difference, ₽"))
    def difference(self, recount: Recount) -> str:
        """Return how much more or less the claim would demand."""
        return f"{recount.amount_rub - recount.was_rub:+}"
