"""The second question: what it is about, and the stop before what is dangerous or not ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import ActorRequest
from disclosure.panels import Maker, make
from requests_app import intake
from requests_app.filing import drafts, house, matters, steps
from requests_app.filing.pages import way
from requests_app.models import Category, Norm
from requests_app.typed_text import one_line


@never_cache
@require_http_methods(["GET", "POST"])
def matter(http: ActorRequest, panels: Sequence[Maker] = ()) -> HttpResponse:
    """Ask what it is about: a group and its matters, or everyday words."""
    at = now()
    draft = way.to(http, steps.MATTER, at=at)
    if isinstance(draft, HttpResponse):
        return draft
    error = ""
    if http.method == "POST":
        slug = way.line(http.POST, "category", 64)
        said = {"category": slug, "incident": None}
        new_request = steps.new_request({**draft.answers, **said}, (), by=http.actor)
        wrong = steps.wrong_at(steps.MATTER, intake.check(new_request, by=http.actor, at=at))
        if not wrong:
            drafts.write(draft, said, at=at)
            return redirect(steps.WORDS.url)
        error = wrong["category"]
    elif draft.answers.get("category"):
        # A matter closed since it was chosen: say so where it is chosen.
        new_request = steps.new_request(draft.answers, (), by=http.actor)
        wrong = steps.wrong_at(steps.MATTER, intake.check(new_request, by=http.actor, at=at))
        error = wrong.get("category", "")
    asked = one_line(http.GET.get("q", ""))[:200]
    groups = matters.groups(at)
    values = {
        "q": asked,
        "found": matters.search(asked, groups) if asked else None,
        "groups": groups,
        "chosen": draft.answers.get("category", ""),
        "open_group": http.GET.get("group") or draft.answers.get("group", ""),
        "errors": [{"text": error, "href": ""}] if error else [],
    }
    if http.htmx and http.htmx.target == "found":  # type: ignore[attr-defined]
        return render(http, "requests_app/filing/matter.html#found", values)
    slug = values["chosen"]
    chosen = Category.objects.filter(slug=slug).first() if slug and panels else None
    values["panels"] = make(panels, chosen, actor=http.actor, at=at)
    return way.page(http, steps.MATTER, "requests_app/filing/matter.html", values)


@never_cache
@require_http_methods(["GET", "POST"])
def stop(http: ActorRequest, panels: Sequence[Maker] = ()) -> HttpResponse:
    """Stop before a dangerous matter with the phones to call, or say who else answers."""
    at = now()
    draft = way.to(http, steps.MATTER, at=at)
    if isinstance(draft, HttpResponse):
        return draft
    category = Category.objects.filter(slug=draft.answers.get("category", "")).first()
    if category is None:
        return redirect(steps.MATTER.url)
    if http.method == "POST":
        drafts.write(draft, {"warned": category.slug}, at=at)
        return redirect(steps.CONTACT.url if draft.answers.get("incident") else steps.WORDS.url)
    if not category.stop_kind:
        return redirect(steps.WORDS.url)
    values = {
        "category": category,
        "house": house.known(draft.answers["building"], at=at),
        "is_gas": _answers_gas(category, at=at),
        "panels": make(panels, category, actor=http.actor, at=at),
    }
    return way.page(http, steps.MATTER, "requests_app/filing/stop.html", values)


def _answers_gas(category: Category, *, at: datetime) -> bool:
    norm = Norm.objects.filter(
        category=category, in_force__contains=timezone.localtime(at).date()
    ).first()
    return norm is not None and (norm.utility == "gas" or norm.answers == "gas_service")
