"""The last look, the sending, and the page that says what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import CodeHolder
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from disclosure.answerable import answerable
from disclosure.panels import Maker, make
from requests_app import access, deadlines, intake, promises, tracking_code
from requests_app.filing import drafts, house, photos, sending, steps
from requests_app.filing.pages import way
from requests_app.limits import too_many
from requests_app.models import Draft, Incident, Norm, RequestContact
from requests_app.tracking import holding


@never_cache
@require_http_methods(["GET", "POST"])
def check(http: ActorRequest) -> HttpResponse:
    """Show everything once more; a press sends it, and only the first press counts."""
    at = now()
    draft = drafts.of(http, at=at)
    if draft is None:
        return redirect("requests_app:new")
    if http.method == "POST":
        if http.POST.get("key") != str(draft.key):
            # A page left open from an earlier request: show what would be sent now.
            return way.sent_page(draft) if drafts.number_of(draft) else redirect(steps.CHECK.url)
        try:
            sent = sending.send(draft, by=http.actor, address=client_address(http), at=at)
        except access.TooManyRequests as many:
            return too_many(http, str(many), many.retry_after_seconds)
        except drafts.Gone:
            return redirect("requests_app:new")
        except intake.Invalid as invalid:
            wrong = steps.first_wrong(invalid.errors) or steps.ADDRESS
            if wrong is steps.CHECK:
                drafts.write(draft, {"incident": None}, at=at)
                return redirect(steps.CHECK.url)
            return redirect(wrong.url)
        answer = redirect("requests_app:sent", sent.number)
        holding.keep(answer, CodeHolder(number=sent.number, code_hash=sent.code_hash), http)
        return answer
    written = way.to(http, steps.CHECK, at=at)
    if isinstance(written, HttpResponse):
        return written
    return way.page(http, steps.CHECK, "requests_app/filing/check.html", _promise(written, at=at))


def _promise(draft: Draft, *, at: datetime) -> dict[str, Any]:
    """Return the answers and what the portal would promise for them now."""
    answers, zone = draft.answers, timezone.get_current_timezone()
    local = at.astimezone(zone)
    norm = (
        Norm.objects.select_related("category__parent")
        .filter(category__slug=answers["category"], in_force__contains=local.date())
        .get()
    )
    kind = promises.kind_for(norm, is_appeal=bool(answers.get("is_appeal")))
    promised = promises.of(norm, kind, registered_at=at)
    return {
        "answers": answers,
        "draft": draft,
        "norm": norm,
        "kind": kind,
        "house": house.known(answers["building"], at=at),
        "who": answerable(answers["building"], norm.answers, norm.utility, local.date()),
        "due": deadlines.in_words(promised.due_at, now=at, zone=zone),
        "photos": photos.shown(draft),
        "incident": Incident.objects.filter(pk=answers.get("incident")).first()
        if answers.get("incident")
        else None,
    }


@never_cache
@require_safe
def sent(http: ActorRequest, number: str, panels: Sequence[Maker] = ()) -> HttpResponse:
    """Show the number and the code to whoever filed it; loading the page again files nothing."""
    at = now()
    item = holding.find_own(http, http.actor, number)
    if item is None:
        raise Http404
    code = tracking_code.of(item) or ""
    path = reverse("requests_app:request", args=[item.number])
    values = {
        "item": item,
        "code": code,
        "due": deadlines.in_words(item.due_at, now=at, zone=timezone.get_current_timezone()),
        "link": http.build_absolute_uri(f"{path}?{urlencode({'code': code})}" if code else path),
        # Gone once its time of keeping is over, while the request stays.
        "has_email": RequestContact.objects.filter(request=item).exclude(email="").exists(),
        "panels": make(panels, item.category, actor=http.actor, at=at),
    }
    answer = render(http, "requests_app/filing/sent.html", values)
    answer["Referrer-Policy"] = "same-origin"
    return answer


@require_POST
def discard(http: ActorRequest) -> HttpResponse:
    """Throw the draft away and begin anew."""
    draft = drafts.of(http, at=now())
    if draft is not None:
        drafts.discard(draft)
    answer = redirect(f"{reverse('requests_app:new')}?q=")
    drafts.forget(answer)
    return answer
