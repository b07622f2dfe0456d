"""Pages of one request: opening it, its story and its files."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import uploads
from accounts.actors import Actor, CodeHolder, Executor, Operator, Resident
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from disclosure.panels import Maker, make
from requests_app import access, clock_picture, lifecycle, tracking_code
from requests_app.limits import too_many
from requests_app.models import Attachment, Request, RequestEvent
from requests_app.statuses import Status
from requests_app.steps import Role
from requests_app.tracking import holding, marking, story
from requests_app.tracking.forms import CodeForm, SayForm


def found(http: ActorRequest, number: str) -> tuple[Request, Actor]:
    """Return the request and as whom the sender may act on it; raise Http404."""
    opened = holding.find(http, http.actor, number)
    if opened is None:
        raise Http404
    return opened


def private(answer: HttpResponse) -> HttpResponse:
    """Keep the page out of caches and its address out of referrers."""
    # Not "no-referrer": browsers then send `Origin: null` with the page's own forms, which the
    # guard against forged posts refuses.
    answer["Referrer-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _opened(http: ActorRequest, holder: CodeHolder) -> HttpResponse:
    answer = redirect("requests_app:request", holder.number)
    holding.keep(answer, holder, http)
    return private(answer)


def _wrong_code(http: ActorRequest, form: CodeForm, *, status: int) -> HttpResponse:
    # One sentence for an unknown number and a wrong code: it must not tell which numbers exist.
    form.add_error(None, _("No request opens with this number and code. Check both."))
    return private(render(http, "requests_app/tracking/track.html", {"form": form}, status=status))


@never_cache
@require_http_methods(["GET", "POST"])
def track(http: ActorRequest) -> HttpResponse:
    """Ask for number and code, and open the request they belong to."""
    if http.method != "POST":
        form = CodeForm(initial={"number": http.GET.get("number", "")[:40]})
        return render(http, "requests_app/tracking/track.html", {"form": form})
    form = CodeForm(http.POST)
    if not form.is_valid():
        return render(http, "requests_app/tracking/track.html", {"form": form}, status=422)
    try:
        holder = access.with_code(
            form.cleaned_data["number"],
            form.cleaned_data["code"],
            address=client_address(http),
            at=now(),
        )
    except access.TooManyCodes as many:
        return too_many(http, str(many), many.retry_after_seconds)
    if holder is None:
        return _wrong_code(http, form, status=422)
    return _opened(http, holder)


@require_POST
def close_here(http: ActorRequest) -> HttpResponse:
    """Forget what this browser has opened by codes."""
    answer = redirect("requests_app:track")
    holding.forget(answer)
    messages.success(http, _("Nothing opens on this device without the code any more."))
    return answer


@never_cache
@require_safe
def request(
    http: ActorRequest,
    number: str,
    panels: Sequence[Maker] = (),
    own: Sequence[Maker] = (),
) -> HttpResponse:
    """Show a request to its owner, to staff and its executor, or to whoever brings its code."""
    code = http.GET.get("code", "")
    if code:
        return _open_by_link(http, number, code)
    item, actor = found(http, number)
    at = now()
    values = {**values_of(item, actor, at=at), "item": item, "actor": actor}
    if http.htmx and http.htmx.target == "story":  # type: ignore[attr-defined]
        return private(render(http, "requests_app/tracking/request.html#story", values))
    # What helps the resident; an executor knows its work.
    values["panels"] = (
        [
            *make(own, item, actor=actor, at=at),
            *make(panels, item.category, actor=actor, at=at),
        ]
        if values["is_mine"]
        else []
    )
    return private(render(http, "requests_app/tracking/request.html", values))


def _open_by_link(http: ActorRequest, number: str, code: str) -> HttpResponse:
    """Take the code out of the address at once; it stays in a cookie as a hash."""
    try:
        holder = access.with_code(number, code, address=client_address(http), at=now())
    except access.TooManyCodes as many:
        return private(too_many(http, str(many), many.retry_after_seconds))
    if holder is None:
        if holding.find(http, http.actor, number):
            return private(redirect("requests_app:request", number))
        form = CodeForm({"number": number, "code": "-"})
        form.is_valid()
        return _wrong_code(http, form, status=404)
    return _opened(http, holder)


def values_of(item: Request, actor: Actor, *, at: datetime) -> dict[str, Any]:
    """Return what the pages of a request show: its story, clock, picture and open steps."""
    zone = timezone.get_current_timezone()
    events = list(
        RequestEvent.objects.of(item, actor)
        .select_related("act")
        .prefetch_related("attachments__upload")
    )
    is_mine = lifecycle.role_of(actor) is Role.RESIDENT
    open_steps = lifecycle.steps_open_to(item, actor, at=at) if is_mine else []
    code = tracking_code.of(item) if is_mine else None
    path = reverse("requests_app:request", args=[item.number])
    return {
        "lines": story.lines(events, item, is_mine=is_mine, now=at, zone=zone),
        "progress": story.progress(item),
        "word": story.word_of(item, is_mine=is_mine),
        "clock": story.clock(item, now=at, zone=zone),
        "picture": clock_picture.of(item, events, at=at, zone=zone),
        "steps": [step for step in open_steps if step.name != "answer"],
        "may_answer": any(step.name == "answer" for step in open_steps),
        "question": next((e.text for e in reversed(events) if e.step == "ask"), "")
        if item.status == Status.NEEDS_INFO
        else "",
        "form": SayForm(
            initial={"key": uuid.uuid4().hex}, needs_text=False, label=_("Write a message")
        ),
        "link": f"{path}?{urlencode({'code': code})}" if code else "",
        "is_mine": is_mine,
        "asked": marking.offered(item, actor, at=at),
        "by_code": isinstance(actor, CodeHolder),
        "may_comment": isinstance(actor, Resident | CodeHolder | Executor),
        "is_staff": isinstance(actor, Operator),
        "is_executor": isinstance(actor, Executor),
    }


@require_safe
def file(http: ActorRequest, number: str, upload_id: UUID) -> FileResponse:
    """Serve a file of a request its reader may see."""
    return uploads.serve(_attached(http, number, upload_id).upload)


@require_safe
def thumbnail(http: ActorRequest, number: str, upload_id: UUID) -> FileResponse:
    """Serve the small picture of a file of a request its reader may see."""
    return uploads.serve_thumbnail(_attached(http, number, upload_id).upload)


def _attached(http: ActorRequest, number: str, upload_id: UUID) -> Attachment:
    item, actor = found(http, number)
    return get_object_or_404(
        Attachment.objects.select_related("upload").filter(
            request=item, event__in=RequestEvent.objects.of(item, actor)
        ),
        upload_id=upload_id,
    )
