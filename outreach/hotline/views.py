"""Pages of the consultations: one place for all ways to ask, and the call-back with its link."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.utils.dateparse import parse_date
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import idempotency
from accounts.actors import Resident
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from outreach import senders
from outreach.hotline import call_backs, figures, hours, windows
from outreach.hotline.busy import busy_picture
from outreach.hotline.forms import CallBackForm, moment
from outreach.models import CallBack, CallBackState, Weekday
from requests_app.limits import too_many


@require_safe
def index(http: ActorRequest) -> HttpResponse:
    """Show when the hotline answers, how busy it is, and the other ways to ask."""
    at = now()
    open_hours = hours.rows()
    free = hours.free_by_day(at)
    first = next(iter(free.values()), [None])[0]
    values = {
        "week": _week(open_hours, timezone.localtime(at).date()),
        "now": hours.now_open(at, open_hours),
        "first_free": first and call_backs.when(first),
        "busy": busy_picture(figures.load(at)),
        "median": in_words(figures.median_to_answer(at)),
        "wait": _minutes(figures.median_wait(at)),
    }
    return render(http, "outreach/consultations/index.html", values)


def _week(open_hours: list[windows.Open], today: date) -> list[dict[str, Any]]:
    """Return the hours in force today by weekday; a day without any is closed."""
    in_force = [
        one
        for one in open_hours
        if one.first_day <= today and (one.last_day is None or today <= one.last_day)
    ]
    return [
        {
            "day": day.label,
            "is_today": day.value == today.weekday(),
            "spans": [
                f"{one.opens:%H:%M}–{one.closes:%H:%M}"
                for one in sorted(in_force, key=lambda one: one.opens)
                if one.weekday == day.value
            ],
        }
        for day in Weekday
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(http: ActorRequest) -> HttpResponse:
    """Choose a day and a quarter of an hour, say the number; a POST books the call."""
    at = now()
    form = CallBackForm(http.POST) if http.method == "POST" else None
    status = 200 if form is None else 422
    if form is not None and form.is_valid():
        starts_at = moment(form.cleaned_data["starts_at"])
        try:
            call_backs.count_booking(address=client_address(http), at=at)
            if starts_at is None:
                call_backs.checked(form.caller())
                raise senders.Invalid({"starts_at": _("Choose the time.")})
            made = call_backs.book(
                starts_at,
                form.caller(),
                user_id=http.actor.id if isinstance(http.actor, Resident) else None,
                at=at,
                idempotency_key=form.cleaned_data["key"],
            )
        except senders.TooMany as many:
            return too_many(http, str(many), many.retry_after_seconds)
        except senders.Invalid as invalid:
            form.blame(invalid.errors)
        except call_backs.Taken as taken:
            form.add_error("starts_at", str(taken))
            status = 409
        except idempotency.KeyReused:
            form.add_error(None, _("This form was sent before."))
        else:
            messages.success(http, _("We will call you."))
            return redirect("outreach:call_back", call_backs.token_of(made))
    values = _choice(http, at=at) | {"form": form or CallBackForm(initial=_known(http))}
    return _private(render(http, "outreach/consultations/book.html", values, status=status))


def _known(http: ActorRequest) -> dict[str, Any]:
    known: dict[str, Any] = {"key": uuid.uuid4().hex, "question": http.GET.get("q", "")[:200]}
    if isinstance(http.actor, Resident) and http.user.is_authenticated:
        known |= {"name": http.user.name, "email": http.user.email, "phone": http.user.phone}
    return known


def _choice(http: ActorRequest, *, at: datetime) -> dict[str, Any]:
    """Return the days that have a free quarter, the chosen one and its quarters."""
    free = hours.free_by_day(at)
    typed = http.POST.get("day") or http.GET.get("day", "")
    try:
        asked = parse_date(typed[:10])
    except ValueError:
        asked = None
    chosen = asked if asked in free else next(iter(free), None)
    picked = moment(http.POST.get("starts_at", ""))
    quarters = free.get(chosen, []) if chosen else []
    return {
        "days": [{"day": day, "is_chosen": day == chosen} for day in free],
        "day": chosen,
        "quarters": [
            {
                "value": start.isoformat(),
                "words": f"{timezone.localtime(start):%H:%M}",
                "is_picked": start == picked,
            }
            for start in quarters
        ],
    }


@never_cache
@require_safe
def call_back(http: ActorRequest, token: str) -> HttpResponse:
    """Show a call-back to whoever has its link: when, on which number, how to move or cancel it."""
    found, at = _found(token), now()
    may_change = call_backs.may_change(found, at=at)
    values = {
        "back": found,
        "token": token,
        "when": call_backs.when(found.starts_at),
        "ends_of_phone": found.phone[-4:],
        "may_change": may_change,
        "is_booked": found.state == CallBackState.BOOKED,
        **(_choice(http, at=at) if may_change else {}),
    }
    return _private(render(http, "outreach/consultations/call_back.html", values))


@require_POST
def change(http: ActorRequest, token: str) -> HttpResponse:
    """Move the call to the quarter named, or cancel it."""
    found, at = _found(token), now()
    if http.POST.get("do") == "cancel":
        if call_backs.cancel(found, at=at):
            messages.success(http, _("The call is cancelled."))
        else:
            messages.error(http, _("It is too late to change this call."))
        return redirect("outreach:call_back", token)
    starts_at = moment(http.POST.get("starts_at", ""))
    try:
        if starts_at is None:
            raise call_backs.Taken
        call_backs.move(found, starts_at, at=at)
    except call_backs.Taken as taken:
        messages.error(http, str(taken))
    else:
        messages.success(http, _("The time is changed."))
    return redirect("outreach:call_back", token)


def in_words(length: timedelta | None) -> str:
    """Return «5 часов», «2 дня», rounded up; "" where nothing is known."""
    if length is None:
        return ""
    whole = max(1, -(-int(length.total_seconds()) // 3600))
    if whole < 48:
        return ngettext("%(count)d hour", "%(count)d hours", whole) % {"count": whole}
    days = formats.number_format(-(-whole // 24))
    return ngettext("%(count)s day", "%(count)s days", -(-whole // 24)) % {"count": days}


def _minutes(length: timedelta | None) -> str:
    """Return «4 минуты», rounded up and one at least; "" where nothing is known."""
    if length is None:
        return ""
    whole = max(1, -(-int(length.total_seconds()) // 60))
    words = npgettext("later by", "%(count)d minute", "%(count)d minutes", whole)
    return words % {"count": whole}


def _found(token: str) -> CallBack:
    uid = call_backs.uid_in(token)
    if uid is None:
        raise Http404
    return get_object_or_404(CallBack.objects.filter(erased_at=None), uid=uid)


def _private(answer: HttpResponse) -> HttpResponse:
    # Not "no-referrer": browsers then send `Origin: null` with the page's own forms.
    answer["Referrer-Policy"] = "same-origin"
    return answer
