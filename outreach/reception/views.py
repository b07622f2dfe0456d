"""Pages of the personal reception: who receives, free times, booking, moving, cancelling."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.db.models import Count, Min
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import calendars, idempotency
from accounts.actors import Resident
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from outreach import senders
from outreach.models import Booking, BookingState, Host, MeetingKind, Slot
from outreach.reception import booking as bookings
from outreach.reception import calendar, letters
from outreach.reception.forms import VisitorForm, WaitForm
from requests_app.limits import too_many

_ID_MAX = 2**31 - 1
# A host with a visit every five minutes has no more in a month.
SHOWN = 400
OFFERED = 3


@require_safe
def index(http: ActorRequest) -> HttpResponse:
    """Show who receives, what about, and the nearest free time of each."""
    at = now()
    where = _where(http)
    free = _free(where, at=at)
    near = {
        row["host"]: (row["first"], row["count"])
        for row in free.values("host").annotate(first=Min("during__startswith"), count=Count("pk"))
    }
    hosts = []
    for one in Host.objects.filter(is_open=True):
        first, count = near.get(one.pk, (None, 0))
        hosts.append({"host": one, "first": first, "count": count})
    if where["kind"] or where["district"]:
        hosts = [row for row in hosts if row["count"]]
    districts = (
        Slot.objects.bookable(at + bookings.CLOSES)
        .exclude(district="")
        .order_by("district")
        .values_list("district", flat=True)
        .distinct()
    )
    values = {
        "hosts": hosts,
        "kinds": MeetingKind.choices,
        "districts": list(districts),
        **where,
        "is_filtered": bool(where["kind"] or where["district"]),
    }
    return render(http, "outreach/reception/index.html", values)


@require_safe
def host(http: ActorRequest, pk: int, *, wait_form: WaitForm | None = None) -> HttpResponse:
    """Show the free times of one host, by day."""
    found = _host(pk)
    where = _where(http)
    slots = list(_free(where, at=now()).filter(host=found).in_order()[:SHOWN])
    values = {
        "host": found,
        "days": by_day(slots),
        "wait_form": wait_form or WaitForm(),
        **where,
    }
    status = 422 if wait_form is not None else 200
    return render(http, "outreach/reception/host.html", values, status=status)


@require_POST
def wait(http: ActorRequest, pk: int) -> HttpResponse:
    """Put an address on the waiting list."""
    found = _host(pk)
    form = WaitForm(http.POST)
    form.is_valid()
    try:
        bookings.count_booking(address=client_address(http), at=now())
        if not form.cleaned_data.get("email", "").strip():
            raise senders.Invalid({"email": _("Write the address to which we should write.")})
        bookings.wait(found, form.cleaned_data["email"], at=now())
    except senders.TooMany as many:
        return too_many(http, str(many), many.retry_after_seconds)
    except senders.Invalid as invalid:
        form.add_error("email", invalid.errors["email"])
        return host(http, pk, wait_form=form)
    messages.success(http, _("We will write once a time is free."))
    return redirect("outreach:host", pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(http: ActorRequest, pk: int) -> HttpResponse:
    """Ask who comes and what about; a POST books the time."""
    at = now()
    slot = Slot.objects.standing().select_related("host").filter(pk=min(pk, _ID_MAX)).first()
    if slot is None or not slot.host.is_open:
        raise Http404
    user = http.user if http.user.is_authenticated else None
    form = VisitorForm(http.POST) if http.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            bookings.count_booking(address=client_address(http), at=at)
            made = bookings.book(
                slot.pk,
                form.visitor(),
                user_id=http.actor.id if isinstance(http.actor, Resident) else None,
                at=at,
                idempotency_key=form.cleaned_data["key"],
            )
        except senders.TooMany as many:
            return too_many(http, str(many), many.retry_after_seconds)
        except senders.Invalid as invalid:
            form.blame(invalid.errors)
        except (bookings.Taken, idempotency.KeyReused) as taken:
            form.add_error(None, str(taken) or _("This form was sent before."))
        else:
            messages.success(http, _("The time is yours."))
            return redirect("outreach:booking", letters.token_of(made))
    is_free = Slot.objects.bookable(at + bookings.CLOSES).filter(pk=slot.pk).exists()
    initial = {"key": uuid.uuid4().hex}
    if isinstance(http.actor, Resident) and user is not None:
        initial |= {"name": user.name, "email": user.email, "phone": user.phone}
    values = {
        "slot": slot,
        "when": letters.when(slot),
        "form": form or VisitorForm(initial=initial),
        "is_free": is_free,
        "others": [] if is_free else next_free(slot, at=at),
    }
    status = 200 if form is None else 422 if is_free else 409
    return _private(render(http, "outreach/reception/book.html", values, status=status))


@never_cache
@require_safe
def booking(http: ActorRequest, token: str) -> HttpResponse:
    """Show a booking to whoever has its link: when, where, and how to move or cancel it."""
    found = _booking(token)
    at = now()
    may_change = found.state == BookingState.BOOKED and found.slot.starts_at > at + bookings.CLOSES
    may_choose = may_change or found.state == BookingState.LOST
    others = (
        Slot.objects.bookable(at + bookings.CLOSES).filter(host=found.slot.host).in_order()[:SHOWN]
        if may_choose
        else []
    )
    values = {
        "booking": found,
        "slot": found.slot,
        "when": letters.when(found.slot),
        "token": token,
        "may_change": may_change,
        "is_lost": found.state == BookingState.LOST,
        "is_held": found.state == BookingState.BOOKED,
        "days": by_day(others),
    }
    return _private(render(http, "outreach/reception/booking.html", values))


@never_cache
@require_safe
def booking_calendar(http: ActorRequest, token: str) -> HttpResponse:
    """Return a booking as a calendar file."""
    event = calendar.event_of(_booking(token), at=now())
    answer = HttpResponse(
        calendars.calendar_file([event], name=event.summary), content_type=calendars.MEDIA_TYPE
    )
    answer["Content-Disposition"] = 'attachment; filename="reception.ics"'
    return _private(answer)


@require_POST
def change(http: ActorRequest, token: str) -> HttpResponse:
    """Move the booking to the time named, or cancel it."""
    found = _booking(token)
    at = now()
    if http.POST.get("do") == "cancel":
        if bookings.cancel(found, at=at):
            messages.success(http, _("The booking is cancelled."))
        return redirect("outreach:booking", token)
    chosen = http.POST.get("slot", "")
    try:
        bookings.move(found, int(chosen) if chosen.isdecimal() and len(chosen) < 10 else 0, at=at)
    except bookings.Taken as taken:
        messages.error(http, str(taken))
    else:
        messages.success(http, _("The time is changed."))
    return redirect("outreach:booking", token)


def next_free(slot: Slot, *, at: datetime) -> list[dict[str, Any]]:
    """Return the next free times of the same host, the nearest to the wished one first."""
    rows = Slot.objects.bookable(at + bookings.CLOSES).filter(host=slot.host_id)
    later = rows.filter(during__startswith__gte=slot.starts_at).in_order()[:OFFERED]
    return [{"slot": one, "when": letters.when(one)} for one in later]


def by_day(slots: Iterable[Slot]) -> list[dict[str, Any]]:
    """Return the times grouped by their day in the city."""

    def day(slot: Slot) -> date:
        return timezone.localtime(slot.starts_at).date()

    return [
        {
            "day": on,
            "slots": [{"slot": one, "time": timezone.localtime(one.starts_at)} for one in of_day],
        }
        for on, of_day in groupby(slots, key=day)
    ]


def _where(http: ActorRequest) -> dict[str, str]:
    kind = http.GET.get("kind", "")
    return {
        "kind": kind if kind in MeetingKind.values else "",
        "district": http.GET.get("district", "")[:80],
    }


def _free(where: dict[str, str], *, at: datetime) -> Any:
    rows = Slot.objects.bookable(at + bookings.CLOSES)
    if where["kind"]:
        rows = rows.filter(kind=where["kind"])
    if where["district"]:
        rows = rows.filter(district=where["district"].replace("\x00", ""))
    return rows


def _host(pk: int) -> Host:
    return get_object_or_404(Host.objects.filter(is_open=True), pk=min(pk, _ID_MAX))


def _booking(token: str) -> Booking:
    uid = letters.uid_in(token)
    if uid is None:
        raise Http404
    rows = Booking.objects.select_related("slot__host").filter(erased_at=None)
    return get_object_or_404(rows, uid=uid)


def _private(answer: HttpResponse) -> HttpResponse:
    # Not "no-referrer": browsers then send `Origin: null` with the page's own forms.
    answer["Referrer-Policy"] = "same-origin"
    return answer
