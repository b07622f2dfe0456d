"""Pages of one request: opening it, its story, its files, and what a resident may do with it."""

from __future__ import annotations

import uuid
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

from accounts import idempotency, uploads
from accounts.actors import Actor, CodeHolder, Executor, Operator, Resident
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from requests_app import access, lifecycle, tracking_code
from requests_app.limits import too_many
from requests_app.models import Attachment, Request, RequestEvent
from requests_app.statuses import Status
from requests_app.steps import STEPS, Need, Role, Step
from requests_app.tracking import holding, story, words
from requests_app.tracking.forms import CodeForm, SayForm

COMMENT = "comment"


def _found(http: ActorRequest, number: str) -> tuple[Request, Actor]:
    found = holding.find(http, http.actor, number)
    if found is None:
        raise Http404
    return found


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Referrer-Policy"] = "no-referrer"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _opened(http: ActorRequest, holder: CodeHolder) -> HttpResponse:
    answer = redirect("requests_app:request", holder.number)
    holding.keep(answer, holder, http)
    return _private(answer)


def _wrong_code(http: ActorRequest, form: CodeForm, *, status: int) -> HttpResponse:
    # One sentence for an unknown number and a wrong code: it must not tell which numbers exist.
    form.add_error(None, _("No request opens with this number and code. Check both."))
    return _private(render(http, "requests_app/tracking/track.html", {"form": form}, status=status))


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
def request(http: ActorRequest, number: str) -> HttpResponse:
    """Show a request to its owner, to staff and its executor, or to whoever brings its code."""
    code = http.GET.get("code", "")
    if code:
        return _open_by_link(http, number, code)
    item, actor = _found(http, number)
    values = {**_values(item, actor, at=now()), "item": item, "actor": actor}
    if http.htmx and http.htmx.target == "story":  # type: ignore[attr-defined]
        return _private(render(http, "requests_app/tracking/request.html#story", values))
    return _private(render(http, "requests_app/tracking/request.html", values))


def _open_by_link(http: ActorRequest, number: str, code: str) -> HttpResponse:
    """Take the code out of the address at once; it stays in a cookie as a hash."""
    try:
        holder = access.with_code(number, code, address=client_address(http), at=now())
    except access.TooManyCodes as many:
        return _private(too_many(http, str(many), many.retry_after_seconds))
    if holder is None:
        if holding.find(http, http.actor, number):
            return _private(redirect("requests_app:request", number))
        form = CodeForm({"number": number, "code": "-"})
        form.is_valid()
        return _wrong_code(http, form, status=404)
    return _opened(http, holder)


def _values(item: Request, actor: Actor, *, at: datetime) -> dict[str, Any]:
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
        "by_code": isinstance(actor, CodeHolder),
        "may_comment": isinstance(actor, Resident | CodeHolder | Executor),
        "is_staff": isinstance(actor, Operator),
    }


@never_cache
@require_http_methods(["GET", "POST"])
def say(http: ActorRequest, number: str, verb: str) -> HttpResponse:
    """Comment, answer, confirm, object, withdraw: one page and one POST each."""
    item, actor = _found(http, number)
    at = now()
    step = _step(item, actor, verb, at=at)
    if verb == COMMENT and isinstance(actor, Operator):
        raise Http404
    if step is None and verb != COMMENT:
        if verb not in {known.name for known in _steps_of_residents()}:
            raise Http404
        if http.method != "POST":
            messages.info(http, _("This is no longer possible: the request has moved on."))
            return redirect("requests_app:request", item.number)
    needs_text = verb == COMMENT or (step is not None and Need.TEXT in step.needs)
    label = _label(verb)
    if http.method != "POST":
        initial = {"key": uuid.uuid4().hex, "version": item.version}
        form = SayForm(initial=initial, needs_text=needs_text, label=label)
        return _say_page(http, item, step, verb, form)
    form = SayForm(http.POST, http.FILES, needs_text=needs_text, label=label)
    if not form.is_valid():
        return _say_page(http, item, step, verb, form)
    kept = _take(form, actor, at=at)
    if form.errors:
        return _say_page(http, item, step, verb, _again(form, item, kept))
    try:
        _make(item, actor, verb, form, kept, at=at)
    except idempotency.KeyReused:
        # The first of two presses won; the second brought the same photos under new names.
        pass
    except lifecycle.NotFound:
        raise Http404 from None
    except lifecycle.Refused as refused:
        item.refresh_from_db()
        form.add_error(_field(refused.field), refused.message)
        return _say_page(
            http, item, _step(item, actor, verb, at=at), verb, _again(form, item, kept)
        )
    messages.success(http, str(words.DONE[verb]))
    return _private(redirect("requests_app:request", item.number))


