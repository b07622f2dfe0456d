"""
Tags of what was read: asking again costs a line, and a write may name the state it is meant for.

A tag is `"<version>.<hash of the body>"`, without the version where the thing has none. The whole
tag answers `If-None-Match`; `If-Match` on a write looks at the version alone, because the same
state reads differently in another language, with other `fields` or for another reader.
"""

from __future__ import annotations

import re
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rest.refusals import stale

IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of an earlier answer: 304 without a body if nothing changed.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of what was read: 412 if it has changed since, so that no change of "
    "somebody else is lost. Without it the write is done on whatever stands.",
)
TAG = OpenApiParameter(
    "ETag",
    str,
    OpenApiParameter.HEADER,
    response=[200],
    description="For If-None-Match; where the thing has a version, for If-Match too.",
)
_OURS = re.compile(r'(?:W/)?"(\d{1,9})(?:\.[0-9a-f]{32})?"')


def versioned(response: Response, version: int) -> Response:
    """Say which version of the thing the answer shows: it becomes part of the tag."""
    response.version = version  # type: ignore[attr-defined]
    return response


def version_seen(http: Request) -> int | None:
    """
    Return the version that `If-Match` names, None without it or for `*`.

    Raise Problem 412 for a tag that no answer of ours with a version had: it cannot match. Compare
    under the row's lock, and raise `refusals.stale()` where they differ.
    """
    said = str(http.headers.get("If-Match", "")).strip()
    if not said or said == "*":
        return None
    found = _OURS.fullmatch(said)
    if found is None:
        raise stale()
    return int(found.group(1))


def tagged(http: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """Return the rendered answer with its tag, or 304 to whoever has it already."""
    version = getattr(response, "version", None)
    tag = sha256(response.content).hexdigest()[:32]
    response["ETag"] = f'"{tag}"' if version is None else f'"{version}.{tag}"'
    same: HttpResponseBase | None = get_conditional_response(
        http, etag=response["ETag"], response=response
    )
    return same or response
