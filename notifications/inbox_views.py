"""Pages of one's own inbox."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import keyset
from accounts.middleware import ActorRequest
from notifications import inbox
from notifications.models import InboxItem

UNREAD = "unread"


@never_cache
@login_required
@require_safe
def inbox_page(request: ActorRequest) -> HttpResponse:
    """Show one's news, the newest first, or only what is unread."""
    show = UNREAD if request.GET.get("show") == UNREAD else ""
    try:
        page = inbox.page(
            request.actor, cursor=request.GET.get("cursor", ""), only_unread=bool(show)
        )
    except keyset.BadCursor:
        return redirect("inbox:list")
    rows = inbox.shown(page)
    values = {
        "rows": rows,
        "newer": _address(show, page.previous) if page.previous else "",
        "older": _address(show, page.next) if page.next else "",
        "show": show,
        "has_unread": any(row.is_unread for row in rows),
        "tabs": [
            {"href": _address(code), "word": word, "now": code == show}
            for code, word in (("", _("All")), (UNREAD, pgettext("news", "Unread")))
        ],
    }
    return render(request, "notifications/inbox.html", values)


def _address(show: str, cursor: str = "") -> str:
    asked = {name: value for name, value in (("show", show), ("cursor", cursor)) if value}
    return reverse("inbox:list") + (f"?{urlencode(asked)}" if asked else "")


@never_cache
@login_required
@require_POST
def open_item(request: ActorRequest, pk: int) -> HttpResponse:
    """Mark one item as read and go to what it is about; a stranger's looks like none."""
    item = get_object_or_404(InboxItem.objects.visible_to(request.actor), pk=pk)
    return redirect(inbox.opened(item, at=now()) or "inbox:list")


@login_required
@require_POST
def read_all(request: ActorRequest) -> HttpResponse:
    """Mark everything as read."""
    count = inbox.mark(request.actor, ids=None, at=now())
    if count:
        words = ngettext(
            "%(count)d piece of news is marked as read.",
            "%(count)d pieces of news are marked as read.",
            count,
        )
        messages.success(request, words % {"count": count})
    return redirect("inbox:list")
