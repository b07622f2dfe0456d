"""The tree of matters at the desk of the editors."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.audit import AuditedAdmin, Table
from requests_app.admin.norms import MOVES_NOTHING, limits_words, period_words
from requests_app.admin.titles import PluralTitle
from requests_app.models import Category, Norm
from requests_app.reference import loading


class NormLines(admin.TabularInline):
    """The norms of a matter, to read; each opens on a page of its own."""

    model = Norm
    fields = readonly_fields = ("in_force_words", "limits_words", "clause", "confidence")
    extra = 0
    can_delete = False
    show_change_link = True
    verbose_name_plural = _("Norms, newest first")
    ordering = ("-in_force",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave adding to the norm's own page, which closes the one before."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave changing to the norm's own page."""
        return False

    @admin.display(description=_("in force"))
    def in_force_words(self, norm: Norm) -> str:
        """Return the period in words."""
        return period_words(norm.in_force)

    @admin.display(description=_("time limits"))
    def limits_words(self, norm: Norm) -> str:
        """Return the limits in words."""
        return limits_words(norm)


class TopFilter(admin.SimpleListFilter):
    """Show one branch of the tree."""

    title = _("part of the tree")
    parameter_name = "top"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the tops."""
        return list(Category.objects.filter(parent=None).values_list("slug", "name"))

    def queryset(self, request: HttpRequest, rows: QuerySet[Category]) -> QuerySet[Category]:
        """Return the branch's leaves."""
        return rows.filter(parent__slug=self.value()) if self.value() else rows


@admin.register(Category)
class CategoryAdmin(AuditedAdmin, PluralTitle):
    """The tree of matters; a matter is closed, never deleted, while requests name it."""

    audits = (Table("requests_app.CategoryAudit"),)
    list_display = ("tree_name", "norm_now", "emergency", "stops", "is_open", "edited")
    show_facets = admin.ShowFacets.NEVER
    list_filter = (TopFilter, "is_open", "emergency", "stop_kind")
    search_fields = ("name", "=slug", "keywords")
    ordering = ("position", "slug")
    list_per_page = 200
    list_select_related = ("parent",)
    show_full_result_count = False
    actions = ("close", "open_again")
    inlines = (NormLines,)
    readonly_fields = ("closed_at",)
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "slug", "parent", "position", "icon"),
                "description": MOVES_NOTHING,
            },
        ),
        (_("For the resident"), {"fields": ("hint", "keywords", "emergency")}),
        (_("Before filing"), {"fields": ("stop_kind", "stop_message")}),
        (_("Whether requests are taken"), {"fields": ("is_open", "closed_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        """Fetch the norm in force today beside each matter."""
        today = timezone.localdate()
        now = Prefetch(
            "norms", Norm.objects.filter(in_force__contains=today), to_attr="norms_today"
        )
        return super().get_queryset(request).prefetch_related(now)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Keep the code of a matter: programs and bookmarks name it."""
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:  # noqa: FBT001
        """Remember when a matter was closed."""
        if "is_open" in form.changed_data:
            obj.closed_at = None if obj.is_open else timezone.now()
        super().save_model(request, obj, form, change)

    @admin.display(description=_("matter"), ordering="position")
    def tree_name(self, category: Category) -> str:
        """Return the name, set in below its top."""
        return f"— {category.name}" if category.parent_id else category.name

    @admin.display(description=_("norm today"))
    def norm_now(self, category: Any) -> str | Promise:
        """Return today's limits in words; a leaf without a norm takes no requests."""
        if category.parent_id is None:
            return ""
        if not category.norms_today:
            return _("none: requests are not taken")
        return limits_words(category.norms_today[0])

    @admin.display(description=_("before filing"), empty_value="")
    def stops(self, category: Category) -> str:
        """Return what stops filing; most matters stop nothing and stay quiet."""
        return category.get_stop_kind_display() if category.stop_kind else ""

    @admin.display(description=_("edited here"), boolean=True)
    def edited(self, category: Category) -> bool:
        """Return whether the reference file no longer decides about the row."""
        return loading.is_edited(category)

    @admin.action(description=_("Close: take no more requests"), permissions=["change"])
    def close(self, request: HttpRequest, rows: QuerySet[Category]) -> None:
        """Close the chosen matters; requests already filed go on."""
        closed = rows.filter(is_open=True).update(is_open=False, closed_at=timezone.now())
        messages.success(
            request,
            ngettext("%(count)d matter closed.", "%(count)d matters closed.", closed)
            % {"count": closed},
        )

    @admin.action(description=_("Open again"), permissions=["change"])
    def open_again(self, request: HttpRequest, rows: QuerySet[Category]) -> None:
        """Take requests about the chosen matters again."""
        opened = rows.filter(is_open=False).update(is_open=True, closed_at=None)
        messages.success(
            request,
            ngettext("%(count)d matter opened.", "%(count)d matters opened.", opened)
            % {"count": opened},
        )
