"""How the OpenAPI document describes a call: what all of them answer is said here once."""

from __future__ import annotations

import inspect
import re
from typing import Any, Literal

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from accounts.rest import etags, sparse
from accounts.rest.refusals import problems

# «GET /api/v1/incidents/<id>/: » before the words.
_ADDRESS = re.compile(r"^(?:GET|POST|PUT|PATCH|DELETE)\b[^:]*: ?")


class CallSchema(AutoSchema):
    """Adds to a call of ours the common parameters, refusals and needs of an account."""

    def get_override_parameters(self) -> list[Any]:
        """Return the parameters that every read takes."""
        if not self._is_ours() or self.method != "GET":
            return []
        common = [etags.IF_NONE_MATCH, etags.TAG]
        names = sparse.names_in(self.get_response_serializers())
        return [sparse.parameter(names), *common] if names else common

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Return which of the ways to say who one is are needed; `{}` for none."""
        ways: list[dict[str, list[str]]] = super().get_auth()
        if not self._is_ours():
            return ways
        view: Any = self.view
        scope = view.scope_read if self.method == "GET" else view.scope_write
        named = [{name: [scope] if scope else [] for name in way} for way in ways if way]
        return named if view.admits else [*named, {}]

    def get_summary(self) -> str | None:
        """Return the first sentence of the call's own words, without the address before it."""
        given = super().get_summary()
        words = _ADDRESS.sub("", _docstring_of(self.view)).strip()
        first = words.split(". ")[0].strip().rstrip(".")
        return given or (first[:1].upper() + first[1:] or None)

    def get_description(self) -> str:  # type: ignore[override]
        """Return the call's words: the class's, then what the method adds."""
        words = [_ADDRESS.sub("", _docstring_of(self.view)).strip()]
        handler = getattr(self.view, (self.method or "").lower(), None)
        words.append(inspect.cleandoc(handler.__doc__ or "") if handler else "")
        return "\n\n".join(one[:1].upper() + one[1:] for one in words if one)

    def is_deprecated(self) -> bool:
        """Tell whether the call will go."""
        return bool(getattr(self.view, "deprecated", None))

    def _get_response_bodies(
        self, direction: Literal["request", "response"] = "response"
    ) -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        if not self._is_ours() or direction != "response":
            return bodies
        for (status, media_type), shape in problems(*self._refusals()).items():
            if str(status) not in bodies:
                bodies[str(status)] = self._get_response_for_code(  # type: ignore[no-untyped-call]
                    shape, str(status), [media_type], direction
                )
        if self.method == "GET":
            bodies.setdefault("304", {"description": "Nothing changed since If-None-Match."})
        return dict(sorted(bodies.items()))

    def _refusals(self) -> list[int]:
        statuses = [400, 406, 429, 503]
        if self.view.get_authenticators():
            statuses += [401, 403]
        if "{" in self.path:
            statuses.append(404)
        if self.method in ("POST", "PUT", "PATCH"):
            statuses += [413, 415]
        parameters = self.get_override_parameters()
        if any(isinstance(one, OpenApiParameter) and one.name == "If-Match" for one in parameters):
            statuses.append(412)
        if any(
            isinstance(one, OpenApiParameter) and one.name == "Idempotency-Key"
            for one in parameters
        ):
            statuses.append(409)
        return statuses

    def _is_ours(self) -> bool:
        from accounts.rest.call import Call

        return isinstance(self.view, Call)


def _docstring_of(view: object) -> str:
    return " ".join(inspect.cleandoc(type(view).__doc__ or "").split("\n\n")[0].split())
