"""News on its way to followers: how far it is, and holding or cancelling it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications import fan_out
from notifications.admin.frame import ShownOnly
from notifications.events import EVENTS
from notifications.models import FanOut


@admin.register(FanOut)
class FanOutAdmin(ShownOnly):
    """Only counts of followers are shown, never who they are."""

    list_display = ("label", "topic", "how_far", "state", "created_at", "moved_at")
    list_filter = ("state",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("pause", "go_on", "cancel")
    fields = ("label", "topic", "how_far", "state", "created_at", "moved_at")
    readonly_fields = fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits a row; who may act on messages may hold and cancel news."""
        return False

    @admin.display(description=gettext_lazy("event"), ordering="event")
    def label(self, row: FanOut) -> str:
        """Return what happened, in words."""
        event = EVENTS.get(row.event)
        return str(event.label) if event else row.event

    @admin.display(description=gettext_lazy("told, of followers"))
    def how_far(self, row: FanOut) -> str:
        """Return «500 of 20,000 (2 %)»."""
        share = row.done * 100 // row.total if row.total else 0
        return _("%(done)d of %(total)d (%(share)d%%)") % {
            "done": row.done,
            "total": row.total,
            "share": share,
        }

    @admin.action(description=gettext_lazy("Pause"), permissions=["act"])
    def pause(self, request: HttpRequest, rows: QuerySet[FanOut]) -> None:
        """Hold what is being told."""
        self._move(request, rows, "pause")

    @admin.action(description=gettext_lazy("Go on"), permissions=["act"])
    def go_on(self, request: HttpRequest, rows: QuerySet[FanOut]) -> None:
        """Go on with what was held."""
        self._move(request, rows, "go_on")

    @admin.action(description=gettext_lazy("Cancel: tell nobody else"), permissions=["act"])
    def cancel(self, request: HttpRequest, rows: QuerySet[FanOut]) -> None:
        """Tell nobody else; letters that are written leave."""
        self._move(request, rows, "cancel", "cancel_paused")

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whoever may send messages again or hold them back."""
        return request.user.has_perm("notifications.change_message")

    def _move(self, request: HttpRequest, rows: QuerySet[FanOut], *deeds: str) -> None:
        if not self.has_act_permission(request):
            raise PermissionDenied
        ids = list(rows.values_list("pk", flat=True))
        count = sum(fan_out.move(ids, deed) for deed in deeds)
        if count:
            words = ngettext("%(count)d is moved.", "%(count)d are moved.", count)
            messages.success(request, words % {"count": count})
        else:
            messages.warning(request, _("None of the chosen can be moved so."))
