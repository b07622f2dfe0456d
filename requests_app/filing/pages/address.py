"""The first question: which house. Once it is chosen, the page says what is known there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actors import Resident
from accounts.middleware import ActorRequest
from disclosure import address_search, nearest
from disclosure.models import Residence
from requests_app import intake
from requests_app.filing import drafts, forms, house, steps
from requests_app.filing.pages import way
from requests_app.models import Category, Incident
from requests_app.typed_text import one_line


def _residence(http: ActorRequest) -> Residence | None:
    if not isinstance(http.actor, Resident):
        return None
    return Residence.objects.select_related("building").filter(user_id=http.actor.id).first()


@never_cache
@require_http_methods(["GET", "POST"])
def new(http: ActorRequest) -> HttpResponse:
    """Ask for the house; once it is chosen, say what is known there."""
    return _answer_address(http) if http.method == "POST" else _ask_address(http)


def _ask_address(http: ActorRequest) -> HttpResponse:
    at = now()
    asked = one_line(http.GET.get("q", ""))[:200]
    category = one_line(http.GET.get("category", ""))[:64]
    values: dict[str, Any] = {"q": asked, "category": category}
    place = nearest.place_of(http.GET.get("near", "")[:60])
    if asked or place:
        day = timezone.localtime(at).date()
        values["near"] = place is not None
        values["found"] = (
            nearest.find(lat=place[0], lon=place[1], on=day)
            if place
            else address_search.find(asked, on=day, limit=10)
        )
        if http.htmx and http.htmx.target == "found":  # type: ignore[attr-defined]
            return render(http, "requests_app/filing/address.html#found", values)
    draft = way.open_draft(http, at=at)
    answers = draft.answers if draft else {}
    home = _residence(http)
    building = way.number(http.GET.get("building"))
    if not building and "q" not in http.GET and place is None:
        building = answers.get("building") or (home.building_id if home else 0)
    initial = {}
    if building and building == answers.get("building"):
        initial = {name: answers.get(name, "") for name in ("entrance", "flat", "home")}
    elif home and building == home.building_id:
        initial = {"flat": home.flat}
    form = forms.AddressForm(initial=initial, has_account=isinstance(http.actor, Resident))
    return _address_page(http, form, building, {**values, "draft": draft, "home": home}, at=at)


def _address_page(
    http: ActorRequest,
    form: forms.AddressForm,
    building: int,
    values: dict[str, Any],
    *,
    at: datetime,
) -> HttpResponse:
    chosen = house.known(building, at=at) if building else None
    return way.page(
        http,
        steps.ADDRESS,
        "requests_app/filing/address.html",
        {**values, "form": form, "house": chosen},
    )


def _answer_address(http: ActorRequest) -> HttpResponse:
    at = now()
    building = way.number(http.POST.get("building"))
    has_account = isinstance(http.actor, Resident)
    said: dict[str, Any] = {
        "building": building,
        "entrance": way.line(http.POST, "entrance"),
        "flat": way.line(http.POST, "flat"),
        "home": has_account and http.POST.get("home") == "on",
        "incident": None,
    }
    joined = way.number(http.POST.get("join"))
    incident = (
        Incident.objects.open_at(at)
        .at_building(building)
        .select_related("category")
        .filter(pk=joined)
        .first()
        if joined
        else None
    )
    category = way.line(http.POST, "category", 64)
    draft = way.open_draft(http, at=at)
    if incident is not None:
        said["incident"] = incident.pk
        said["category"] = incident.category.slug
        # Nobody types again what everybody knows; words of one's own stay.
        if not (draft and draft.answers.get("description")):
            said["description"] = _("The same here: %(title)s") % {"title": incident.title}
    elif category:
        said.update(_prefilled(category))
    answers = {**(draft.answers if draft else {}), **said}
    wrong = steps.wrong_at(
        steps.ADDRESS,
        intake.check(steps.new_request(answers, (), by=http.actor), by=http.actor, at=at),
    )
    form = forms.AddressForm(http.POST, has_account=has_account)
    if wrong:
        form.is_valid()
        form.blame(wrong)
        values = {"category": category, "draft": draft}
        return _address_page(http, form, building, values, at=at)
    draft = drafts.write(draft or drafts.start(by=http.actor, at=at), said, at=at)
    there = steps.CONTACT if incident else steps.WORDS if said.get("category") else steps.MATTER
    answer = redirect(there.url)
    drafts.remember(answer, draft, http)
    return answer


def _prefilled(slug: str) -> dict[str, str]:
    """Return the answers that ?category= stands for: a matter, or the group to open."""
    found = Category.objects.filter(slug=slug, is_open=True).first()
    if found is None:
        return {}
    if found.parent_id is None:
        return {"group": slug}
    return {"category": slug}
