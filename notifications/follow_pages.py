"""
Pages where one begins to follow a thing, confirms it, and sees what one follows.

The rooms above name their things: `page(find)` makes the page of what `find` returns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import keyset
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from accounts.models import User
from notifications import following
from notifications.models import Follow

SIZE = 50
EMAIL_LENGTH = 254


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A thing that may be followed: its topic, its name, what is told of it, and its page."""

    topic: str
    label: str
    told: str
    back: str
    # «So with me too»: the number of followers is part of the thing's page.
    shows_count: bool = False


def page(find: Callable[..., Subject]) -> Callable[..., HttpResponse]:
    """Return the view of the thing that `find` returns for the address; it raises Http404."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def follow(request: ActorRequest, **place: Any) -> HttpResponse:
        subject = find(**place)
        person = request.user if isinstance(request.user, User) else None
        values: dict[str, Any] = {"subject": subject}
        if request.method == "POST":
            try:
                if person is not None:
                    return _with_account(request, person, subject)
                values["email"] = request.POST.get("email", "")[: EMAIL_LENGTH + 1]
                following.ask(
                    email=values["email"],
                    topic=subject.topic,
                    label=subject.label,
                    address=client_address(request),
                    at=now(),
                )
            except following.CannotFollow as refused:
                values["wrong"] = refused.message
            else:
                return render(request, "notifications/follow_asked.html", values)
        if person is not None:
            values["is_followed"] = following.is_followed(person, topic=subject.topic)
            values["person"] = person
        if subject.shows_count:
            values["count"] = following.counts([subject.topic]).get(subject.topic, 0)
        status = 400 if "wrong" in values else 200
        return render(request, "notifications/follow.html", values, status=status)

    return follow


def _with_account(request: ActorRequest, person: User, subject: Subject) -> HttpResponse:
    if "stop" in request.POST:
        following.stop(person, topic=subject.topic)
        messages.success(request, _("You do not follow it any more."))
    else:
        following.follow(person, topic=subject.topic, label=subject.label, at=now())
        messages.success(request, _("You follow it now: what is new will be told to you."))
    return redirect(subject.back)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: ActorRequest, token: str) -> HttpResponse:
    """GET shows what would be confirmed; POST confirms it."""
    row = following.asked_by(token)
    if row is None:
        raise Http404
    if request.method == "POST":
        following.confirm(row, at=now())
    return render(request, "notifications/follow_confirm.html", {"row": row})


@never_cache
@login_required
@require_safe
def follows(request: ActorRequest) -> HttpResponse:
    """Show what the account's holder follows."""
    rows = Follow.objects.visible_to(request.actor).confirmed()
    try:
        found = keyset.page(rows, ["-id"], size=SIZE, cursor=request.GET.get("cursor", ""))
    except keyset.BadCursor:
        return redirect("inbox:follows")
    values = {
        "rows": found.rows,
        "newer": f"?cursor={found.previous}" if found.previous else "",
        "older": f"?cursor={found.next}" if found.next else "",
    }
    return render(request, "notifications/follows.html", values)


@login_required
@require_POST
def stop(request: ActorRequest, pk: int) -> HttpResponse:
    """Stop following one thing; a stranger's row looks like none."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    row = get_object_or_404(Follow.objects.visible_to(request.actor), pk=pk)
    row.delete()
    messages.success(request, _("You do not follow it any more."))
    return redirect("inbox:follows")
