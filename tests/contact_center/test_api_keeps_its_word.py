"""
Every call of the document, tried with what the document allows, by everybody: no failure of ours,
and no status, media type or shape that the document does not tell of.

The calls come from the document, and what exists from the planted city, so a new call is tried
without being named here.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
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
from tests.api_addresses import PREFIX, addresses, filled
from tests.api_bodies import Sent, bodies
from tests.contact_center.test_api_examples import template
from tests.contact_center.test_permissions import _earnest
from tests.planted_city import PlantedCity, lawyer, planted_city

__all__ = ["_earnest", "lawyer", "planted_city"]
pytestmark = pytest.mark.django_db

# Of each call, by each of four readers: some thousands in all. A call that says nothing but its
# address is tried less, and whom it does not admit is told so once.
EXAMPLES = 5
PLAIN = 2
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


def held_by(user: User | None) -> dict[str, str]:
    if user is None:
        return {}
    return {"Authorization": f"Token {tokens.issue(user, name='all')}"}


def true_calls(city: PlantedCity) -> dict[str, tuple[str, Any]]:
    """Return the address of each call and the body that are taken, by method and path."""
    found, said, stranger = {}, bodies(city), Client()
    for address in addresses():
        for method in address.methods if address.route.startswith(PREFIX) else ():
            sent = said.get(f"{method} {address.route}", Sent())
            path = filled(address, city.names_for(address.route, sent.names), stranger)
            found[f"{method.upper()} {template(address.route)}"] = (path, sent.body)
    return found


def parameters_in(path: str, template: str) -> dict[str, str]:
    """Return the parameters that a filled path has where its template names them."""
    found = re.fullmatch(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", template), path)
    assert found, (path, template)
    return found.groupdict()


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
def test_the_api_answers_as_its_document_says(who, planted_city, cast, client):
    client.raise_request_exception = False
    headers = held_by(cast[who])
    schema = schemathesis.openapi.from_wsgi(SCHEMA, get_wsgi_application())
    true = true_calls(planted_city)
    wrong: dict[str, list[str]] = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        method = operation.method.upper()
        path, body = true[f"{method} {template(operation.path)}"]
        with transaction.atomic():
            admitted = client.generic(method, path, "{}", "application/json", headers=headers)
            transaction.set_rollback(True)
        count = 1 if admitted.status_code in (401, 403) else examples_of(operation)
        tried = Tried(headers, parameters_in(path, operation.path), planted_city.names, body)
        if failures := tried.failures_of(operation, count):
            wrong[operation.label] = failures
    report = "\n\n".join(
        f"{label}: {len(texts)} times\n{texts[0]}" for label, texts in wrong.items()
    )
    assert not wrong, report


def examples_of(operation: Any) -> int:
    """Return how often a call is tried: by what may be said to it beside its address."""
    asked = {one.name for one in operation.query} - {"fields"}
    return EXAMPLES if asked or list(operation.body) else PLAIN


@dataclass(frozen=True)
class Tried:
    """What a reader says to a call: at every second turn what exists, at every fourth what fits."""

    headers: dict[str, str]
    real: dict[str, str]
    names: dict[str, Any]
    body: Any

    def failures_of(self, operation: Any, count: int) -> list[str]:
        """Try the call so often and return what was not as the document says."""
        wrong: list[str] = []
        turn = itertools.count()

        @seed(1)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def run(case):
            place = next(turn)
            if place % 2:
                case.path_parameters.update(self.real)
                case.body = with_real(case.body, self.names)
            if place % 4 == 3 and self.body is not None:
                case.body = self.body
            # A cut answer has not all the members; test_rest_reading.py tries each cut.
            (case.query or {}).pop("fields", None)
            # What one example changes is not there for the next.
            with transaction.atomic():
                try:
                    case.call_and_validate(headers=self.headers, checks=CHECKS)
                except (Failure, FailureGroup) as failure:
                    wrong.append(told(failure))
                transaction.set_rollback(True)

        run()
        return wrong


def told(failure: Failure | FailureGroup) -> str:
    parts = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
    said = "\n".join(f"{type(one).__name__}: {one}"[:1500] for one in parts)
    return said + "\n" + str(failure)[-600:]
