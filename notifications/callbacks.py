"""What gateways and devices tell us after a message has left; nothing is believed unchecked."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications import reports
from notifications.channels.registry import CHANNELS
from notifications.channels.sms import SmsChannel
from notifications.models import ChannelCode

# What SMS.RU waits for; SMSC.RU is content with any 200.
HEARD = "100"


def sms_address() -> str:
    """Return the address to enter at the SMS gateway for its call-backs."""
    return settings.PUBLIC_URL + reverse("notifications:sms_report", args=[_token()])


@csrf_exempt
@never_cache
@require_POST
def sms_report(request: HttpRequest, token: str) -> HttpResponse:
    """
    Hear that the gateway has news of some messages: it is asked about them at once.

    What it says of them here is not read, so that whoever learns the address can forge nothing.
    """
    channel = CHANNELS.get(ChannelCode.SMS)
    if not constant_time_compare(token, _token()) or not isinstance(channel, SmsChannel):
        raise Http404
    if channel.gateway is not None:
        form = {name: request.POST.getlist(name) for name in request.POST}
        reports.ask_soon(ChannelCode.SMS, channel.gateway.named(form), at=now())
    return HttpResponse(HEARD, content_type="text/plain")


# A device posts here without a session; the signed token is what authorises it.
@csrf_exempt
@never_cache
@require_POST
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Note that a notification was shown, or with `opened` that it was opened."""
    if not reports.received(token, is_opened="opened" in request.POST, at=now()):
        raise Http404
    return HttpResponse(status=204)


def _token() -> str:
    return salted_hmac("notifications.sms_report", "address").hexdigest()[:32]
