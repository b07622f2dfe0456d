"""Errors of the API as application/problem+json (RFC 9457), in the reader's language."""

from __future__ import annotations

import http
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts.problems import Problem

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 10

TITLES = {
    400: _("The request cannot be understood"),
    401: _("Sign-in is needed"),
    403: _("This is not allowed"),
    404: _("Nothing is found here"),
    405: _("This method is not allowed here"),
    406: _("This format is not served"),
    409: _("This contradicts what is already stored"),
    412: _("This has changed in the meantime"),
    413: _("This is too large"),
    415: _("This format is not accepted"),
    422: _("Some fields need correction"),
    429: _("Too many attempts"),
    500: _("The portal has failed"),
    503: _("The portal is unavailable for a moment"),
}
CODES = {
    400: "invalid",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "throttled",
    500: "error",
    503: "unavailable",
}


def problem(
    status: int,
    *,
    detail: object = "",
    code: str = "",
    errors: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """Return the body that every error of the API has; `errors` name the fields at fault."""
    title = TITLES.get(status) or http.HTTPStatus(status).phrase
    return {
        "type": "about:blank",
        "title": str(title),
        "status": status,
        "detail": str(detail or title),
        "code": code or CODES.get(status, "error"),
        "errors": errors or [],
    }


def wants_json(request: HttpRequest) -> bool:
    """Tell whether the sender of `request` is a program: by address, else by what it accepts."""
    if request.path.startswith(("/api/", "/healthz", "/readyz", "/metrics")):
        return True
    preferred = request.get_preferred_type(["text/html", "application/json", MEDIA_TYPE])
    return preferred in {"application/json", MEDIA_TYPE}


def problem_page(status: int, *, detail: object = "", code: str = "") -> JsonResponse:
    """Return a problem as a plain Django answer, for what fails outside a view of the API."""
    answer = JsonResponse(
        problem(status, detail=detail, code=code),
        status=status,
        content_type=MEDIA_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    if status == http.HTTPStatus.SERVICE_UNAVAILABLE:
        answer["Retry-After"] = str(RETRY_SECONDS)
    return answer


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn what a view of the API raised into a problem; None lets an unknown error fail loudly."""
    if isinstance(error, OperationalError | InterfaceError):
        return _answer(problem(503), {"Retry-After": str(RETRY_SECONDS)})
    if isinstance(error, RequestDataTooBig):
        return _answer(problem(413), {})
    if isinstance(error, BadRequest | SuspiciousOperation):
        error = exceptions.ParseError(str(error) or None if isinstance(error, BadRequest) else None)
    response = exception_handler(error, context)
    if response is None:
        return None
    status = response.status_code
    kept = ("WWW-Authenticate", "Retry-After", "Allow")
    headers = {name: response[name] for name in kept if name in response}
    match error:
        case exceptions.ValidationError():
            errors = list(_flatten(error.detail))
            first = errors[0]["message"] if errors else ""
            codes = error.get_codes()
            code = codes if isinstance(codes, str) else _first_code(codes)
            return _answer(problem(status, detail=first, code=code, errors=errors), headers)
        case Problem():
            named_fields = [
                {"field": field, "message": message} for field, message in error.errors.items()
            ]
            body = problem(status, detail=error.detail, code=error.code, errors=named_fields)
            return _answer({**body, **error.more}, headers)
        case exceptions.APIException():
            kind = error.get_codes()
            named = kind if isinstance(kind, str) else ""
            return _answer(problem(status, detail=error.detail, code=named), headers)
        case Http404() | PermissionDenied():
            # Whatever the view said stays inside: unknown and forbidden look the same.
            return _answer(problem(status), headers)
    return _answer(problem(status), headers)


def _answer(body: dict[str, Any], headers: dict[str, str]) -> Response:
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def _flatten(detail: object, field: str = "") -> Iterator[dict[str, str]]:
    """Yield field and message of each leaf of DRF's nested `detail`; a list counts from 0."""
    match detail:
        case Mapping():
            for name, inner in detail.items():
                part = "" if name == "non_field_errors" else str(name)
                yield from _flatten(inner, ".".join(filter(None, (field, part))))
        case list() | tuple():
            for place, inner in enumerate(detail):
                nested = isinstance(inner, Mapping | list)
                yield from _flatten(inner, f"{field}.{place}" if nested and field else field)
        case _:
            yield {"field": field, "message": str(detail)}


def _first_code(codes: object) -> str:
    while isinstance(codes, Mapping | list) and codes:
        codes = next(iter(codes.values())) if isinstance(codes, Mapping) else codes[0]
    return codes if isinstance(codes, str) else "invalid"
