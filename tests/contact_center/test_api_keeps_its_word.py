"""
Every call of the document, tried with what the document allows, by everybody: no failure of ours,
and no status, media type or shape that the document does not tell of.

The calls come from the document, and the rows from the lists of the API itself, so a new call is
tried without being named here.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts import tokens
from accounts.models import User
from requests_app import tracking_code
from requests_app.models import Incident, IncidentBuilding
from requests_app.statuses import Status
from tests.city_fixtures import ORDINARY

pytestmark = pytest.mark.django_db

# Of each call, by each of four readers: some thousands in all.
EXAMPLES = 4
SCHEMA = "/api/v1/schema/?format=json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(autouse=True)
def _one_connection(monkeypatch):
    """Keep the test's transaction over calls that come by WSGI, as Django's own client does."""
    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)


@pytest.fixture
def planted(make_request, categories, building, company, resident, noon):
    """Rows that the calls find, by the names that addresses and bodies call them."""
    item = make_request(status=Status.DONE, public=True)
    make_request(status=Status.NEW)
    incident = Incident.objects.create(
        kind="fault", utility="heating", category=categories[ORDINARY], title="x", started_at=noon
    )
    IncidentBuilding.objects.create(incident=incident, building=building)
    return {
        "number": item.number,
        "code": tracking_code.of(item),
        "building": building.pk,
        "category": ORDINARY,
        "incident": incident.pk,
        "inn": company.inn,
        "reference": company.inn,
        "company": company.inn,
    }


def held_by(user: User | None) -> dict[str, str]:
    if user is None:
        return {}
    return {"Authorization": f"Token {tokens.issue(user, name='all')}"}


def rows_of(client: Client, path: str, headers: dict[str, str]) -> list[dict[str, Any]]:
    """Return the rows of the list that stands before the parameter in the path."""
    answer = client.get(path, headers=headers)
    if answer.status_code != 200 or "json" not in answer["Content-Type"]:
        return []
    body = answer.json()
    rows = body.get("results", []) if isinstance(body, dict) else body
    return [row for row in rows if isinstance(row, dict)]


def real_parameters(client, path, planted, headers) -> dict[str, Any]:
    """Return values of the path's parameters that exist, as far as the API's own lists tell."""
    found = {}
    for name in re.findall(r"{(\w+)}", path):
        rows = rows_of(client, path.partition("{" + name)[0], headers)
        known = [row[key] for row in rows for key in (name, "id", "number", "slug") if key in row]
        if known:
            found[name] = known[0]
        elif name in planted:
            found[name] = planted[name]
    return found


def with_real(body: Any, planted: dict[str, Any]) -> Any:
    """Return the body with values that exist where it names what we planted."""
    if isinstance(body, dict):
        return {
            name: planted[name]
            if name in planted and not isinstance(value, dict | list)
            else with_real(value, planted)
            for name, value in body.items()
        }
    return [with_real(one, planted) for one in body] if isinstance(body, list) else body


@pytest.fixture
def cast(resident, operator, company_user):
    return {"nobody": None, "resident": resident, "operator": operator, "company": company_user}


@pytest.mark.parametrize("who", ["nobody", "resident", "operator", "company"])
def test_the_api_answers_as_its_document_says(who, planted, cast, client):
    client.raise_request_exception = False
    headers = held_by(cast[who])
    schema = schemathesis.openapi.from_wsgi(SCHEMA, get_wsgi_application())
    wrong: dict[str, list[str]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        real = real_parameters(client, operation.path, planted, headers)
        if failures := failures_of(operation, headers, real, planted):
            wrong[operation.label] = failures
    report = "\n\n".join(
        f"{label}: {len(texts)} of {EXAMPLES}\n{texts[0]}" for label, texts in wrong.items()
    )
    assert not wrong, report


def failures_of(operation, headers, real, planted) -> list[str]:
    """Try the call EXAMPLES times, every second time on rows that exist."""
    wrong: list[str] = []
    turn = itertools.count()

    @seed(1)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case):
        checks = list(CHECKS)
        if next(turn) % 2:
            case.path_parameters.update(real)
            case.body = with_real(case.body, planted)
        if case.query and "fields" in case.query:
            # A cut answer has not all the members; test_rest_reading.py tries each.
            checks.remove(response_schema_conformance)
        # What one example changes is not there for the next.
        with transaction.atomic():
            try:
                case.call_and_validate(headers=headers, checks=checks)
            except (Failure, FailureGroup) as failure:
                wrong.append(told(failure))
            transaction.set_rollback(True)

    run()
    return wrong


def told(failure: Failure | FailureGroup) -> str:
    parts = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
    said = "\n".join(f"{type(one).__name__}: {one}"[:1500] for one in parts)
    return said + "\n" + str(failure)[-600:]
