"""What somebody agrees to by filing: the page behind the checkbox."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from requests_app.intake import CONSENT_VERSION, RETENTION


@require_safe
def consent(http: HttpRequest) -> HttpResponse:
    """Say what is kept, why, how long, who sees it, and what rights people have."""
    values = {"version": CONSENT_VERSION, "years": RETENTION.days // 365}
    return render(http, "requests_app/consent.html", values)
