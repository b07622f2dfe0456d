"""Claims, works and figures at the desk; a claim's steps are made on its own page."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from accounts.admin import ReadOnly
from accounts.audit import AuditedAdmin, Table
from claims.court import admin as court
from claims.models import Claim, FigureRow, Recount, WorkWon
from claims.tariffs.desk import TariffAdmin

__all__ = ["ClaimAdmin", "FigureRowAdmin", "TariffAdmin", "WorkWonAdmin", "court"]


@admin.register(Claim)
class ClaimAdmin(AuditedAdmin):
    """A list to find a claim in; the table of steps is the only way to change one."""

    audits = (Table("claims.ClaimAudit"),)
    list_display = ("number", "status", "service", "month", "amount_rub", "executor_name", "due_at")
    list_filter = ("status", "service")
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
