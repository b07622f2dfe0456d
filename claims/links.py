"""Links that letters carry; see settings.MESSAGE_LINKS."""

from __future__ import annotations

from urllib.parse import urlencode

from claims.models import Claim
from requests_app import tracking_code


def claim_link(claim_id: int) -> str:
    """Return the path that opens a claim for its resident without logging in."""
    claim = Claim.objects.select_related("request").get(pk=claim_id)
    code = tracking_code.of(claim.request)
    path = claim.get_absolute_url()
    return f"{path}?{urlencode({'code': code})}" if code else path


def claim_of_executor(claim_id: int) -> str:
    """Return the path of a claim's page; it opens only to an account that may see it."""
    return Claim.objects.get(pk=claim_id).get_absolute_url()
