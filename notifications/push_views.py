"""A browser says that it takes notifications, or that it does not any more."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from notifications import destinations
from notifications import web_push_sealing as sealing
from notifications.channels.registry import CHANNELS
from notifications.channels.web_push import WebPushChannel, is_push_service
from notifications.models import ChannelCode, Destination, StopReason

MOST_BYTES = 4096
# A person has a phone, a tablet and a few browsers, not hundreds.
MOST_DEVICES = 20
_BROWSERS = ("YaBrowser", "Edg", "OPR", "Firefox", "Chrome", "Safari")
_NAMES = {"YaBrowser": "Yandex", "Edg": "Edge", "OPR": "Opera"}
_SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")


@require_safe
def key(request: HttpRequest) -> JsonResponse:
    """Give the public key that a browser subscribes with."""
    channel = CHANNELS[ChannelCode.WEB_PUSH]
    assert isinstance(channel, WebPushChannel)
    return JsonResponse({"key": channel.public_key})


@never_cache
@login_required
@require_POST
def subscribe(request: HttpRequest) -> JsonResponse:
    """
    Store the subscription of this browser: the JSON of `PushSubscription.toJSON()`.

    The browser is the proof: only it can open what is sealed with its keys. 201, or 400 with the
    reason.
    """
    person = _person(request)
    try:
        endpoint, keys = _read(request)
    except ValueError as wrong:
        return JsonResponse({"detail": str(wrong)}, status=400)
    living = Destination.objects.living().filter(user=person, channel=ChannelCode.WEB_PUSH)
    if living.exclude(address=endpoint).count() >= MOST_DEVICES:
        return JsonResponse({"detail": _("Too many devices: remove one first.")}, status=400)
    destinations.confirm(
        person,
        channel=ChannelCode.WEB_PUSH,
        address=endpoint,
        keys=keys,
        label=device_of(request.headers.get("User-Agent", "")),
        at=now(),
    )
    return JsonResponse({}, status=201)


@never_cache
@login_required
@require_POST
def unsubscribe(request: HttpRequest) -> JsonResponse:
    """Forget this browser, named by its `endpoint`; one's own only."""
    person = _person(request)
    try:
        endpoint = str(_body(request).get("endpoint", ""))
    except ValueError as wrong:
        return JsonResponse({"detail": str(wrong)}, status=400)
    if Destination.objects.living().filter(
        user=person, channel=ChannelCode.WEB_PUSH, address=endpoint
    ):
        destinations.stop(
            channel=ChannelCode.WEB_PUSH, address=endpoint, reason=StopReason.REMOVED, at=now()
        )
    return JsonResponse({})


def device_of(agent: str) -> str:
    """Return what its owner knows a browser by: «Chrome, Android»."""
    browser = next((name for name in _BROWSERS if name in agent), "")
    system = next((name for name in _SYSTEMS if name in agent), "")
    return ", ".join(filter(None, [_NAMES.get(browser, browser), system]))


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _body(request: HttpRequest) -> dict[str, Any]:
    if len(request.body) > MOST_BYTES:
        raise ValueError(_("Too long."))
    try:
        body = json.loads(request.body)
    except ValueError:
        raise ValueError(_("This is no JSON.")) from None
    if not isinstance(body, dict):
        raise ValueError(_("This is no JSON."))
    return body


def _read(request: HttpRequest) -> tuple[str, dict[str, str]]:
    body = _body(request)
    endpoint, keys = body.get("endpoint"), body.get("keys")
    if not isinstance(endpoint, str) or len(endpoint) > 1000 or not is_push_service(endpoint):
        raise ValueError(_("This is no address of a known push service."))
    try:
        given = {name: str(keys[name]) for name in ("p256dh", "auth")}  # type: ignore[index]
        sealing.seal(b"", p256dh=given["p256dh"], auth=given["auth"])
    except (KeyError, TypeError, ValueError):
        raise ValueError(_("These are no keys of a browser.")) from None
    return endpoint, given
