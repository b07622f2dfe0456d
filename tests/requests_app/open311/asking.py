"""Asking the portal as a client of Open311 does, and reading its two formats as one."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Any

from django.test import Client

BASE = "/open311/v2/"
# Names whose XML holds items, whatever their number; the wrapper of a list is one of them.
LISTS = {
    "attributes", "endpoints", "errors", "formats", "notes", "service_request_updates",
    "service_requests", "services", "values",
}  # fmt: skip


def body_of(answer: Any) -> str:
    return b"".join(answer).decode() if answer.streaming else answer.content.decode()


def get(path: str, query: Any = None, *, client: Client | None = None, status: int = 200) -> Any:
    """Ask for JSON and return what it says."""
    answer = (client or Client()).get(f"{BASE}{path}.json", query or {})
    text = body_of(answer)
    assert answer.status_code == status, text
    assert answer["Access-Control-Allow-Origin"] == "*"
    return json.loads(text)


def post(path: str, form: Any, *, client: Client | None = None, **headers: Any) -> Any:
    """Send a form as curl does, and return the answer."""
    return (client or Client()).post(f"{BASE}{path}.json", form, headers=headers)


def errors_of(answer: Any) -> list[str]:
    """Return the descriptions of a refusal, whose codes must be the status."""
    found = json.loads(answer.content)
    assert {error["code"] for error in found} == {answer.status_code}
    return [error["description"] for error in found]


def read_json(text: str) -> Any:
    return _words(json.loads(text))


def _words(value: Any) -> Any:
    """Return a value of JSON as XML can say it: everything is text, nothing is "" ."""
    match value:
        case dict():
            return {name: _words(inner) for name, inner in value.items()}
        case list():
            return [_words(inner) for inner in value] or ""
        case None:
            return ""
        case bool():
            return str(value).lower()
    return str(value)


def read_xml(text: str) -> Any:
    assert text.startswith('<?xml version="1.0" encoding="utf-8"?>')
    return _read(ET.fromstring(text.encode()))


def _read(element: ET.Element) -> Any:
    assert not element.attrib
    assert "{" not in element.tag
    if element.tag in LISTS:
        return [_read(item) for item in element] or ""
    if len(element):
        return {child.tag: _read(child) for child in element}
    return element.text or ""
