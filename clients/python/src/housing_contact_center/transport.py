"""Calls over HTTP: tried again where that helps, a key kept over the tries, refusals raised."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from secrets import SystemRandom
from typing import Any

import requests

from .errors import Unreachable, refusal

_AGAIN = frozenset({429, 502, 503, 504})
# Two attempts of many clients at once must not fall on one moment.
_chance = SystemRandom()
_LONGEST_WAIT = 60.0
_TOO_LARGE_TO_READ = 64 * 1024


class Transport:
    """A session with the portal; one a thread."""

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        language: str = "ru",
        timeout: float = 30.0,
        attempts: int = 4,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.base = f"{url.rstrip('/')}/api/v1/"
        self.timeout = timeout
        self.attempts = max(1, attempts)
        self.sleep = sleep
        self.session = requests.Session()
        # Of ours alone: no password of ~/.netrc stands beside or instead of the token.
        self.session.trust_env = False
        self.session.headers.update({"Accept": "application/json", "Accept-Language": language})
        if token:
            self.session.headers["Authorization"] = f"Token {token}"

    def get(self, path: str, asked: Mapping[str, Any]) -> Any:
        """Return the answer of a read; values of None and "" are not asked for."""
        query = {name: _written(value) for name, value in asked.items() if value not in (None, "")}
        return self._call("GET", path, params=query)

    def post(self, path: str, body: Mapping[str, Any], *, key: str = "", seen: str = "") -> Any:
        """Do something once, however often it is sent; `seen` is the ETag it is meant for."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        if seen:
            headers["If-Match"] = seen
        return self._call("POST", path, json=dict(body), headers=headers)

    def send(self, path: str, name: str, content: bytes) -> Any:
        """Send a file."""
        return self._call("POST", path, files={"file": (name, content)})

    def _call(self, method: str, path: str, **more: Any) -> Any:
        # An address from an answer may be whole; a token goes to its own portal alone.
        url = path if path.startswith(self.base) else self.base + path.lstrip("/")
        for attempt in range(1, self.attempts + 1):
            try:
                answer = self.session.request(
                    method, url, timeout=self.timeout, allow_redirects=False, **more
                )
            except (requests.ConnectionError, requests.Timeout) as failed:
                if attempt == self.attempts:
                    raise Unreachable(f"{method} {url}: {failed}") from failed
                self.sleep(_pause(attempt))
                continue
            if answer.status_code in _AGAIN and attempt < self.attempts:
                self.sleep(_said_wait(answer) or _pause(attempt))
                continue
            return _read(answer)
        raise AssertionError("the last attempt returns or raises")


def _read(answer: requests.Response) -> Any:
    if answer.status_code == requests.codes.no_content:
        return None
    try:
        body = answer.json()
    except ValueError:
        body = {"detail": answer.text[:_TOO_LARGE_TO_READ]}
        if answer.ok:
            raise refusal(answer.status_code, {**body, "code": "not_json"}) from None
    # A redirect is no answer of an API: the address is wrong, or somebody stands between.
    if not 200 <= answer.status_code < 300:
        raise refusal(answer.status_code, body)
    return body


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _pause(attempt: int) -> float:
    return min(_LONGEST_WAIT, 0.5 * 2.0**attempt) * _chance.uniform(0.5, 1.0)


def _said_wait(answer: requests.Response) -> float:
    said = answer.headers.get("Retry-After", "")
    return min(_LONGEST_WAIT, float(said)) if said.isascii() and said.isdecimal() else 0.0
