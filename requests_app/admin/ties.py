"""Buttons that tie requests together: merge, split, link."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app import intake, lifecycle
from requests_app.admin import access
from requests_app.desk import ties

PAGE = "admin:requests_app_request_change"


@require_POST
@access.needs(access.CHANGE)
def merge(http: HttpRequest, pk: int) -> HttpResponse:
    """Close this request as a duplicate of another and go there."""
    item = access.find(http, pk)
    try:
        original = ties.merge(
            item,
            into=http.POST.get("number", "")[:16],
            text=http.POST.get("text", "")[:5000],
            by=access.operator_of(http),
            at=timezone.now(),
        )
    except lifecycle.Refused as refused:
        messages.error(http, refused.message)
        return redirect(PAGE, pk)
    messages.success(
        http,
        _("%(number)s is joined to this request; the people of both are told.")
        % {"number": item.number},
    )
    return redirect(PAGE, original.pk)


@require_POST
@access.needs(access.CHANGE)
def split(http: HttpRequest, pk: int) -> HttpResponse:
    """File the second matter as a request of its own."""
    item = access.find(http, pk)
    try:
        filed = ties.split(
            item,
            category=http.POST.get("category", "")[:64],
            description=http.POST.get("description", "")[:20_000],
            by=access.operator_of(http),
            at=timezone.now(),
        )
    except intake.Invalid as invalid:
        for message in invalid.errors.values():
            messages.error(http, message)
        return redirect(PAGE, pk)
    except lifecycle.Refused as refused:
        messages.error(http, refused.message)
        return redirect(PAGE, pk)
    messages.success(http, _("The second matter is request %(number)s.") % {"number": filed.number})
    return redirect(PAGE, filed.pk)


@require_POST
@access.needs(access.CHANGE)
def link(http: HttpRequest, pk: int) -> HttpResponse:
    """Note that two requests belong together, or that they do not."""
    item, by = access.find(http, pk), access.operator_of(http)
    other = http.POST.get("unlink", "")
    if other:
        if not (
            other.isdecimal() and len(other) < 19 and ties.unlink(item, other=int(other), by=by)
        ):
            raise Http404
        messages.success(http, _("The link is taken away."))
        return redirect(PAGE, pk)
    try:
        ties.link(item, number=http.POST.get("number", "")[:16], by=by, at=timezone.now())
    except lifecycle.Refused as refused:
        messages.error(http, refused.message)
    else:
        messages.success(http, _("The two requests are linked."))
    return redirect(PAGE, pk)
