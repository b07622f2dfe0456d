"""Error pages: plain words, a way on, and no query, since the database may be what failed."""

from __future__ import annotations

import sys
from http import HTTPStatus

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contact_center import problems

log = structlog.get_logger(__name__)

WORDS = {
    HTTPStatus.BAD_REQUEST: (
        _("The page did not understand what was sent"),
        _("Please go back, check what you entered and try again."),
    ),
    HTTPStatus.FORBIDDEN: (
        _("This page is closed to you"),
        _("Perhaps you need to sign in with another account."),
    ),
    HTTPStatus.NOT_FOUND: (
        _("There is no such page"),
        _("The address may be mistyped, or the page has moved. Nothing you sent is lost."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        _("The portal has failed"),
        _("We already know about it. Please try again in a few minutes."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        _("The portal is unavailable for a moment"),
        _("Nothing was saved just now. Please send it again in a minute, or call us."),
    ),
}
NOT_IN_DRILL = (
    _("A drill has no such page"),
    _("This is a training portal: nothing here reaches a resident, a company or the public."),
)


def page(
    request: HttpRequest, status: HTTPStatus, *, words: tuple[Promise, Promise] | None = None
) -> HttpResponse:
    """Return the page of `status` in HTML, or as a problem for a program; `words` say it better."""
    if problems.wants_json(request):
        return problems.problem_page(status)
    title, advice = words or WORDS[status]
    # Rendered without the request: context processors would read the session and its user.
    body = render_to_string(
        "contact_center/error.html",
        {
            "status": int(status),
            "title": title,
            "advice": advice,
            "city": settings.CITY,
            "drill": settings.DRILL,
        },
    )
    answer = HttpResponse(body, status=status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer["Retry-After"] = str(problems.RETRY_SECONDS)
    return answer


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503."""
    return page(request, HTTPStatus.SERVICE_UNAVAILABLE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400."""
    return page(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404, the same words for what is unknown and what is forbidden."""
    return page(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 when a middleware met no database (Django calls this while handling)."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        log.error("database_unavailable", error=type(error).__name__)
        return unavailable(request)
    return page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form whose page was open too long or came from elsewhere."""
    log.info("csrf_failed", reason=reason)
    return forbidden(request)
