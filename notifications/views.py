"""Stopping letters from a link in them, without logging in."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications.masking import masked
from notifications.models import Subscription
from notifications.rendering import read_unsubscribe


# A mail program posts here by itself (RFC 8058): the signed token is what authorises it.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what would stop; POST stops it, or starts it again with `again`."""
    read = read_unsubscribe(token)
    if read is None:
        raise Http404
    channel, address, topic = read
    key: dict[str, Any] = {"channel": channel, "address": address.lower(), "topic": topic}
    if request.method == "POST":
        Subscription.objects.update_or_create(
            **key, defaults={"stopped_at": None if "again" in request.POST else now()}
        )
    stopped = Subscription.objects.filter(**key, stopped_at__isnull=False).exists()
    return render(
        request,
        "notifications/unsubscribe.html",
        {
            "address": masked(address),
            "topic": topic.partition(":")[2],
            "kind": topic.partition(":")[0],
            "is_stopped": stopped,
        },
    )
