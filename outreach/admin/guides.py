"""The guides at the desk of the editors: text, preview, reviews that are due, searches in vain."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from accounts.audit import AuditedAdmin, Table
from outreach.guides.views import page_of
from outreach.models import Guide, UnansweredSearch
from requests_app.admin.titles import PluralTitle


def _today() -> Any:
    return timezone.localtime(now()).date()


class ReviewFilter(admin.SimpleListFilter):
    """Show what somebody should read again."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer the due ones."""
        return [("due", _("due now"))]

    def queryset(self, request: HttpRequest, rows: QuerySet[Guide]) -> QuerySet[Guide]:
        """Return them."""
        return rows.filter(review_due_on__lte=_today()) if self.value() == "due" else rows


@admin.register(Guide)
class GuideAdmin(AuditedAdmin, PluralTitle):
    """Guides; taken off the shelf by unpublishing, never deleted by the load."""

    audits = (Table("outreach.GuideAudit"),)
    list_display = ("title", "topic", "is_published", "review", "confidence", "opinions")
    list_filter = (ReviewFilter, "topic", "is_published", "confidence")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("title", "question", "keywords", "=slug")
    show_full_result_count = False
    list_per_page = 100
    ordering = ("review_due_on", "title")
    filter_horizontal = ("categories",)
    prepopulated_fields = {"slug": ("title",)}
    readonly_fields = ("preview_link",)
    fieldsets = (
        (None, {"fields": ("title", "slug", "question", "topic", "is_published", "preview_link")}),
        (_("For the reader"), {"fields": ("summary", "body", "keywords")}),
        (_("What it rests on"), {"fields": ("clauses", "sources", "confidence")}),
        (_("Review"), {"fields": ("reviewed_on", "review_due_on")}),
        (_("Where it is shown"), {"fields": ("categories", "filing_category")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Guide]:
        """Return the guides with what readers said of them."""
        return Guide.objects.with_opinions()

    def get_urls(self) -> list[URLPattern]:
        """Add the preview."""
        own = path(
            "<int:pk>/preview/",
            self.admin_site.admin_view(self.preview),
            name="outreach_guide_preview",
        )
        return [own, *super().get_urls()]

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the page as readers will see it, published or not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = Guide.objects.select_related("filing_category").filter(pk=pk).first()
        if row is None:
            raise Http404
        return render(request, "outreach/guide.html", page_of(row, request) | {"is_preview": True})  # type: ignore[arg-type]

    @admin.display(description=_("preview"))
    def preview_link(self, row: Guide) -> SafeString | str:
        """Return the way to the page as it will look; first save what was typed."""
        if not row.pk:
            return "—"
        return format_html(
            '<a href="{}">{}</a>',
            reverse("admin:outreach_guide_preview", args=[row.pk]),
            _("See the saved text as readers will"),
        )

    @admin.display(description=_("next review"), ordering="review_due_on")
    def review(self, row: Guide) -> SafeString | str:
        """Return the day, marked where it has come."""
        day = row.review_due_on.strftime("%d.%m.%Y")
        if not row.is_review_due(_today()):
            return day
        return format_html("<strong>{} — {}</strong>", day, _("due now"))

    @admin.display(description=_("helped / did not"))
    def opinions(self, row: Guide) -> str:
        """Return how many readers said what."""
        return f"{row.helped} / {row.not_helped}"  # type: ignore[attr-defined]


@admin.register(UnansweredSearch)
class UnansweredSearchAdmin(PluralTitle):
    """What people look for and do not find; a line goes once a guide answers it."""

    list_display = ("words", "times", "last_at")
    search_fields = ("words",)
    show_full_result_count = False
    ordering = ("-times", "-last_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only searching adds lines."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let nobody change what was looked for."""
        return False
