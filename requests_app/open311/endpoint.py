"""What every call has around it: format by extension, methods, CORS, and errors in that format."""

from __future__ import annotations

import http
from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from requests_app.open311.errors import Wrong
from requests_app.open311.formats import MEDIA_TYPES, Answer, Stream, respond

log = structlog.get_logger(__name__)

Handler = Callable[..., Answer | Stream]
RETRY_SECONDS = 10


class Format:
    """
    The extension of an address; a slash behind it changes nothing.

    Both addresses are served: a redirect would turn a POST into a GET.
    """

    regex = "[A-Za-z0-9]+/?"

    def to_python(self, value: str) -> str:
        """Return the extension in lower case."""
        return value.rstrip("/").lower()

    def to_url(self, value: str) -> str:
        """Return the extension as it is."""
        return value


def endpoint(
    get: Handler | None = None, post: Handler | None = None, *, bare_type: bool = False
) -> Callable[..., HttpResponseBase]:
    """Return the view that answers GET and POST by these; see `formats.respond` for the type."""
    handlers = {"GET": get, "HEAD": get, "POST": post}
    allowed = [method for method, handler in handlers.items() if handler]

    # A key in the body says who sends; no cookie is read.
    @csrf_exempt
    def view(request: HttpRequest, form: str, **values: Any) -> HttpResponseBase:
        if form not in MEDIA_TYPES:
            return HttpResponse(
                _("Ask for .xml or .json."), status=404, content_type="text/plain; charset=utf-8"
            )
        handler = handlers.get(request.method or "")
        try:
            if handler is None:
                raise Wrong(405, _("This method is not allowed here."))
            answer = handler(request, **values)
            response = respond(answer, form, bare_type=bare_type)
        except Exception as error:
            wrong = _understood(error)
            if wrong is None:
                raise
            response = respond(wrong.answer(), form, status=wrong.status)
            if wrong.retry_after_seconds:
                response["Retry-After"] = str(wrong.retry_after_seconds)
            if wrong.status == http.HTTPStatus.METHOD_NOT_ALLOWED:
                response["Allow"] = ", ".join(allowed)
        if request.method in {"GET", "HEAD"}:
            response["Access-Control-Allow-Origin"] = "*"
        return response

    return view


def _understood(error: Exception) -> Wrong | None:
    """Return the refusal that an error means; None for a fault of ours, which must be loud."""
    match error:
        case Wrong():
            return error
        case OperationalError() | InterfaceError():
            log.error("database_unavailable", error=type(error).__name__)
            return Wrong(
                503,
                _("The portal is unavailable for a moment"),
                retry_after_seconds=RETRY_SECONDS,
            )
        case RequestDataTooBig():
            return Wrong(413, _("This is too large"))
        case BadRequest() | SuspiciousOperation() | MultiPartParserError() | UnreadablePostError():
            return Wrong(400, _("The form cannot be read: send it whole, in UTF-8."))
    return None
