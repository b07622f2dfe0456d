"""Asking again costs a line where nothing changed: ETag of a public page, for strangers alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date, parse_http_date_safe

# Masked anew in each answer, and any of them is good for its form.
_TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]*')
# The browser may keep the page but asks each time; caches between keep none, as a page may hold
# a form's token.
_KEPT = "private, no-cache"


def revalidated(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """
    Give the view's pages an ETag, and answer 304 to a stranger who has the page already.

    The tag is of what was rendered, so nothing shown on the page, from whichever room, can change
    behind it; the answer is spared, the work is not. Whoever is signed in, sends a token or a code
    gets a whole page each time, which `PrivatePages` keeps out of every cache.
    """

    @wraps(view)
    def answer(http: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        response = view(http, *args, **named)
        if response.status_code != 200 or response.streaming or not is_stranger(http):
            return response
        page = cast(HttpResponse, response)
        tag = hashlib.sha256(_TOKEN.sub(rb"\1", page.content)).hexdigest()[:32]
        page["ETag"] = f'"{tag}"'
        page["Cache-Control"] = _KEPT
        patch_vary_headers(page, ["Cookie", "Authorization", "Accept-Language"])
        at = parse_http_date_safe(page.get("Last-Modified", ""))
        same = get_conditional_response(http, etag=page["ETag"], last_modified=at, response=page)
        return same or page

    return answer


def is_stranger(http: HttpRequest) -> bool:
    """Whether nothing in the request says who sends it."""
    return (
        http.method in ("GET", "HEAD")
        and settings.SESSION_COOKIE_NAME not in http.COOKIES
        and "Authorization" not in http.headers
        and "code" not in http.GET
    )


def modified(page: HttpResponse, moment: datetime) -> HttpResponse:
    """Say when the page last changed; only for pages that no clock changes."""
    page["Last-Modified"] = http_date(moment.timestamp())
    return page
