"""News on its way to followers: how far it is, and holding or cancelling it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications.admin import background, frame
from notifications.events import EVENTS
from notifications.models import BackgroundWork, FanOut, Follow


@admin.register(FanOut)
class FanOutAdmin(frame.ShownOnly):
    """Only counts of followers are shown, never who they are."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page that asks before work is held, resumed or cancelled."""
        hold = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.hold))
        return [
            path("<int:pk>/<slug:deed>/", hold, name="notifications_fanout_hold"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FanOut]:
        """Say with each what it is about, in the words its followers chose it by."""
        about = Follow.objects.filter(topic=OuterRef("topic")).order_by("id").values("label")[:1]
        return super().get_queryset(request).annotate(about=Subquery(about))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody edits a row; who may act on messages may hold and cancel news."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the news, the newest first, each with its bar and what may be done."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found, older = frame.page(self.get_queryset(request), request.GET)
        return self._page(request, found, title=_("News to followers"), older=older)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one piece of news alone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return self._page(request, [row], title=_label(row), one=True)

    def hold(self, request: HttpRequest, pk: int, deed: str) -> HttpResponse:
        """Ask, then hold, resume or cancel."""
        if not _may_act(request):
            raise PermissionDenied
        row = get_object_or_404(FanOut, pk=pk)
        back = reverse("admin:notifications_fanout_changelist")
        return background.ask(request, row, deed, name=_label(row), back=back)

    def _page(self, request: HttpRequest, rows: list[FanOut], **more: Any) -> HttpResponse:
        works = background.shown(
            rows,
            name=_label,
            href=(
                lambda work, deed: reverse("admin:notifications_fanout_hold", args=[work.pk, deed])
            )
            if _may_act(request)
            else None,
        )
        return TemplateResponse(
            request,
            "admin/notifications/fan_outs.html",
            frame.values(request, FanOut, works=works, **more),
        )


def _may_act(request: HttpRequest) -> bool:
    """Whoever may send messages again or hold them back."""
    return request.user.has_perm("notifications.change_message")


def _label(row: BackgroundWork) -> str:
    assert isinstance(row, FanOut), "the list shows nothing else"
    event = EVENTS.get(row.event)
    return str(event.label) if event else row.event
