"""One request as its executor sees it, and what they do with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import idempotency
from accounts.actors import Executor
from accounts.middleware import ActorRequest
from requests_app import lifecycle
from requests_app.cabinet import contact, forms
from requests_app.cabinet.doors import item_of
from requests_app.models import RepairLink, Request
from requests_app.statuses import Status
from requests_app.tracking.views import private, values_of


@never_cache
@login_required
@require_safe
def card(http: ActorRequest, number: str) -> HttpResponse:
    """Show what is asked, where, by when, what has happened and what can be done now."""
    item, actor = item_of(http, number)
    return _page(http, item, actor)


@never_cache
@login_required
@require_POST
def show_contact(http: ActorRequest, number: str) -> HttpResponse:
    """Show the card with the resident's phone on it; each look is noted."""
    item, actor = item_of(http, number)
    if not contact.is_needed(item):
        raise Http404
    return _page(http, item, actor, reach=contact.look(item, by=actor, at=now()))


def _page(
    http: ActorRequest, item: Request, actor: Executor, *, reach: contact.Reachable | None = None
) -> HttpResponse:
    at = now()
    offered = forms.offered(item, at=at)
    values: dict[str, Any] = {
        **values_of(item, actor, at=at),
        "item": item,
        "main": [form for form in offered if form.verb in forms.MAIN],
        "more": [form for form in offered if form.verb not in forms.MAIN],
        "may_present": item.status == Status.IN_PROGRESS,
        "links": RepairLink.objects.open_at(at).filter(request=item).order_by("id"),
        "may_see_contact": contact.is_needed(item),
        "is_taken": item.status not in {Status.NEW, Status.REDIRECTED},
        "reach": reach,
    }
    return private(render(http, "requests_app/cabinet/card.html", values))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def do(http: ActorRequest, number: str, verb: str) -> HttpResponse:
    """Ask what a verb needs; a POST does it and leads back to the card."""
    item, actor = item_of(http, number)
    at = now()
    form_class = forms.FORMS.get(verb)
    if form_class is None:
        raise Http404
    if http.method != "POST":
        if not form_class.is_open(item, at=at):
            return redirect("requests_cabinet:card", item.number)
        return _form_page(http, item, form_class(item=item, at=at))
    form = form_class(http.POST, item=item, at=at)
    if not form.is_valid():
        return _form_page(http, item, form)
    try:
        form.make(by=actor, at=at)
    except idempotency.KeyReused:
        # The first of two presses won.
        pass
    except lifecycle.NotFound:
        raise Http404 from None
    except lifecycle.Refused as refused:
        form.refuse(refused)
        return _form_page(http, item, form)
    messages.success(http, str(form.done))
    return private(redirect("requests_cabinet:card", item.number))


def _form_page(http: ActorRequest, item: Request, form: forms.WorkForm) -> HttpResponse:
    values = {"item": item, "form": form}
    status = 422 if form.is_bound else 200
    return private(render(http, "requests_app/cabinet/do.html", values, status=status))
