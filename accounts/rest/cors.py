"""
Which pages of other sites may read: what everybody may, and nothing else.

Written on the view and not by a library's list of addresses, so that a call cannot be public in
one place and private in another. Never with credentials: such a page reads as nobody.
"""

from __future__ import annotations

from django.http.response import HttpResponseBase

EXPOSED = (
    "API-Version, Content-Language, Deprecation, ETag, Link, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, Retry-After, Sunset"
)


def let_read(response: HttpResponseBase) -> None:
    """Let a page of any site read the answer."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = EXPOSED


def let_ask(response: HttpResponseBase) -> None:
    """Answer a browser that asks first (preflight)."""
    let_read(response)
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Accept, Accept-Language, If-None-Match"
    response["Access-Control-Max-Age"] = "86400"
