"""
The document's examples are what the portal answers: contact_center/api_examples.json, kept true.

Write it anew with `WRITE_EXAMPLES=1 pytest tests/contact_center/test_api_examples.py`: an example
whose members are still those of the answer stays as it is.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from accounts import tokens
from contact_center import api_document
from tests.api_addresses import PREFIX, addresses, filled
from tests.api_bodies import Sent, bodies
from tests.contact_center.test_permissions import _earnest, needed
from tests.planted_city import PlantedCity, lawyer, planted_city
from tests.requests_app.filing_steps import picture

__all__ = ["_earnest", "lawyer", "planted_city"]
pytestmark = pytest.mark.django_db

# Whoever is answered first gives the example.
READERS = ("", "resident", "company_user", "operator", "chief")
MOST_ROWS = 2
SITE = "https://center.example"
# Keys are of the planted city and open nothing; the same ones each time all the same.
KEYS = {
    "tracking_code": "K7QM-2XHT-9VBD-4RNE",
    "secret": "whsec_…",
    "code": "K7QM-2XHT-9VBD-4RNE",
}
_CODE = re.compile(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}")
_LONG = re.compile(r"[\w-]{40,}(?::[\w-]+)*")


def told(value: Any, name: str = "") -> Any:
    """Return the value as an example: lists cut short, keys replaced."""
    if isinstance(value, dict):
        return {key: told(one, key) for key, one in value.items()}
    if isinstance(value, list):
        return [told(one, name) for one in value[:MOST_ROWS]]
    if not isinstance(value, str) or not value:
        return value
    if name == "secret" or _CODE.fullmatch(value):
        return KEYS[name]
    if name in ("next", "previous"):
        return "…"
    value = value.replace(settings.PUBLIC_URL, SITE)
    value = value.replace(f"@{urlsplit(settings.PUBLIC_URL).hostname}", "@center.example")
    return _LONG.sub("…", re.sub(r"([?&]code=)[^&]+", rf"\g<1>{KEYS['code']}", value))


def alike(one: Any, other: Any) -> bool:
    """Whether two answers have the same members, however deep; a null is like anything."""
    if one is None or other is None:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return not one or not other or alike(one[0], other[0])
    return type(one) is type(other)


@pytest.fixture
def callers(request) -> list[Client]:
    return [
        Client(
            headers={
                "Authorization": f"Token {tokens.issue(request.getfixturevalue(name), name='x')}"
            }
            if name
            else {}
        )
        for name in READERS
    ]


def asked(client: Client, method: str, path: str, body: Any) -> Any:
    with transaction.atomic():
        if method == "get":
            found = client.get(path)
        elif path == f"/{PREFIX}uploads/":
            found = client.post(path, {"file": picture()})
        else:
            found = getattr(client, method)(path, body or {}, content_type="application/json")
        connection.set_rollback(True)
    return found


def answers(city: PlantedCity, callers: list[Client], paths: dict[str, str]) -> dict[str, Any]:
    """Call each call until somebody is answered; return what was sent and what came back."""
    found, said, stranger = {}, bodies(city), callers[0]
    for address in addresses():
        if not address.route.startswith(PREFIX):
            continue
        for method in address.methods:
            sent = said.get(f"{method} {address.route}", Sent())
            names = city.names_for(address.route, sent.names)
            path = filled(address, names, stranger)
            for client in callers:
                answer = asked(client, method, path, sent.body)
                if method == "get" and answer.status_code == 400:
                    path += needed(client, path, names)
                    answer = asked(client, method, path, None)
                if answer.status_code < 300:
                    break
            assert answer.status_code < 300, (method, path, answer.content)
            one: dict[str, Any] = {"status": answer.status_code}
            if sent.body is not None:
                one["sent"] = told(sent.body)
            if "json" in answer.get("Content-Type", ""):
                one["answer"] = told(answer.json())
            found[f"{method.upper()} {paths[template(address.route)]}"] = one
    return found


def template(route: str) -> str:
    return re.sub(r"<[^>]*>|{\w+}", "{}", "/" + route.lstrip("/"))


def test_examples_are_what_the_portal_answers(planted_city: PlantedCity, callers, client):
    document = client.get("/api/v1/schema/?format=json").json()
    paths = {template(path): path for path in document["paths"]}
    now, kept = answers(planted_city, callers, paths), api_document.answered()
    stale = [
        label for label, one in now.items() if label not in kept or not alike(kept[label], one)
    ]
    if os.environ.get("WRITE_EXAMPLES"):
        made = {label: one if label in stale else kept[label] for label, one in now.items()}
        text = json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True)
        api_document.ANSWERED.write_text(text + "\n", encoding="utf-8")
    else:
        assert stale == [], "examples that are no answers: WRITE_EXAMPLES=1 writes them anew"
        assert sorted(set(kept) - set(now)) == [], "examples of calls that are gone"
