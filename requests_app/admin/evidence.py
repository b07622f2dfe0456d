"""Lines, acts, files and refused saves: shown one by one, changed by nobody."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from requests_app.desk import stale
from requests_app.models import RefusedSave


@admin.register(RefusedSave)
class RefusedSaveAdmin(admin.ModelAdmin):
    """
    Saves that came too late, with what was meant.

    Lines, acts and files have no list of their own: they are read on their request's page, where
    each look at a file is checked against the request.
    """

    list_display = ("at", "number", "user", "seen_version", "current_version")
    list_select_related = ("request", "user")
    fields = ("at", "number", "user", "seen_version", "current_version", "meant")
    readonly_fields = fields
    search_fields = ("=request__number",)
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[RefusedSave]:
        """Join what each row shows."""
        return super().get_queryset(request).select_related("request", "user")

    @admin.display(description=_("request"))
    def number(self, save: RefusedSave) -> SafeString:
        """Return a link to the request's page."""
        address = reverse("admin:requests_app_request_change", args=[save.request_id])
        return format_html('<a href="{}">{}</a>', address, save.request.number)

    @admin.display(description=_("what was meant"))
    def meant(self, save: RefusedSave) -> SafeString:
        """Return what was meant, in words."""
        facts = stale.meant_in_words(save.attempted)
        return format_html_join(
            "", "<p><b>{}</b>: {}</p>", ((fact["term"], fact["value"]) for fact in facts)
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Written by the lifecycle only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
