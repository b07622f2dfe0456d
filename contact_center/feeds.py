"""Addresses of all feeds, and the page that offers them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

import disclosure.feeds
import ratings.feeds
import requests_app.feeds
import requests_app.incidents.feeds
from accounts.feeds import Kind
from accounts.revalidation import revalidated
from outreach.calendar.outages_file import outages as outages_file

VIEWS = {
    "requests": requests_app.feeds.view,
    "outages": requests_app.incidents.feeds.view,
    "publications": disclosure.feeds.view,
    "ratings": ratings.feeds.view,
}


@require_safe
@revalidated
def page(http: HttpRequest) -> HttpResponse:
    """Offer the feeds and calendars in plain words."""
    values: dict[str, Any] = {
        "districts": settings.CITY.districts,
        "address": settings.PUBLIC_URL,
    }
    return render(http, "feeds.html", values)


app_name = "feeds"
urlpatterns = [
    path("", page, name="page"),
    path("outages.ics", outages_file, name="outages-ics"),
    *(
        path(f"{name}.{kind.value}", view, {"kind": kind}, name=f"{name}-{kind.value}")
        for name, view in VIEWS.items()
        for kind in Kind
    ),
]
