"""Programs that call /api/v1/ in tests: a token, a key, a version seen."""

from __future__ import annotations

from typing import Any

from django.test import Client

from accounts import tokens
from accounts.models import User

PROBLEM = "application/problem+json"


class Program:
    """A program with the token of `user`, or with none."""

    def __init__(self, user: User | None = None) -> None:
        key = tokens.issue(user, name="test") if user else ""
        self.client = Client(headers={"Authorization": f"Token {key}"} if key else {})

    def get(self, path: str, **asked: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", asked)

    def send(
        self,
        path: str,
        body: object = None,
        *,
        key: str = "",
        seen: object = None,
        method: str = "post",
    ) -> Any:
        headers = {}
        if key:
            headers["Idempotency-Key"] = key
        if seen is not None:
            headers["If-Match"] = f'"{seen}"'
        call = getattr(self.client, method)
        sent = {} if body is None else body
        return call(f"/api/v1/{path}", sent, content_type="application/json", headers=headers)


def assert_problem(answer: Any, status: int, code: str = "", field: str = "") -> None:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == PROBLEM
    body = answer.json()
    assert set(body) == {"type", "title", "status", "detail", "code", "errors"}
    if code:
        assert body["code"] == code
    if field:
        assert [error["field"] for error in body["errors"]] == [field]
