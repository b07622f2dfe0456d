"""Pages of one's own data: what is kept, a copy, closing the account, calling that off."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import throttling
from accounts.own_data import acts_by_office
from accounts.views import person_of
from contact_center.own_data import copying, erasing, recent, rooms
from contact_center.own_data.forms import CloseForm
from contact_center.own_data.models import ErasureState
from requests_app.limits import too_many

# Each reads all rooms and packs every photo.
COPIES_A_DAY = 3


@never_cache
@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Say what is kept about the account's holder, how much and how long."""
    person = person_of(request)
    counted = [
        {"title": section.title, "kept": section.kept, "count": section.rows.count()}
        for section in rooms.export_of(person)
    ]
    values = {
        "sections": [row for row in counted if row["count"]],
        "empty": [row["title"] for row in counted if not row["count"]],
        "erasure": erasing.living_of(person),
        "is_office": acts_by_office(person),
        "copies": COPIES_A_DAY,
    }
    return render(request, "own_data/page.html", values)


@never_cache
@login_required
@require_POST
def copy(request: HttpRequest) -> HttpResponse | FileResponse:
    """Hand over a copy, to somebody who has signed in just now, a few times a day."""
    person, at = person_of(request), now()
    back = reverse("own_data:page")
    if not recent.is_recent(request, at=at):
        return redirect(recent.way_to_prove(request, back=back))
    verdict = throttling.hit(
        bucket="own-data-copy",
        key=str(person.pk),
        limit=COPIES_A_DAY,
        window=timedelta(days=1),
        at=at,
    )
    if not verdict.allowed:
        words = _("You took your copies of today: try again tomorrow.")
        return too_many(request, words, verdict.retry_after_seconds)
    return FileResponse(
        copying.copy_of(person, at=at),
        as_attachment=True,
        filename=f"my-data-{at:%Y-%m-%d}.zip",
        content_type="application/zip",
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays; a POST asks for it."""
    person, at = person_of(request), now()
    if erasing.living_of(person) is not None or acts_by_office(person):
        return redirect("own_data:page")
    if not recent.is_recent(request, at=at):
        return redirect(recent.way_to_prove(request, back=reverse("own_data:close")))
    form = CloseForm(request.POST or None, person=person)
    if form.is_valid():
        try:
            erasing.ask(person, at=at)
        except erasing.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Written down. We sent you a letter with a way back."))
            return redirect("own_data:page")
    values = {
        "form": form,
        "under_way": rooms.under_way(person),
        "days": erasing.wait().days,
    }
    return render(request, "own_data/close.html", values)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Ask somebody who signs in by code to do so again; the POST signs out."""
    person_of(request)
    wanted = request.POST.get("next") or request.GET.get("next", "")
    pages = (reverse("own_data:page"), reverse("own_data:close"))
    back = wanted if wanted in pages else pages[0]
    if request.method == "POST":
        logout(request)
        return redirect(f"{reverse('account_login')}?{urlencode({'next': back})}")
    return render(request, "own_data/again.html", {"back": back})


@never_cache
@require_http_methods(["GET", "POST"])
def call_off(request: HttpRequest, token: str) -> HttpResponse:
    """Let the account live after all; whoever has the letter's link need not sign in."""
    row = erasing.by_token(token)
    if row is None or (request.user.is_authenticated and request.user.pk != row.user_id):
        raise Http404
    if request.method == "POST" and erasing.call_off(row.pk, at=now()):
        row.state = ErasureState.CALLED_OFF
    values = {
        "erasure": row,
        "may": row.state == ErasureState.ASKED,
        "is_off": row.state == ErasureState.CALLED_OFF,
    }
    return render(request, "own_data/call_off.html", values)


@login_required
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Call off the erasure of one's own account from its page."""
    row = erasing.living_of(person_of(request))
    if row is not None and erasing.call_off(row.pk, at=now()):
        messages.success(request, _("Your account stays."))
    return redirect("own_data:page")
