"""What surrounds every request: an honest page when the database is away, and the log line."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from contact_center import error_pages

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger(__name__)


class DatabaseGone:
    """
    Answers 503 where the database did not.

    Views pass here; what middleware raises reaches `error_pages.server_error`, which knows the
    same two errors.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for a view that met no database; leave every other error to Django."""
        if isinstance(error, OperationalError | InterfaceError):
            log.error("database_unavailable", error=type(error).__name__)
            return error_pages.unavailable(request)
        return None


class PrivatePages:
    """
    Keeps what only its reader may see out of every cache.

    A page that says nothing of caches is `no-store` for whoever signed in or sent a token or a
    code; pages that everybody sees alike say so themselves.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and complete its answer."""
        response = self.get_response(request)
        if "Cache-Control" not in response and self._is_personal(request):
            response["Cache-Control"] = "private, no-store"
        return response

    @staticmethod
    def _is_personal(request: HttpRequest) -> bool:
        return (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            or "Authorization" in request.headers
            or "code" in request.GET
            or request.method not in ("GET", "HEAD")
        )


class RequestLog:
    """
    Writes one line a request: its route, status and time; never an address, a code or a person.

    The route's pattern stands for the path, because paths and queries carry numbers and codes.
    """

    quiet = ("healthz", "readyz", "metrics")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on and write its line."""
        started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=uuid.uuid4().hex[:16])
        response = self.get_response(request)
        match = request.resolver_match
        route = match.route if match else "unknown"
        if route not in self.quiet:
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000, 1),
            )
        return response
