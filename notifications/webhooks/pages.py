"""Pages on which people subscribe their systems, try them out and mend what failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import keyset
from accounts.middleware import ActorRequest
from accounts.models import User
from notifications.models import Message, WebhookAttempt, WebhookOff, WebhookSubscription
from notifications.webhooks import door, health, signing, subjects, subscribing
from notifications.webhooks.catalogue import TYPES
from notifications.webhooks.forms import RotateForm, SinceForm, WebhookForm
from notifications.webhooks.subjects import type_of

LIST, ONE = "inbox:webhooks", "inbox:webhook"
SIZE = 20
TONES = {
    "queued": ("clock", "wait"),
    "leased": ("forward", "work"),
    "sent": ("check-circle", "good"),
    "dead": ("alert", "bad"),
}


@never_cache
@login_required
@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """Show one's subscriptions, and those of one's organisations."""
    person = _person(request)
    rows = WebhookSubscription.objects.visible_to(request.actor).order_by("pk")
    values = {"rows": rows, "may_add": subscribing.has_room(person)}
    return render(request, "notifications/webhooks/index.html", values)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Subscribe a system; the answer to the POST shows its secret, this once."""
    person = _person(request)
    form = WebhookForm(request.POST or None, inns=subscribing.organisations_of(person))
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = subscribing.subscribe(
                person,
                form.wanted(),
                at=now(),
                organisation=form.cleaned_data.get("organisation", ""),
            )
        except subscribing.Refused as refused:
            _add_errors(form, refused)
        else:
            return _page(request, made, secret=secret, is_new=True)
    return _form_page(request, form)


@never_cache
@login_required
@require_safe
def one(request: ActorRequest, pk: int) -> HttpResponse:
    """Show a subscription with the log of its calls."""
    return _page(request, _own(request, pk))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActorRequest, pk: int) -> HttpResponse:
    """Change what is sent, and where."""
    held = _own(request, pk)
    form = WebhookForm(request.POST or None, held=held)
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["version"]
            subscribing.change(held, form.wanted(), seen_version=seen)
        except subscribing.Refused as refused:
            _add_errors(form, refused)
        except subscribing.Stale:
            # What they wrote stays in the form; saved again, it stands on what is there now.
            written = request.POST.copy()
            written["version"] = str(_own(request, pk).version)
            form.data = written
            words = _("Somebody has changed it meanwhile. Compare, and save again.")
            form.add_error(None, words)
        else:
            messages.success(request, _("Saved."))
            return redirect(ONE, pk)
    return _form_page(request, form, held=held)


@login_required
@require_POST
def test(request: ActorRequest, pk: int) -> HttpResponse:
    """Send a test call."""
    try:
        subscribing.send_test(_own(request, pk), at=now())
    except subscribing.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The test call is on its way: in a moment it is in the log."))
    return redirect(ONE, pk)


@never_cache
@login_required
@require_POST
def rotate(request: ActorRequest, pk: int) -> HttpResponse:
    """Make another secret and show it, this once."""
    held = _own(request, pk)
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _page(request, held, rotate_form=form)
    secret = signing.rotate(held, overlap=form.cleaned_data["overlap"], at=now())
    return _page(request, held, secret=secret)


@login_required
@require_POST
def switch(request: ActorRequest, pk: int) -> HttpResponse:
    """Switch it off or on."""
    held = _own(request, pk)
    if held.is_on:
        health.switch_off(held, WebhookOff.OWNER, at=now())
        messages.success(request, _("Switched off. What happens meanwhile is not sent later."))
    elif held.off == WebhookOff.STAFF:
        messages.error(request, _("The contact centre has switched it off: ask there."))
    else:
        health.switch_on(held)
        messages.success(request, _("Switched on."))
    return redirect(ONE, pk)


@login_required
@require_POST
def replay(request: ActorRequest, pk: int, number: int) -> HttpResponse:
    """Send one delivery again."""
    if subscribing.replay(_own(request, pk), min(number, 2**62), at=now()):
        messages.success(request, _("It is sent again."))
    else:
        messages.error(request, _("It is not there any more, or still on its way."))
    return redirect(ONE, pk)


