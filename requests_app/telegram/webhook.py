"""Telegram brings an update: answered in one transaction, the reply leaves by the outbox."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications import telegram
from requests_app.telegram import talk

MOST_BYTES = 256 * 1024


# Telegram has no session: the secret it was given with the address is what authorises it.
@csrf_exempt
@never_cache
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Take one update; 404 without the secret. What cannot be read is taken and thrown away."""
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not telegram.is_set_up() or not constant_time_compare(given, telegram.webhook_secret()):
        raise Http404
    if int(request.headers.get("Content-Length") or 0) <= MOST_BYTES:
        try:
            update = json.loads(request.body)
        except ValueError:
            update = None
        if isinstance(update, dict):
            talk.answer(update, at=now())
    # Anything but 200 makes Telegram bring it again, for a day.
    return HttpResponse(status=200)
