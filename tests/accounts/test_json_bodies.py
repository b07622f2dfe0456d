"""Huge, bottomless and broken JSON is refused with 400 or 413: issue 4, review."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
URL = "/api/v1/requests/"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"[" * 100_000, 400, "parse_error"),
        (b'{"a":' * 50_000, 400, "parse_error"),
        (b"[" + b"9" * 100_000 + b"]", 400, "parse_error"),
        (b'{"flat": NaN}', 400, "parse_error"),
        (b"\xff\xfe", 400, "parse_error"),
        (b"", 400, None),
        (b'"text"', 400, "invalid"),
        (b"[]", 400, "invalid"),
        (b"null", 400, None),
        (b'{"description": "' + b"x" * (2 * 1024 * 1024) + b'"}', 413, "too_large"),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else None,
)
def test_a_body_that_is_no_request_is_refused(client: Client, body, status, code) -> None:
    answer = client.post(URL, body, "application/json")
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    if code:
        assert answer.json()["code"] == code


def test_an_unknown_charset_is_refused(client: Client) -> None:
    answer = client.generic("POST", URL, b"{}", "application/json; charset=klingon")
    assert answer.status_code == 400


def test_forms_are_not_what_the_api_reads(client: Client) -> None:
    assert client.post(URL, {"flat": "1"}).status_code == 415