def _steps_of_residents() -> list[Step]:
    return [step for step in STEPS if Role.RESIDENT in step.by]


def _step(item: Request, actor: Actor, verb: str, *, at: datetime) -> Step | None:
    if lifecycle.role_of(actor) is not Role.RESIDENT:
        return None
    return next(
        (step for step in lifecycle.steps_open_to(item, actor, at=at) if step.name == verb), None
    )


def _make(
    item: Request,
    actor: Actor,
    verb: str,
    form: SayForm,
    kept: tuple[UUID, ...],
    *,
    at: datetime,
) -> None:
    text, key = form.cleaned_data["text"], form.cleaned_data["key"]
    if verb in {COMMENT, "answer"}:
        lifecycle.comment(item, by=actor, at=at, text=text, uploads=kept, idempotency_key=key)
        return
    target = next(step.target for step in _steps_of_residents() if step.name == verb)
    details = lifecycle.Details(text=text, uploads=kept)
    if _step(item, actor, verb, at=at) is None and not _was_made(item, verb):
        # «Confirm» pressed on a request that only could be withdrawn must not withdraw it.
        raise lifecycle.Refused(
            "", _("This is no longer possible: the request has moved on."), "forbidden_step"
        )
    lifecycle.move(
        item,
        target,
        by=actor,
        at=at,
        details=details,
        seen_version=form.cleaned_data["version"],
        idempotency_key=f"{verb}:{key}",
    )


def _was_made(item: Request, verb: str) -> bool:
    """Whether the last step of the request is this very one: then a repeat may be answered."""
    last = RequestEvent.objects.filter(request=item).exclude(step="").order_by("-at", "-id").first()
    return last is not None and last.step == verb


def _take(form: SayForm, actor: Actor, *, at: datetime) -> tuple[UUID, ...]:
    """Take the files in; what is wrong with one stands beside the field, the others are kept."""
    kept = list(form.cleaned_data["kept"])
    for file in form.cleaned_data["photos"]:
        name = str(file.name or "")[:80]
        if len(kept) >= uploads.MAX_FILES:
            form.add_error(
                "photos",
                _("%(name)s: not added, there are %(limit)d files already.")
                % {"name": name, "limit": uploads.MAX_FILES},
            )
            continue
        try:
            kept.append(uploads.accept(file, by=actor, at=at).pk)
        except uploads.Rejected as rejected:
            form.add_error(
                "photos", _("%(name)s: %(why)s") % {"name": name, "why": rejected.message}
            )
    return tuple(kept)


def _again(form: SayForm, item: Request, kept: tuple[UUID, ...]) -> SayForm:
    """Return the form to show again: fresh key and version, files already taken."""
    data = form.data.copy()
    data["kept"] = ",".join(str(upload) for upload in kept)
    data["version"] = str(item.version)
    data["key"] = uuid.uuid4().hex
    form.data = data
    return form


def _field(name: str) -> str | None:
    return {"text": "text", "uploads": "photos"}.get(name)


def _say_page(
    http: ActorRequest, item: Request, step: Step | None, verb: str, form: SayForm
) -> HttpResponse:
    title, yes, danger = words.ASKED[verb]
    values = {
        "item": item,
        "step": step,
        "form": form,
        "title": title,
        "yes": yes,
        "is_danger": danger,
        "kept": len([part for part in (form["kept"].value() or "").split(",") if part]),
        "is_possible": step is not None or verb == COMMENT,
    }
    answer = render(
        http,
        "requests_app/tracking/say.html",
        values,
        status=422 if form.is_bound else 200,
    )
    return _private(answer)


def _label(verb: str) -> str:
    if verb in {"object", "reopen"}:
        return _("What is still wrong?")
    if verb == "answer":
        return _("Your answer")
    if verb == "withdraw":
        return _("Why, if you like")
    if verb == "confirm":
        return _("A word about the work, if you like")
    return _("Your message")


@require_safe
def file(http: ActorRequest, number: str, upload_id: UUID) -> FileResponse:
    """Serve a file of a request its reader may see."""
    return uploads.serve(_attached(http, number, upload_id).upload)


@require_safe
def thumbnail(http: ActorRequest, number: str, upload_id: UUID) -> FileResponse:
    """Serve the small picture of a file of a request its reader may see."""
    return uploads.serve_thumbnail(_attached(http, number, upload_id).upload)


def _attached(http: ActorRequest, number: str, upload_id: UUID) -> Attachment:
    item, actor = _found(http, number)
    return get_object_or_404(
        Attachment.objects.select_related("upload").filter(
            request=item, event__in=RequestEvent.objects.of(item, actor)
        ),
        upload_id=upload_id,
    )
