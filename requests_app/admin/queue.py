"""The page of today's queue, and its buttons."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts import keyset
from requests_app import lifecycle
from requests_app.admin import access
from requests_app.admin.rows import row
from requests_app.desk import queue
from requests_app.models.queue import ORDER

SIZE = 50
QUEUE = "admin:requests_app_request_queue"
PAGE = "admin:requests_app_request_change"


@require_GET
@access.needs(access.VIEW)
def show(http: HttpRequest) -> HttpResponse:
    """Show a view of the queue."""
    at, by = timezone.now(), access.operator_of(http)
    view = queue.BY_CODE.get(http.GET.get("view", ""), queue.DEFAULT)
    address = reverse(QUEUE)
    try:
        page = keyset.page(
            queue.places(view, by=by, at=at),
            ORDER,
            size=SIZE,
            cursor=http.GET.get("cursor", "")[:500],
        )
    except keyset.BadCursor as bad:
        messages.error(http, str(bad))
        return redirect(f"{address}?view={view.code}")
    counts = queue.counts(by=by, at=at)
    rows = []
    for place in page:
        item = place.request
        item.has_files = place.has_files
        rows.append(row(item, back="", at=at, place=place))
    return TemplateResponse(
        http,
        "admin/requests_app/request/queue.html",
        access.frame(
            http,
            title=_("Today's queue"),
            views=[
                {
                    "href": f"{address}?view={one.code}",
                    "word": one.label,
                    "icon": one.icon,
                    "count": counts[one.code],
                    "now": one.code == view.code,
                }
                for one in queue.VIEWS
            ],
            view=view.code,
            rows=rows,
            newer=f"{address}?view={view.code}&cursor={page.previous}" if page.previous else "",
            older=f"{address}?view={view.code}&cursor={page.next}" if page.next else "",
            can_change=http.user.has_perm(access.CHANGE),
            can_add=http.user.has_perm(access.ADD),
        ),
    )


@require_POST
@access.needs(access.CHANGE)
def take_next(http: HttpRequest) -> HttpResponse:
    """Give the operator the next request and open it."""
    item = queue.take_next(by=access.operator_of(http), at=timezone.now())
    if item is None:
        messages.info(http, _("Nobody waits: the queue is empty."))
        return redirect(QUEUE)
    return redirect(PAGE, item.pk)


@require_POST
@access.needs(access.CHANGE)
def take(http: HttpRequest, pk: int) -> HttpResponse:
    """Take this request."""
    item = access.find(http, pk)
    version = http.POST.get("version", "")
    try:
        queue.take(
            item,
            by=access.operator_of(http),
            at=timezone.now(),
            seen_version=int(version) if version.isdecimal() and len(version) < 10 else None,
        )
    except lifecycle.Refused as refused:
        messages.error(http, refused.message)
    else:
        messages.success(http, _("The request is yours."))
    return redirect(PAGE, pk)


@require_POST
@access.needs(access.CHANGE)
def release(http: HttpRequest, pk: int) -> HttpResponse:
    """Give the request back to the queue."""
    item = access.find(http, pk)
    try:
        queue.release(item, by=access.operator_of(http), at=timezone.now())
    except lifecycle.Refused as refused:
        messages.error(http, refused.message)
        return redirect(PAGE, pk)
    messages.success(http, _("Given back: %(number)s is nobody's again.") % {"number": item.number})
    return redirect(QUEUE)


class AsideForm(forms.Form):
    """Until when the request waits, and why."""

    until = forms.DateTimeField(
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M"]
    )
    text = forms.CharField(required=False, max_length=4_000)


@require_POST
@access.needs(access.CHANGE)
def aside(http: HttpRequest, pk: int) -> HttpResponse:
    """Set the request aside until a moment, or bring it back."""
    item, by, at = access.find(http, pk), access.operator_of(http), timezone.now()
    try:
        if "back" in http.POST:
            queue.bring_back(item, by=by)
            messages.success(http, _("The request waits no longer."))
            return redirect(PAGE, pk)
        queue.set_aside(item, until=_until(http), text=http.POST.get("text", ""), by=by, at=at)
    except lifecycle.Refused as refused:
        messages.error(http, refused.message)
        return redirect(PAGE, pk)
    messages.success(http, _("Set aside: %(number)s.") % {"number": item.number})
    return redirect(QUEUE)


def _until(http: HttpRequest) -> datetime:
    form = AsideForm(http.POST)
    if not form.is_valid():
        raise lifecycle.Refused("until", _("Say until which day and hour."), "bad_moment")
    until: datetime = form.cleaned_data["until"]
    return until
