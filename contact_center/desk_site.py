"""Admin's site as the operators' desk: its front page starts with the queues."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Operator
from claims.court.doors import lawyer_in
from claims.models import CourtCase
from contact_center.drill import desk as drill_desk
from outreach.models import CallBack
from requests_app.desk import tabs
from requests_app.incidents import proposals
from requests_app.models import CallState, OutsideLetter, QualityCall

# Models of packages that brought no word of their own for what they are.
PLURALS = {"Authenticator": _("Second factors")}


class DeskSite(AdminSite):
    """The site behind /admin/."""

    site_header = site_title = _("Operators' desk")
    index_title = _("Desk")
    # The list of rooms is one press away, on the front page; beside a table it costs two columns.
    enable_nav_sidebar = False

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the rooms, each thing under a name that an editor understands."""
        rooms: list[Any] = super().get_app_list(request, app_label)
        if settings.DRILL:
            rooms = [room for room in rooms if room["app_label"] == "requests_app"]
        for room in rooms:
            for model in room["models"]:
                model["name"] = PLURALS.get(model["object_name"], model["name"])
        return rooms

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the drill before admin's own addresses, whose last one catches everything."""
        return [*drill_desk.urls(self.admin_view), *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show the queues to whoever works on requests, then what else may be opened."""
        actor = request.actor  # type: ignore[attr-defined]
        queues = []
        if isinstance(actor, Operator) and request.user.has_perm("requests_app.view_request"):
            counts = tabs.counts(actor, at=timezone.now())
            work_list = reverse("admin:requests_app_request_changelist")
            queues = [
                {
                    "href": f"{work_list}?tab={tab.code}",
                    "word": tab.label,
                    "icon": tab.icon,
                    "count": counts[tab.code],
                    "is_hot": tab.code == "overdue" and counts[tab.code] != "0",
                }
                for tab in tabs.TABS
                if tab.is_counted
            ]
        if isinstance(actor, Operator) and request.user.has_perm(
            "requests_app.view_incidentproposal"
        ):
            waiting = proposals.waiting_count(actor)
            queues.append(
                {
                    "href": reverse("admin:requests_app_incidentproposal_changelist"),
                    "word": _("Proposed incidents"),
                    "icon": "alert",
                    "count": str(waiting),
                    "is_hot": waiting > 0,
                }
            )
        if isinstance(actor, Operator) and request.user.has_perm("requests_app.view_qualitycall"):
            to_call = QualityCall.objects.filter(state=CallState.WAITING).count()
            queues.append(
                {
                    "href": reverse("admin:requests_app_qualitycall_changelist"),
                    "word": _("Quality calls"),
                    "icon": "phone",
                    "count": str(to_call),
                    "is_hot": False,
                }
            )
        if isinstance(actor, Operator) and request.user.has_perm("requests_app.view_outsideletter"):
            unsorted = OutsideLetter.objects.visible_to(actor).to_sort().count()
            queues.append(
                {
                    "href": reverse("admin:requests_app_outsideletter_changelist"),
                    "word": _("Letters to sort out"),
                    "icon": "inbox",
                    "count": str(unsorted),
                    "is_hot": False,
                }
            )
        may_call_back = not settings.DRILL and request.user.has_perm("outreach.view_callback")
        if isinstance(actor, Operator) and may_call_back:
            due = CallBack.objects.visible_to(actor).waiting().filter(starts_at__lte=timezone.now())
            count = due.count()
            queues.append(
                {
                    "href": reverse("admin:outreach_callback_changelist"),
                    "word": _("Call-backs that are due"),
                    "icon": "bell",
                    "count": str(count),
                    "is_hot": count > 0,
                }
            )
        lawyer = lawyer_in(request)  # type: ignore[arg-type]
        if lawyer is not None:
            queues.append(
                {
                    "href": reverse("court:work"),
                    "word": _("My court cases"),
                    "icon": "scales",
                    "count": str(CourtCase.objects.visible_to(lawyer).living().count()),
                    "is_hot": False,
                }
            )
        if request.user.has_perm(drill_desk.RUN) and isinstance(actor, Operator):
            queues.append(
                {
                    "href": reverse(drill_desk.PAGE),
                    "word": _("Train the operators"),
                    "icon": "bell",
                    "count": _("Drill"),
                    "is_hot": False,
                }
            )
        can_add = request.user.has_perm("requests_app.add_request")
        return super().index(
            request, {**(extra_context or {}), "queues": queues, "can_add_request": can_add}
        )
