"""Where the endpoint is, for clients that know only the city's address."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from requests_app.open311.formats import JSON, MEDIA_TYPES, XML, Answer

# When the calls last changed so that a client must look.
CHANGESET = "2026-11-29T00:00:00+00:00"


def discovery(http: HttpRequest) -> Answer:
    """Return where everything is, since when, and where a key is to be had."""
    city = settings.CITY
    base = reverse("open311:discovery", args=["xml"]).removesuffix("discovery.xml")
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": f"{settings.PUBLIC_URL}{base}",
        "changeset": CHANGESET,
        "type": "test" if settings.DEMO or settings.DRILL else "production",
        "formats": [MEDIA_TYPES[XML], MEDIA_TYPES[JSON]],
    }
    return Answer(
        "discovery",
        {
            "changeset": CHANGESET,
            "contact": f"{city.center_name}, {city.center_email}, {city.center_phone}",
            "key_service": _("Sign in and make a token: %(address)s")
            % {"address": f"{settings.PUBLIC_URL}{reverse('accounts:api_tokens')}"},
            "endpoints": [endpoint],
        },
    )
