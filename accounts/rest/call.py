"""
A call of /api/v1/: what all of them do alike.

A subclass says who may call (`admits`), which scope a token needs (`scope_read`, `scope_write`),
and describes each method with `extend_schema`; the parameters listed there are the only ones taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.timezone import now
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import idempotency, keyset
from accounts.actors import Actor
from accounts.client_address import client_address, limit_key
from accounts.problems import Problem
from accounts.rest import ageing, asked, caller, cors, etags, limits, sparse
from accounts.rest.refusals import key_reused

READS = ("GET", "HEAD", "OPTIONS")
# What a call takes never changes while the process lives.
_known: dict[tuple[type, str], tuple[frozenset[str], tuple[str, ...]]] = {}


class _ByAccept(DefaultContentNegotiation):
    """The Accept header alone chooses the format: `format` in an address is no word of ours."""

    def filter_renderers(
        self,
        renderers: Iterable[BaseRenderer],
        format: str,  # noqa: A002 - DRF's name
    ) -> list[BaseRenderer]:
        """Leave the choice as it is."""
        return list(renderers)


class Call(APIView):
    """The base of every call; `PublicRead` for what everybody reads."""

    # The scope that a token needs; None: no account is needed for it either.
    scope_read: ClassVar[str | None] = None
    scope_write: ClassVar[str | None] = None
    # Kinds of actors whom the call is for, others get 401 or 403; (): also nobody.
    admits: ClassVar[tuple[type[Actor], ...]] = ()
    # Reads are of nobody's: no authentication, open to pages of other sites, kept by caches.
    reads_are_public: ClassVar[bool] = False
    # How long a cache may answer a public read without asking.
    fresh_seconds: ClassVar[int] = 0
    deprecated: ClassVar[ageing.Deprecated | None] = None

    content_negotiation_class = _ByAccept
    keep: frozenset[str] = frozenset()
    standing: limits.Standing | None = None

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Ask nobody who they are where everybody reads alike."""
        # None while the document of the API is made.
        if self.request is not None and self._is_public(self.request.method):
            return []
        return super().get_authenticators()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what no handler should see."""
        super().initial(request, *args, **kwargs)
        if self._is_handled(request):
            known, fields = self._known(request.method or "")
            asked.refuse_unknown(request, known)
            if sparse.NAME in request.query_params:
                self.keep = sparse.wanted(request, fields)

    def perform_authentication(self, request: Request) -> None:
        """Find out who calls; a wrong token counts against its address."""
        try:
            super().perform_authentication(request)
        except AuthenticationFailed:
            self._count(f"address:{limit_key(client_address(request._request))}")
            raise

    def check_permissions(self, request: Request) -> None:
        """Refuse whom the call is not for, and a token without its scope."""
        super().check_permissions(request)
        if self._is_public(request.method) or not self._is_handled(request):
            return
        reads = request.method in READS
        if self.admits:
            caller.require(request, *self.admits)
        caller.demand_scope(request.auth, self.scope_read if reads else self.scope_write)

    def check_throttles(self, request: Request) -> None:
        """Count the call; a browser that only asks whether it may call is not counted."""
        if request.method != "OPTIONS":
            self._count(caller.sender_of(request))

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        """Say which methods there are, and let pages of other sites ask for public reads."""
        answer = Response(status=204)
        answer["Allow"] = ", ".join(self.allowed_methods)
        if self.reads_are_public:
            cors.let_ask(answer)
        return answer

    def handle_exception(self, exc: Exception) -> Response:
        """Answer the refusals that every room's rules raise."""
        if isinstance(exc, keyset.BadCursor):
            exc = Problem(str(exc), code="bad_cursor", errors={"cursor": str(exc)})
        elif isinstance(exc, idempotency.KeyReused):
            exc = key_reused()
        return super().handle_exception(exc)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Complete the answer: fields, tag, what is left of the limit, version."""
        if self.keep and isinstance(response, Response) and response.status_code == 200:
            response.data = sparse.cut(response.data, self.keep)
        answer: HttpResponseBase = super().finalize_response(request, response, *args, **kwargs)
        answer["API-Version"] = settings.VERSION
        if self.standing is not None:
            limits.say(answer, self.standing)
        if self.deprecated is not None:
            ageing.say(answer, self.deprecated)
        if self._is_public(request.method):
            self._opened(answer)
        else:
            patch_vary_headers(answer, ["Authorization", "Cookie"])
        reads = request.method in ("GET", "HEAD")
        if reads and answer.status_code == 200 and not answer.streaming:
            return _with_tag(getattr(request, "_request", request), answer)
        return answer

    def _opened(self, answer: HttpResponseBase) -> None:
        if "Access-Control-Allow-Origin" not in answer:
            cors.let_read(answer)
        if answer.status_code == 200 and "Cache-Control" not in answer:
            if self.fresh_seconds:
                patch_cache_control(answer, public=True, max_age=self.fresh_seconds)
            else:
                patch_cache_control(answer, public=True, no_cache=True)

    def _is_handled(self, http: Request) -> bool:
        method = (http.method or "").lower()
        return method != "options" and hasattr(self, method)

    def _is_public(self, method: str | None) -> bool:
        return self.reads_are_public and method in READS

    def _count(self, sender: str) -> None:
        self.standing = limits.count(sender, at=now())
        if self.standing is not None and not self.standing.allowed:
            raise limits.refusal(self.standing)

    def _known(self, method: str) -> tuple[frozenset[str], tuple[str, ...]]:
        """Return the parameters the method takes, and the fields its answer may be cut to."""
        method = "GET" if method == "HEAD" else method
        key = (type(self), method)
        if key not in _known:
            names = frozenset(
                one.name for one in asked.parameters_of(self, method) if one.location == one.QUERY
            )
            responses = asked.inspector_of(self, method).get_response_serializers()
            _known[key] = (names, sparse.names_in(responses))
        return _known[key]


class PublicRead(Call):
    """What everybody reads, and pages of other sites too."""

    reads_are_public = True
    authentication_classes = ()


def _with_tag(http: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    if isinstance(answer, Response) and not answer.is_rendered:
        answer.add_post_render_callback(lambda rendered: etags.tagged(http, rendered))
        return answer
    return etags.tagged(http, answer) if isinstance(answer, HttpResponse) else answer
