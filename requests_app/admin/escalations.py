"""Escalation at the desk: the rules, what climbed, and letters to the inspectorate to sign."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from requests_app.admin.titles import PluralTitle
from requests_app.models import Escalation, EscalationRule, Rung
from requests_app.paper import inspectorate


@admin.register(EscalationRule)
class EscalationRuleAdmin(PluralTitle, admin.ModelAdmin):
    """The rules: eight rows, edited in the list."""

    list_display = ("rung", "is_emergency", "after_hours", "active_since")
    list_display_links = ("rung",)
    ordering = ("is_emergency", "after_hours")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Let hours and switch be edited; which rungs there are is fixed."""
        return ("rung", "is_emergency")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: each rung has its rule."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: a rule is switched off."""
        return False


@admin.register(Escalation)
class EscalationAdmin(PluralTitle, admin.ModelAdmin):
    """What climbed; of a letter to the inspectorate, whether it was sent."""

    list_display = ("number", "rung", "executor", "due_at", "at", "sent_on", "letter")
    list_filter = ("rung", ("sent_on", admin.EmptyFieldListFilter))
    search_fields = ("=request__number", "=request__executor_inn")
    list_select_related = ("request",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-at", "-id")
    fields = ("number", "rung", "executor", "due_at", "at", "letter", "sent_on", "outgoing_number")

    def get_readonly_fields(self, request: HttpRequest, obj: Escalation | None = None) -> Any:
        """Let only the sending of a letter be written down."""
        fixed = ("number", "rung", "executor", "due_at", "at", "letter")
        if obj is not None and obj.rung == Rung.INSPECTORATE:
            return fixed
        return (*fixed, "sent_on", "outgoing_number")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Escalation]:
        """Join what each row shows, without the text of the request."""
        rows = super().get_queryset(request).select_related("request")
        return rows.defer("request__search", "request__description", "request__norm_text")

    @admin.display(description=_("request"))
    def number(self, escalation: Escalation) -> SafeString:
        """Return a link to the request's page."""
        address = reverse("admin:requests_app_request_change", args=[escalation.request_id])
        return format_html('<a class="nowrap" href="{}">{}</a>', address, escalation.request.number)

    @admin.display(description=_("executor"))
    def executor(self, escalation: Escalation) -> str:
        """Return who answers."""
        return escalation.request.executor_name

    @admin.display(description=_("letter"))
    def letter(self, escalation: Escalation) -> SafeString | str:
        """Return a link to the letter, where there is one."""
        if escalation.rung != Rung.INSPECTORATE:
            return ""
        address = reverse("admin:requests_app_escalation_letter", args=[escalation.pk])
        return format_html('<a href="{}">{}</a>', address, _("Letter (PDF)"))

    def get_urls(self) -> list[URLPattern]:
        """Add the letter."""
        view = self.admin_site.admin_view(self.letter_view)
        return [
            path("<int:pk>/letter.pdf", view, name="requests_app_escalation_letter"),
            *super().get_urls(),
        ]

    def letter_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return the letter to the inspectorate."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = (
            Escalation.objects.filter(pk=pk, rung=Rung.INSPECTORATE)
            .select_related("request__building", "request__category")
            .first()
        )
        if found is None:
            raise Http404
        answer = HttpResponse(inspectorate.pdf(found), content_type="application/pdf")
        name = f"{found.request.number}-inspectorate.pdf"
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        answer["Cache-Control"] = "private, no-store"
        return answer

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Written by the rules only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Escalation | None = None) -> bool:
        """Never: what was told stays."""
        return False
