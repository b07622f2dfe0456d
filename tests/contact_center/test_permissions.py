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
from outreach.models import Guide
from requests_app import tracking_code
from requests_app.models import Incident, IncidentBuilding, Request
from requests_app.statuses import Status
from tests.api_addresses import addresses, filled
from tests.city_fixtures import ORDINARY

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
    "admin_user": "admin",
}
HEAD = """# Who gets what answer

Every address for programs and every role, with the status of its answer; made by
`tests/contact_center/test_permissions.py` (`WRITE_PERMISSIONS=1` writes it anew). Addresses name
things of the *resident*, in a house that the *company* runs; whoever has a role holds a token with
all the scopes. A write is sent with an empty body: 400 means that its sender was let in and has
only to say what, 401 and 403 that they were not, 404 that they see no such thing, 415 that the body
is a file or a form. A row of 404 is a thing that is not there in this small city.

"""


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


@pytest.fixture
def planted(make_request, categories, building, company, resident, noon) -> dict[str, Any]:
    """Rows that addresses name."""
    item = make_request(status=Status.DONE, public=True)
    incident = Incident.objects.create(
        kind="fault", utility="heating", category=categories[ORDINARY], title="x", started_at=noon
    )
    IncidentBuilding.objects.create(incident=incident, building=building)
    Guide.objects.create(
        slug="guide-to-read", title="Памятка", question="Что делать?", topic="house",
        summary="Позвоните.", body="Текст", clauses="п. 1", sources="Акт", reviewed_on=noon.date(),
    )  # fmt: skip
    return {
        "number": item.number,
        "code": tracking_code.of(item),
        "inn": company.inn,
        "reference": company.inn,
        "form": "json",
        "district": building.district or "Заречный",
        "service_request_id": item.number,
        "/api/v1/buildings/pk": building.pk,
        "/api/v1/incidents/pk": incident.pk,
        "/api/v1/desk/incidents/pk": incident.pk,
        "building": building.pk,
    }


@pytest.fixture
def cast(request) -> dict[str, dict[str, str]]:
    """Return the headers of each role."""
    found: dict[str, dict[str, str]] = {"nobody": {}}
    for name in ROLES:
        if name != "nobody":
            key = tokens.issue(request.getfixturevalue(name), name="all")
            found[name] = {"Authorization": f"Token {key}"}
    return found


def needed(client: Client, path: str, planted: dict[str, Any]) -> str:
    """Return the question without which the address says that a parameter is missing."""
    found = client.get(path)
    if found.status_code != 400 or "json" not in found["Content-Type"]:
        return ""
    names = [error["field"] for error in found.json().get("errors", [])]
    return "?" + urlencode({name: planted[name] for name in names if name in planted})


def answer(client: Client, method: str, path: str, headers: Any) -> int:
    """Return the status; whatever was written is taken back."""
    with transaction.atomic():
        sent = {"data": "{}", "content_type": "application/json"} if method != "get" else {}
        found = getattr(client, method)(path, headers=headers, **sent)
        if found.streaming:
            for _part in found.streaming_content:
                pass
        connection.set_rollback(True)
    return int(found.status_code)


def test_the_list_of_permissions_is_true(planted, cast, client):
    client.raise_request_exception = False
    rows = []
    for address in addresses():
        path = filled(address, planted, Client(raise_request_exception=False))
        for method in address.methods:
            asked = path + needed(client, path, planted) if method == "get" else path
            given = [answer(client, method, asked, cast[role]) for role in ROLES]
            assert max(given) < 500, (method, path, given)
            if set(given) == {405}:
                continue
            rows.append((f"`{method.upper()} /{address.route}`", *map(str, given)))
    said = HEAD + table(("address", *ROLES.values()), sorted(rows, key=by_address))
    if os.environ.get("WRITE_PERMISSIONS"):
        LIST.write_text(said, encoding="utf-8")
    assert LIST.read_text(encoding="utf-8").splitlines() == said.splitlines(), (
        "docs/permissions.md is not what the portal answers: look at the difference, then write it "
        "anew with WRITE_PERMISSIONS=1"
    )
    assert Request.objects.count() == 1


def by_address(row: tuple[str, ...]) -> tuple[str, str]:
    method, _, route = row[0].partition(" ")
    return route, method


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