@login_required
@require_POST
def replay_failed(request: ActorRequest, pk: int) -> HttpResponse:
    """Send again all that failed since a moment."""
    held = _own(request, pk)
    form = SinceForm(request.POST)
    if not form.is_valid():
        return _page(request, held, since_form=form)
    count = subscribing.replay_failed(held, since=form.cleaned_data["since"], at=now())
    if count:
        words = ngettext("%(count)d call is sent again.", "%(count)d calls are sent again.", count)
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, _("Nothing has failed since then."))
    return redirect(ONE, pk)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: ActorRequest, pk: int) -> HttpResponse:
    """GET asks, POST deletes."""
    held = _own(request, pk)
    if request.method == "POST":
        subscribing.remove(held)
        messages.success(request, _("Deleted. Nothing is sent there any more."))
        return redirect(LIST)
    return render(request, "notifications/webhooks/delete.html", {"item": held})


def _person(request: ActorRequest) -> User:
    person = request.user
    if not isinstance(person, User) or not door.is_open_to(person, request.actor):
        raise PermissionDenied
    return person


def _own(request: ActorRequest, pk: int) -> WebhookSubscription:
    _person(request)
    rows = WebhookSubscription.objects.visible_to(request.actor)
    return get_object_or_404(rows, pk=pk if pk < 2**62 else 0)


def _add_errors(form: Form, refused: subscribing.Refused) -> None:
    for field, message in refused.errors.items():
        form.add_error(field if field in form.fields else None, message)


def _form_page(
    request: ActorRequest, form: WebhookForm, *, held: WebhookSubscription | None = None
) -> HttpResponse:
    values = {"form": form, "item": held}
    status = 422 if form.errors else 200
    return render(request, "notifications/webhooks/form.html", values, status=status)


def _page(
    request: ActorRequest,
    held: WebhookSubscription,
    *,
    secret: str = "",
    is_new: bool = False,
    rotate_form: RotateForm | None = None,
    since_form: SinceForm | None = None,
) -> HttpResponse:
    at = now()
    try:
        page = keyset.page(
            subscribing.deliveries(held),
            ["-id"],
            size=SIZE,
            cursor=request.GET.get("cursor", ""),
        )
    except keyset.BadCursor:
        return redirect(ONE, held.pk)
    wrong = bool((rotate_form and rotate_form.errors) or (since_form and since_form.errors))
    values = {
        "item": held,
        "events": [str(kind.label) for code in held.events if (kind := TYPES.get(code))],
        "filters": _filters(held),
        "secret": secret,
        "is_new": is_new,
        "secrets": held.secrets.filter(ends_at__gt=at).order_by("ends_at"),
        "rows": [_row(message) for message in page],
        "newer": f"?cursor={page.previous}" if page.previous else "",
        "older": f"?cursor={page.next}" if page.next else "",
        "rotate_form": rotate_form or RotateForm(),
        "since_form": since_form
        or SinceForm(initial={"since": localtime(at - timedelta(days=1)).replace(tzinfo=None)}),
        "kept_days": health.KEPT_FOR.days,
    }
    return render(request, "notifications/webhooks/one.html", values, status=422 if wrong else 200)


def _filters(held: WebhookSubscription) -> list[str]:
    """Return what the subscription is narrowed to, in words where there are any."""
    known = subjects.choices()
    labels = {column: {one.code: one.label for one in found} for column, found in known.items()}
    return [
        labels.get(column, {}).get(value, str(value))
        for column in subscribing.FILTERS
        for value in getattr(held, column)
    ]


def _error(message: Message, calls: list[WebhookAttempt]) -> str:
    """Return in words why it is not there; what programs read of it is English."""
    if not message.last_error:
        return ""
    if not calls:
        return message.last_error
    if (status := calls[-1].status) is not None:
        return _("Your program answered %(status)d.") % {"status": status}
    return _("Your program did not answer.")


def _row(message: Message) -> dict[str, Any]:
    calls = sorted(message.calls.all(), key=lambda call: call.pk)
    kind = type_of(message.context.get("type", ""))
    icon, tone = TONES.get(message.state, ("minus-circle", "quiet"))
    return {
        "item": message,
        "event_id": message.context.get("id", ""),
        "title": str(kind.label) if kind else message.context.get("type", ""),
        "calls": calls,
        "error": _error(message, calls),
        "icon": icon,
        "tone": tone,
        "may_go_again": message.state not in {"queued", "leased"},
    }
