"""The page under «this is wrong»."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from disclosure.corrections import sending
from disclosure.corrections.forms import OF_COMPANY, OF_HOUSE, WrongForm
from disclosure.models import Building, ManagementCompany


@require_http_methods(["GET", "HEAD", "POST"])
def of_house(http: ActorRequest, pk: int) -> HttpResponse:
    """Take a reader's word about a house."""
    return _page(http, get_object_or_404(Building, pk=pk), OF_HOUSE)


@require_http_methods(["GET", "HEAD", "POST"])
def of_company(http: ActorRequest, reference: str) -> HttpResponse:
    """Take a reader's word about a company."""
    company = ManagementCompany.objects.by_reference(reference).first()
    if company is None:
        raise Http404
    return _page(http, company, OF_COMPANY)


def _page(http: ActorRequest, subject: Any, matters: Any) -> HttpResponse:
    form = WrongForm(http.POST if http.method == "POST" else None, matters=matters)
    status = 200
    if form.is_valid():
        said = sending.Said(
            subject=subject,
            matter=form.cleaned_data["matter"],
            text=form.cleaned_data["text"],
            email=form.cleaned_data["email"],
        )
        try:
            sending.send(
                said,
                key=str(form.cleaned_data["key"] or uuid.uuid4()),
                address=client_address(http),
                at=now(),
            )
        except sending.TooMany:
            form.add_error(None, _("That is much for an hour. Your words stay here: send later."))
            status = 429
        else:
            messages.success(
                http, _("Thank you. Staff will check it; the page changes only after that.")
            )
            return redirect(subject)
    return render(http, "disclosure/wrong.html", {"subject": subject, "form": form}, status=status)
