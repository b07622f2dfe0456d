"""Stopping letters from a link in them, without logging in."""

from __future__ import annotations

from typing import Any

from django.db import transaction
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
    channel, address, topics = read
    key: dict[str, Any] = {"channel": channel, "address": address.lower()}
    if request.method == "POST":
        stopped_at = None if "again" in request.POST else now()
        with transaction.atomic():
            for topic in topics:
                Subscription.objects.update_or_create(
                    **key, topic=topic, defaults={"stopped_at": stopped_at}
                )
    stopped = Subscription.objects.filter(**key, topic__in=topics, stopped_at__isnull=False)
    # A letter about several matters names none of them here.
    kind, _colon, name = topics[0].partition(":") if len(topics) == 1 else ("", "", "")
    return render(
        request,
        "notifications/unsubscribe.html",
        {
            "address": masked(address),
            "topic": name,
            "kind": kind,
            "is_stopped": stopped.count() == len(topics),
        },
    )
