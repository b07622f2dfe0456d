"""The letters of a step before it is made: a part of the request's page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app import lifecycle
from requests_app.admin import access, request_page
from requests_app.desk import dossier, forms, rehearsal


@require_POST
@access.needs(access.CHANGE)
def show(http: HttpRequest, pk: int) -> HttpResponse:
    """Show what people would receive if the form were sent; nothing is written."""
    at, by, item = timezone.now(), access.operator_of(http), access.find(http, pk)
    name = http.POST.get("step", request_page.COMMENT)
    found: dict[str, Any] = {"letters": [], "wrong": ""}
    form: Any
    try:
        if name == request_page.COMMENT:
            form = forms.CommentForm(http.POST)
            if form.is_valid():
                found["letters"] = rehearsal.letters_of_comment(
                    item, form.cleaned_data["text"], by=by, at=at
                )
        else:
            step = request_page.step_named(name)
            form = request_page.step_form(step, item, http, at, data=http.POST)
            if form.is_valid():
                found["letters"] = rehearsal.letters_of_step(
                    item, step.target, form.details(), by=by, at=at
                )
        if not form.is_valid():
            found["wrong"] = _("Fill the form in to see the letter.")
    except lifecycle.Refused as refused:
        found["wrong"] = refused.message
    found["reach"] = dossier.reach_of(item)
    if http.headers.get("HX-Request"):
        return TemplateResponse(http, "admin/requests_app/request/_letters.html", {"found": found})
    return request_page.page(http, item, bound={name: form}, letters={name: found})
