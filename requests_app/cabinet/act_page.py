"""Presenting the act from the cabinet: filled in here, or as a scan."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from requests_app import lifecycle
from requests_app.acts import presenting
from requests_app.acts.forms import ActForm, ScanForm, WrittenForm
from requests_app.cabinet.doors import item_of
from requests_app.statuses import Status
from requests_app.tracking.views import private


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(http: ActorRequest, number: str) -> HttpResponse:
    """Fill the act in; the portal prints it."""
    return _page(http, number, WrittenForm)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def scan(http: ActorRequest, number: str) -> HttpResponse:
    """Send a scan of a paper act."""
    return _page(http, number, ScanForm)


def _page(http: ActorRequest, number: str, form_class: type[ActForm]) -> HttpResponse:
    item, actor = item_of(http, number)
    at = now()
    if item.status == Status.DONE:
        # Pressed twice, or a colleague was quicker: one act is all.
        messages.info(http, _("The act is presented already."))
        return private(redirect("requests_cabinet:card", item.number))
    if http.method != "POST":
        if item.status != Status.IN_PROGRESS:
            return redirect("requests_cabinet:card", item.number)
        form = form_class(item=item, at=at)
    else:
        form = form_class(http.POST, http.FILES, item=item, at=at)
        try:
            presented = presenting.submit(form, by=actor, address=client_address(http), at=at)
        except lifecycle.NotFound:
            raise Http404 from None
        if presented:
            messages.success(http, _("The act is presented. The resident has it and is asked."))
            return private(redirect("requests_cabinet:card", item.number))
    values = {"item": item, "form": form, "is_scan": isinstance(form, ScanForm)}
    status = 422 if form.is_bound else 200
    return private(render(http, "requests_app/cabinet/act.html", values, status=status))
