"""What may go wrong: a refusal of the portal, or no answer at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Unreachable(Exception):
    """No answer after all attempts; the last failure is the cause."""


class PortalError(Exception):
    """
    A refusal (RFC 9457).

    `code` is stable; `detail` and `errors` (by field) are for people; `body` is all that came.
    """

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = dict(body)
        self.code = str(body.get("code", "error"))
        self.detail = str(body.get("detail") or body.get("title") or f"HTTP {status}")
        self.errors: dict[str, str] = {
            str(one.get("field", "")): str(one.get("message", ""))
            for one in body.get("errors") or ()
        }
        super().__init__(f"{status} {self.code}: {self.detail}")


class NotFound(PortalError):
    """404: unknown, or not yours."""


class NotAllowed(PortalError):
    """401 and 403: no token, a wrong one, or one without the scope."""


class Conflict(PortalError):
    """409 and 412: what is stored contradicts, or has changed since you read it."""


class TooMany(PortalError):
    """429 after all attempts."""


_KINDS: dict[int, type[PortalError]] = {
    401: NotAllowed, 403: NotAllowed, 404: NotFound, 409: Conflict, 412: Conflict, 429: TooMany,
}  # fmt: skip


def refusal(status: int, body: object) -> PortalError:
    """Return the refusal that an answer stands for."""
    known = body if isinstance(body, Mapping) else {}
    return _KINDS.get(status, PortalError)(status, known)
