"""Links that letters carry; see settings.MESSAGE_LINKS."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from requests_app import tracking_code
from requests_app.incidents import following
from requests_app.models import Request


def tracking_link(request_id: int) -> str:
    """Return the path that opens a request's timeline without logging in."""
    item = Request.objects.only("number", "uid", "code_hash").get(pk=request_id)
    path = reverse("requests_app:request", args=[item.number])
    code = tracking_code.of(item)
    return f"{path}?{urlencode({'code': code})}" if code else path


def cabinet_link(request_id: int) -> str:
    """Return the page of a request in its executor's cabinet, for who is signed in."""
    number = Request.objects.values_list("number", flat=True).get(pk=request_id)
    return reverse("requests_cabinet:card", args=[number])


def outage_link(incident_id: int) -> str:
    """Return the public page of an incident."""
    return reverse("outages:outage", args=[incident_id])


def confirm_outages_link(subscription_id: int) -> str:
    """Return the page whose button confirms a subscription to outages."""
    return reverse("outages:confirm", args=[following.token_of(subscription_id)])
