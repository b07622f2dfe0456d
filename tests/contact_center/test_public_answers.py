"""
No answer to nobody holds a secret: every GET for programs, with what its parameters may say.

The addresses come from the resolver and the parameters from the document, so a call that lands
tomorrow is searched, too.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from django.test import Client

from accounts import tokens
from requests_app.models import Incident, IncidentBuilding
from tests.api_addresses import PREFIX, addresses, filled
from tests.city_fixtures import ORDINARY
from tests.contact_center.test_who_sees_what import (  # noqa: F401 - the world and its makers
    ADDRESS,
    _earnest,
    editor,
    text_of,
    world,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def secrets(world, resident, noon, building, categories) -> dict[str, str]:  # noqa: F811
    """Return what nobody may read, by its name."""
    incident = Incident.objects.create(
        kind="fault", utility="heating", category=categories[ORDINARY], title="x", started_at=noon
    )
    IncidentBuilding.objects.create(incident=incident, building=building)
    return {
        **world.secrets,
        "account's name": resident.name,
        "account's e-mail": resident.email,
        "token": tokens.issue(resident, name="hush"),
        "photo's name": "IMG.jpg",
    }


def values_of(parameter: dict[str, Any], planted: dict[str, Any]) -> list[str]:
    """Return values that the parameter may plausibly have."""
    name, shape = parameter["name"], parameter.get("schema", {})
    inner = shape.get("items", shape)
    if name == "fields":
        return [",".join(inner["enum"]), *inner["enum"]]
    found = [str(planted[name])] if name in planted else []
    if "enum" in inner:
        return found + [str(one) for one in inner["enum"]]
    kind = shape.get("type")
    if kind == "boolean":
        return [*found, "true", "false"]
    if kind in ("integer", "number"):
        return found or ["1"]
    if shape.get("format") == "date-time":
        return [*found, "2020-01-01T00:00:00Z"]
    if shape.get("format") == "date":
        return [*found, "2020-01-01"]
    return found or ["Садовая", "2020-01-01", "open"]


def questions(
    document: dict[str, Any], route: str, planted: dict[str, Any]
) -> list[dict[str, str]]:
    """Return questions to the address: each value alone, and some of all parameters together."""
    template = re.sub(r"<[^>]*>", "{}", f"/{route}")
    listed: list[dict[str, Any]] = []
    for path, item in document["paths"].items():
        if re.sub(r"{\w+}", "{}", path) == template:
            listed = [
                one
                for one in item.get("get", {}).get("parameters", [])
                if one["in"] == "query" and one["name"] != "cursor"
            ]
    options = {one["name"]: values_of(one, planted) for one in listed}
    needed = {one["name"]: options[one["name"]][0] for one in listed if one.get("required")}
    alone = [{**needed, name: value} for name, values in options.items() for value in values]
    together = [
        dict(zip(options, chosen, strict=True))
        for chosen in itertools.islice(itertools.product(*options.values()), 12)
    ]
    return [needed, *alone, *together]


def test_nobody_reads_a_secret_from_any_answer(world, secrets, client):  # noqa: F811
    document = client.get("/api/v1/schema/?format=json").json()
    nobody = Client(REMOTE_ADDR=ADDRESS, raise_request_exception=False)
    item = world.item
    planted = {
        "number": item.number,
        "building": item.building_id,
        "category": item.category.slug,
        "company": item.company.inn,
        "inn": item.company.inn,
        "reference": item.company.inn,
        "district": item.building.district or "Заречный",
        "form": "json",
        "q": "Садовая",
        "service_code": item.category.slug,
        "upload_id": secrets["file"],
        "/api/v1/buildings/pk": item.building_id,
    }
    leaks, searched, shown = [], 0, set()
    for address in addresses():
        if "get" not in address.methods:
            continue
        path = filled(address, planted, nobody)
        asked = questions(document, address.route, planted) or [{}]
        for question in asked:
            answer = nobody.get(path, question)
            assert answer.status_code < 500, (path, question)
            searched += answer.status_code == 200
            # The address says back its own number; a file is called by the id it was asked by.
            text = text_of(answer).replace(path, "")
            if item.number in text:
                shown.add(address.route)
            leaks += [
                (address.route, question, name)
                for name, secret in secrets.items()
                if secret and secret in text
            ]
    assert leaks == []
    # What is public of the same request is shown: the search looks where it would be.
    assert shown
    assert searched > len([one for one in addresses() if one.route.startswith(PREFIX)])


@pytest.mark.parametrize("secret", ["name", "phone", "e-mail", "flat", "text", "code"])
def test_no_public_search_finds_by_a_secret(secret, world, secrets, client):  # noqa: F811
    """A search that finds the row by what it must not show tells it by trying."""
    document = client.get("/api/v1/schema/?format=json").json()
    nobody = Client(REMOTE_ADDR=ADDRESS)
    told = []
    for path, item in document["paths"].items():
        call = item.get("get")
        if not call or "{" in path or {} not in call["security"]:
            continue
        names = [
            one["name"]
            for one in call.get("parameters", [])
            if one["in"] == "query" and one["schema"].get("type") == "string"
            and "enum" not in one["schema"] and one["name"] != "cursor"
        ]  # fmt: skip
        for name in names:
            found = nobody.get(path, {name: secrets[secret]})
            other = nobody.get(path, {name: "зюзюзюбла 12345678"})
            if found.status_code == 200 and world.item.number in found.content.decode():
                told.append((path, name, other.status_code))
    assert told == []
