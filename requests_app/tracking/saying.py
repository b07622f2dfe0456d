"""What a resident may say of a request: comment, answer, confirm, object, withdraw, mark."""

from __future__ import annotations

import uuid
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import idempotency
from accounts.actors import Actor, Operator
from accounts.client_address import client_address
from accounts.middleware import ActorRequest
from requests_app import lifecycle
from requests_app.models import Request, RequestEvent
from requests_app.steps import STEPS, Need, Role, Step
from requests_app.taking_in import take
from requests_app.tracking import marking, words
from requests_app.tracking.forms import SayForm
from requests_app.tracking.views import found, private

COMMENT = "comment"


@never_cache
@require_http_methods(["GET", "POST"])
def say(http: ActorRequest, number: str, verb: str) -> HttpResponse:
    """Comment, answer, confirm, object, withdraw: one page and one POST each."""
    item, actor = found(http, number)
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
    kept = _take(form, item, actor, address=client_address(http), at=at)
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
    return private(redirect("requests_app:request", item.number))


@never_cache
@require_http_methods(["GET", "POST"])
def mark(http: ActorRequest, number: str) -> HttpResponse:
    """Ask for the mark on a page of its own; a POST gives it."""
    item, actor = found(http, number)
    if lifecycle.role_of(actor) is not Role.RESIDENT:
        raise Http404
    at = now()
    form = marking.MarkForm(http.POST) if http.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            lifecycle.mark(
                item,
                value=form.cleaned_data["mark"],
                text=form.cleaned_data["text"],
                by=actor,
                at=at,
                address=client_address(http),
                idempotency_key=form.cleaned_data["key"],
            )
        except idempotency.KeyReused:
            form.add_error(None, _("This form was sent before."))
        except lifecycle.NotFound:
            raise Http404 from None
        except lifecycle.Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            messages.success(http, _("Thank you: your mark counts in the company's rating."))
            return private(redirect("requests_app:request", item.number))
    asked = marking.offered(item, actor, at=at, form=form)
    if asked is None:
        messages.info(http, _("Only work that was done within the last month is marked."))
        return private(redirect("requests_app:request", item.number))
    values = {"item": item, "asked": asked, "form": form}
    page = "requests_app/tracking/mark.html"
    return private(render(http, page, values, status=422 if form else 200))


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


def _take(
    form: SayForm, item: Request, actor: Actor, *, address: str, at: datetime
) -> tuple[UUID, ...]:
    """Take the files in; what is wrong with one stands beside the field, the others are kept."""
    values = form.cleaned_data
    taken, wrong = take(
        values["photos"], kept=values["kept"], item=item, by=actor, address=address, at=at
    )
    for words_of_one in wrong:
        form.add_error("photos", words_of_one)
    return taken


def _again(form: SayForm, item: Request, kept: tuple[UUID, ...]) -> SayForm:
    """Return the form to show again: fresh key and version, files already taken."""
    data = QueryDict(mutable=True)
    data.update(form.data)
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
    return private(answer)


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
