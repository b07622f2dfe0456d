"""Court cases at the desk: which there are and whose, never their files; grounds and duties."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.audit import AuditedAdmin, Table
from claims.models import AidGround, CourtCase, DutyStep


@admin.register(CourtCase)
class CourtCaseAdmin(AuditedAdmin):
    """
    Number, lawyer and stage for the head of the lawyers; whom it is about is not told here.

    Cases are given to another lawyer on the page of the lawyers' work.
    """

    audits = (Table("claims.CourtCaseAudit"),)
    list_display = ("pk", "status", "outcome", "lawyer", "court", "filed_on", "ended_on")
    list_filter = ("status", "outcome", "kind")
    search_fields = ("=pk", "=court_number")
    list_select_related = ("lawyer",)
    show_full_result_count = False
    view_on_site = False
    fields = (
        "pk",
        "kind",
        "status",
        "outcome",
        "lawyer",
        "court",
        "court_number",
        "opened_at",
        "filed_on",
        "decided_on",
        "in_force_on",
        "writ_on",
        "ended_on",
        "awarded_rub",
        "paid_rub",
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Opened from a claim, or on the page of the lawyers' work."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: CourtCase | None = None) -> bool:
        """Steps are made in the file, by its lawyer."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CourtCase | None = None) -> bool:
        """Never: what was asked of a court stays in the count."""
        return False


@admin.register(AidGround)
class AidGroundAdmin(admin.ModelAdmin):
    """To whom and for what the law gives free aid; an old day keeps its own grounds."""

    list_display = ("words", "part", "level", "clause", "since", "until", "confidence")
    list_filter = ("part", "level", "confidence")
    search_fields = ("words", "code", "clause")
    ordering = ("part", "position", "id")


@admin.register(DutyStep)
class DutyStepAdmin(admin.ModelAdmin):
    """The scale of the state duty; a suit is counted by the scale of its day."""

    list_display = ("up_to_rub", "fixed_rub", "percent", "since", "until", "clause")
    list_filter = ("since",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DutyStep]:
        """Show the newest scale first, from its smallest suit."""
        return super().get_queryset(request).order_by("-since", "up_to_rub")
