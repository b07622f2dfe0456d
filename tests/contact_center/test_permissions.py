"""
Who gets what answer from each address for programs: docs/permissions.md, made by this test.

Write it anew with `WRITE_PERMISSIONS=1 pytest tests/contact_center/test_permissions.py`. A new
address fails here until the list has its row, and a changed answer until somebody looked at it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts import tokens
from requests_app.models import Request
from tests.api_addresses import PREFIX, Address, addresses, filled
from tests.api_bodies import Sent, bodies
from tests.contact_center.test_who_sees_what import second_factor_of
from tests.planted_city import PlantedCity, lawyer, planted_city
from tests.requests_app.filing_steps import picture

__all__ = ["lawyer", "planted_city"]
pytestmark = pytest.mark.django_db

LIST = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
ROLES = {
    "nobody": "nobody",
    "resident": "resident",
    "neighbour": "another resident",
    "operator": "operator",
    "chief": "head operator",
    "company_user": "company",
    "rival": "rival company",
    "lawyer": "lawyer",
    "admin_user": "admin",
}
HEAD = """# Who gets what answer

Every address for programs and every role, with the status of its answer; made by
`tests/contact_center/test_permissions.py` (`WRITE_PERMISSIONS=1` writes it anew). Each address
names a row of a small city in which one of every kind is planted: things of the *resident*, in a
house that the *company* runs, at a desk where the *operator* answers. Writes bring a body that is
taken, and are taken back. Whoever has a role holds a token with all the scopes; pages outside the
API are asked by a browser that is signed in.

401 and 403: not let in. 404: sees no such thing, which a stranger cannot tell from one that is not
there. 409: let in, and somebody else's turn.

"""
# Where nobody is answered with 2xx, and why that is true.
NOBODYS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _earnest(settings, tmp_path) -> None:
    settings.DEMO = False
    settings.FILING_LIMIT = settings.CODE_LIMIT = 1_000_000
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }


class Caller:
    """One of the roles, with a token for the API and a browser for the rest."""

    def __init__(self, user: Any) -> None:
        self.key = tokens.issue(user, name="all") if user else ""
        self.program = Client(
            headers={"Authorization": f"Token {self.key}"} if user else {},
            raise_request_exception=False,
        )
        self.browser = Client(raise_request_exception=False)
        if user:
            second_factor_of(self.browser, user)

    def status(self, method: str, address: Address, path: str, body: Any) -> int:
        """Return the status of the answer; whatever was written is taken back."""
        client = self.program if address.route.startswith(PREFIX) else self.browser
        with transaction.atomic():
            if method == "get":
                found = client.get(path)
            elif "open311/" in address.route:
                found = client.post(path, {**body, "api_key": self.key})
            elif address.route == f"{PREFIX}uploads/":
                found = client.post(path, {"file": picture()})
            else:
                found = getattr(client, method)(path, body, content_type="application/json")
            if found.streaming:
                for _part in found.streaming_content:
                    pass
            connection.set_rollback(True)
        return int(found.status_code)


@pytest.fixture
def cast(request) -> dict[str, Caller]:
    return {
        name: Caller(None if name == "nobody" else request.getfixturevalue(name)) for name in ROLES
    }


def needed(client: Client, path: str, names: dict[str, Any]) -> str:
    """Return the question without which the address says that a parameter is missing."""
    wrong = [error["field"] for error in client.get(path).json()["errors"]]
    return "?" + urlencode({name: names[name] for name in wrong if name in names})


def asked_of(address: Address, method: str) -> list[str]:
    """Return the roles to ask after nobody: one where a read never looks at who asks."""
    roles = [role for role in ROLES if role != "nobody"]
    if method == "get" and getattr(address.view, "reads_are_public", False):
        return roles[:1]
    return roles


def test_the_list_of_permissions_is_true(planted_city: PlantedCity, cast):
    rows, stranger = [], Client(raise_request_exception=False)
    said, requests = bodies(planted_city), Request.objects.count()
    for address in addresses():
        for method in address.methods:
            sent = said.pop(f"{method} {address.route}", Sent())
            names = planted_city.names_for(address.route, sent.names)
            path = filled(address, names, stranger)
            given = [cast["nobody"].status(method, address, path, sent.body or {})]
            if method == "get" and given == [400]:
                path += needed(stranger, path, names)
                given = [cast["nobody"].status(method, address, path, sent.body or {})]
            if given == [405]:
                continue
            for role in asked_of(address, method):
                given.append(cast[role].status(method, address, path, sent.body or {}))
            given += given[-1:] * (len(ROLES) - len(given))
            assert max(given) < 500, (method, path, given)
            # Asked to sign in, and then told that there is no such method.
            if set(given) != {302, 405}:
                rows.append((f"`{method.upper()} /{address.route}`", *map(str, given)))
    assert said == {}, "bodies of addresses that are gone"
    mute = {row[0] for row in rows if not any(status[0] == "2" for status in row[1:])}
    assert mute == set(NOBODYS), "a row tells who may only if somebody may: plant its thing"
    text = HEAD + table(("address", *ROLES.values()), sorted(rows, key=by_address))
    if os.environ.get("WRITE_PERMISSIONS"):
        LIST.write_text(text, encoding="utf-8")
    assert LIST.read_text(encoding="utf-8").splitlines() == text.splitlines(), (
        "docs/permissions.md is not what the portal answers: look at the difference, then write it "
        "anew with WRITE_PERMISSIONS=1"
    )
    assert Request.objects.count() == requests


def by_address(row: tuple[str, ...]) -> tuple[str, str]:
    method, _, route = row[0].partition(" ")
    return route, method


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
