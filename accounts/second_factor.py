"""Whether this session's staff member has shown a second factor; waived only in the demo."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest


def is_shown(request: HttpRequest) -> bool:
    """Return whether the account of this session passed its second factor in this session."""
    if settings.DEMO:
        return True
    return any(
        record.get("method") == "mfa"
        for record in get_authentication_records(request, request.user)
    )
