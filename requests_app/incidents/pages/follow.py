"""Asking to be told, and confirming it: the letter's link opens a page, its button confirms."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from disclosure.models import Building
from disclosure.panels import Maker
from notifications.follow_pages import page
from requests_app import followed
from requests_app.incidents import following
from requests_app.incidents.pages.views import outage_page
from requests_app.lifecycle import Refused
from requests_app.models import Incident

_ID_MAX = 2**62
_with_account = page(followed.house)


@require_POST
def follow(http: ActorRequest, pk: int, panels: Sequence[Maker] = ()) -> HttpResponse:
    """Follow one incident: «it is so with me too»."""
    if pk > _ID_MAX:
        raise Http404
    incident = get_object_or_404(Incident.objects.filter(ended_at=None), pk=pk)
    building = Building.objects.filter(incidents__incident=incident).order_by("pk").first()
    if building is None:
        raise Http404
    email = http.POST.get("email", "")[:300]
    try:
        following.ask(
            email=email,
            building=building,
            incident=incident,
            address=client_address(http),
            at=now(),
        )
    except Refused as refused:
        return outage_page(http, incident, panels, wrong=refused.message, email=email, status=400)
    return render(http, "requests_app/outages/asked.html", {"place": incident.title})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(http: HttpRequest, pk: int) -> HttpResponse:
    """Subscribe to the outages of a house; an account's address is known to be its own."""
    if pk > _ID_MAX:
        raise Http404
    if http.user.is_authenticated:
        return _with_account(http, pk=pk)
    building = get_object_or_404(Building, pk=pk)
    email = http.POST.get("email", "")[:300]
    values = {"building": building, "email": email}
    if http.method != "POST":
        return render(http, "requests_app/outages/subscribe.html", values)
    try:
        following.ask(
            email=email,
            building=building,
            incident=None,
            address=client_address(http),
            at=now(),
        )
    except Refused as refused:
        values["wrong"] = refused.message
        return render(http, "requests_app/outages/subscribe.html", values, status=400)
    return render(http, "requests_app/outages/asked.html", {"place": building.address})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(http: HttpRequest, token: str) -> HttpResponse:
    """GET shows what would be confirmed; POST confirms it."""
    wanted = following.asked_by(token)
    if wanted is None:
        raise Http404
    if http.method == "POST":
        following.confirm(wanted, at=now())
    kind, _colon, name = wanted.topic.partition(":")
    title = ""
    if kind == "incident":
        title = Incident.objects.values_list("title", flat=True).filter(pk=int(name)).first() or ""
    values = {"wanted": wanted, "place": title or wanted.label}
    return render(http, "requests_app/outages/confirm.html", values)
