"""A resident's own requests, and adding one that was filed without the account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import keyset
from accounts.actors import CodeHolder, Resident, user_id_of
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from requests_app import access
from requests_app.limits import too_many
from requests_app.models import Author, EventKind, Request, RequestEvent
from requests_app.statuses import OPEN, Status
from requests_app.tracking import holding, story
from requests_app.tracking.forms import CodeForm

PAGE = 20
_ORDER = ["-registered_at", "-id"]


class Taken(Exception):
    """The request belongs to another account."""


def adopt(holder: CodeHolder, *, by: Resident, at: datetime) -> Request:
    """
    Give a request filed without an account to the account of whoever holds its code.

    Raise Taken when another account has it, Request.DoesNotExist for a wrong code.
    """
    with transaction.atomic():
        item = Request.objects.visible_to(holder).select_for_update(of=("self",)).get()
        if item.resident_id == by.id:
            return item
        if item.resident_id is not None:
            raise Taken
        item.resident_id = by.id
        item.save(update_fields=["resident"])
        RequestEvent.objects.create(
            request=item,
            at=max(at, item.changed_at),
            kind=EventKind.NOTE,
            step="adopt",
            status=item.status,
            text=_("The resident added the request to an account by its code."),
            public=False,
            author=Author.RESIDENT,
            user_id=by.id,
        )
    return item


@never_cache
@require_safe
def mine(http: ActorRequest) -> HttpResponse:
    """Show the account's requests, open ones first asked for; explain where there is no account."""
    person = user_id_of(http.actor)
    if person is None:
        return render(http, "requests_app/mine_closed.html", {"here": reverse("requests_app:mine")})
    # Whoever works here may live here too: these are the requests of the person, not of the staff.
    found = Request.objects.visible_to(Resident(id=person))
    shown = http.GET.get("show", "")
    if shown == "open":
        found = found.filter(status__in=sorted([*OPEN, Status.DONE]))
    elif shown == "closed":
        found = found.filter(status=Status.CLOSED)
    else:
        shown = ""
    try:
        page = keyset.page(
            found.select_related("category", "building"),
            _ORDER,
            size=PAGE,
            cursor=http.GET.get("cursor", ""),
        )
    except keyset.BadCursor:
        return redirect("requests_app:mine")
    values = {
        "rows": [_row(item, at=now()) for item in page],
        "newer": _address(shown, page.previous),
        "older": _address(shown, page.next),
        "tabs": [
            {
                "href": _address(code) or reverse("requests_app:mine"),
                "word": word,
                "now": code == shown,
            }
            for code, word in (
                ("", _("All")),
                ("open", pgettext("requests", "Open")),
                ("closed", pgettext("requests", "Closed")),
            )
        ],
        "shown": shown,
        "form": CodeForm(),
    }
    return render(http, "requests_app/mine.html", values)


def _address(shown: str, cursor: str | None = None) -> str:
    if cursor == "":
        return ""
    parts = [
        f"{name}={value}" for name, value in (("show", shown), ("cursor", cursor or "")) if value
    ]
    return reverse("requests_app:mine") + (f"?{'&'.join(parts)}" if parts else "")


def _row(item: Request, *, at: datetime) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    return {
        "href": reverse("requests_app:request", args=[item.number]),
        "title": item.category.name,
        "place": item.building.address,
        "meta": [
            item.number,
            date_format(timezone.localtime(item.registered_at), "j E Y"),
            item.executor_name,
        ],
        "status": item.status,
        "outcome": item.outcome,
        "word": item.plain_status,
        "clock": story.clock(item, now=at, zone=zone) if item.is_open else None,
    }


@require_POST
def add(http: ActorRequest) -> HttpResponse:
    """Add a request to the account by number and code."""
    if not isinstance(http.actor, Resident):
        raise Http404
    form = CodeForm(http.POST)
    if not form.is_valid():
        return render(http, "requests_app/mine_add.html", {"form": form}, status=422)
    try:
        holder = access.with_code(
            form.cleaned_data["number"],
            form.cleaned_data["code"],
            address=client_address(http),
            at=now(),
        )
    except access.TooManyCodes as many:
        return too_many(http, str(many), many.retry_after_seconds)
    if holder is None:
        form.add_error(None, _("No request opens with this number and code. Check both."))
        return render(http, "requests_app/mine_add.html", {"form": form}, status=422)
    return _adopted(http, holder)


@require_POST
def adopt_opened(http: ActorRequest, number: str) -> HttpResponse:
    """Add the request that this browser has opened by its code."""
    code_hash = holding.held(http).get(number, "")
    if not isinstance(http.actor, Resident) or not code_hash:
        raise Http404
    return _adopted(http, CodeHolder(number=number, code_hash=code_hash))


def _adopted(http: ActorRequest, holder: CodeHolder) -> HttpResponse:
    assert isinstance(http.actor, Resident)
    try:
        item = adopt(holder, by=http.actor, at=now())
    except Request.DoesNotExist:
        raise Http404 from None
    except Taken:
        messages.error(http, _("This request already belongs to another account."))
        return redirect("requests_app:mine")
    messages.success(http, _("The request is among yours now."))
    return redirect("requests_app:request", item.number)
