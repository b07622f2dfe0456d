"""The OpenAPI document: valid, and complete for every call without a list of them here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from contact_center import api_document
from contact_center.api_schema import ApiSchema


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return Client().get("/api/v1/schema/?format=json").json()


def operations(document) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_the_document_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_the_document_is_made_without_a_warning(capsys):
    from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
    from drf_spectacular.generators import SchemaGenerator

    reset_generator_stats()
    SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_every_call_has_its_words_a_name_and_a_described_tag(document):
    wrong = []
    names = [operation["operationId"] for _, operation in operations(document)]
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    for label, operation in operations(document):
        summary = operation.get("summary", "")
        if not 8 <= len(summary) <= 120:
            wrong.append((label, "summary", summary))
        if not operation.get("description"):
            wrong.append((label, "description"))
        if not operation.get("tags") or not set(operation["tags"]) <= described:
            wrong.append((label, "tag", operation.get("tags")))
        wrong += [
            (label, "parameter", one["name"])
            for one in operation.get("parameters", [])
            if one["in"] == "query" and not one.get("description") and "enum" not in one["schema"]
        ]
    assert wrong == []
    assert len(names) == len(set(names))


def test_every_call_says_who_may_and_what_may_go_wrong(document):
    wrong = []
    for label, operation in operations(document):
        needed = {"400", "406", "429", "503"}
        if not operation["security"]:
            wrong.append((label, "security"))
        if {} not in operation["security"]:
            needed |= {"401", "403"}
        if "requestBody" in operation:
            needed |= {"413", "415"}
        if "{" in label:
            needed.add("404")
        if needed - set(operation["responses"]):
            wrong.append((label, sorted(needed - set(operation["responses"]))))
        if label.startswith("POST") and "Idempotency-Key" in str(operation.get("parameters")):
            assert "409" in operation["responses"], label
        for status, answer in operation["responses"].items():
            if status >= "400" and set(answer["content"]) != {"application/problem+json"}:
                wrong.append((label, status, list(answer["content"])))
    assert wrong == []
    assert set(document["components"]["securitySchemes"]) >= {"token", "session"}


def test_every_body_has_an_example_that_is_true_to_its_shape(document):
    wrong = []
    for label, operation in operations(document):
        bodies = [("request", operation.get("requestBody", {}))]
        bodies += list(operation["responses"].items())
        for place, body in bodies:
            for media_type, content in body.get("content", {}).items():
                if "json" not in media_type:
                    continue
                named = [one["value"] for one in content.get("examples", {}).values()]
                examples = [content["example"]] if "example" in content else named
                if not examples:
                    wrong.append((label, place, "has no example"))
                shape = {**content["schema"], "components": document["components"]}
                for example in examples:
                    faults = list(Draft202012Validator(shape).iter_errors(example))
                    wrong += [(label, place, fault.json_path, fault.message) for fault in faults]
    assert wrong == []


def test_no_tag_is_described_for_nothing(document):
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert set(api_document.TAGS) == used


def test_the_document_is_made_once_a_language_and_read_by_anybody(client, monkeypatch):
    first = client.get("/api/v1/schema/?format=json&lang=en")
    assert first["Access-Control-Allow-Origin"] == "*"
    assert "public" in first["Cache-Control"]

    def never(*args: object, **named: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr(ApiSchema.generator_class, "get_schema", never)
    again = client.get(
        "/api/v1/schema/?format=json&lang=en", headers={"If-None-Match": first["ETag"]}
    )
    assert (again.status_code, again.content) == (304, b"")
    # A language that nobody speaks here makes no document of its own.
    monkeypatch.undo()
    client.get("/api/v1/schema/?format=json&lang=ru")
    monkeypatch.setattr(ApiSchema.generator_class, "get_schema", never)
    assert client.get("/api/v1/schema/?format=json&lang=xx").status_code == 200
