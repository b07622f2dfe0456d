"""Webhooks of all accounts: how each is doing; staff switch one off, and see no secret."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from notifications.admin.frame import ShownOnly
from notifications.masking import masked
from notifications.models import WebhookOff, WebhookSubscription
from notifications.webhooks import health
from notifications.webhooks.catalogue import TYPES


@admin.register(WebhookSubscription)
class WebhookAdmin(ShownOnly):
    """Which systems are told of events."""

    list_display = ("name", "whose", "url", "state", "failures", "failing_since", "last_success_at")
    list_filter = ("off",)
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("switch_off",)
    fields = (
        *("name", "whose", "url", "told", "state", "off_at"),
        *("failures", "failing_since", "last_success_at", "created_at"),
    )
    readonly_fields = fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits another's webhook."""
        return False

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whoever may hold messages back may switch a webhook off."""
        return request.user.has_perm("notifications.change_message")

    @admin.display(description=pgettext_lazy("webhook", "whose"))
    def whose(self, row: WebhookSubscription) -> str:
        """Return the organisation, or the owner's e-mail as far as it takes to know them again."""
        return masked(row.owner.email) if row.owner else row.inn

    @admin.display(description=gettext_lazy("told of"))
    def told(self, row: WebhookSubscription) -> str:
        """Return the events in words."""
        return "; ".join(str(TYPES[code].label) for code in row.events if code in TYPES)

    @admin.display(description=gettext_lazy("how it is"))
    def state(self, row: WebhookSubscription) -> str:
        """Return why it is off, or that it is on."""
        return row.get_off_display() if row.off else str(gettext_lazy("Switched on"))

    @admin.action(description=gettext_lazy("Switch off, and tell the owner"), permissions=["act"])
    def switch_off(self, request: HttpRequest, rows: QuerySet[WebhookSubscription]) -> None:
        """Send them nothing more; their owners cannot switch them on again."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        at = now()
        count = sum(health.switch_off(row, WebhookOff.STAFF, at=at) for row in rows)
        words = ngettext("%(count)d is switched off.", "%(count)d are switched off.", count)
        messages.success(request, words % {"count": count})
