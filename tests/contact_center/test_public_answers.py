"""
No answer to nobody holds a secret: every GET, for people and for programs, with what parameters
may say.

The addresses come from the resolver and the parameters from the document, so a page or a call that
lands tomorrow is searched, too; what is searched for: tests/planted_secrets.py.
"""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from django.test import Client
from django.utils.encoding import force_str

from accounts import tokens
from disclosure.open_data.tables import tables
from tests.api_addresses import PREFIX, Address, addresses, filled
from tests.contact_center.test_who_sees_what import (  # noqa: F401 - the world and its makers
    ADDRESS,
    _earnest,
    editor,
    pages,
    text_of,
    world,
)
from tests.planted_city import PlantedCity, lawyer, planted_city
from tests.planted_secrets import held, plant_secrets, unsorted

__all__ = ["lawyer", "planted_city"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def words(planted_city: PlantedCity, resident) -> dict[str, str]:
    """Return what nobody may read, by where it stands."""
    keys = {name: key for name, key in planted_city.names.items() if name.endswith("/token")}
    # The number stands for the standard's token, and is no secret.
    keys.pop("/open311/v2/tokens/token")
    return {
        **keys,
        "code": planted_city.names["code"],
        "token": tokens.issue(resident, name="hush"),
        "photo's name": "IMG.jpg",
        **plant_secrets(),
    }


@pytest.fixture
def names(planted_city: PlantedCity) -> dict[str, Any]:
    """Return what addresses are called by somebody who was sent no link."""
    return {
        name: value
        for name, value in planted_city.names.items()
        if name != "code" and (not name.endswith("/token") or "open311" in name)
    }


def test_every_column_of_a_person_is_planted_or_argued():
    assert unsorted() == []


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


def test_nobody_reads_a_secret_from_any_answer(words, names, planted_city: PlantedCity, client):
    document = client.get("/api/v1/schema/?format=json").json()
    nobody = Client(REMOTE_ADDR=ADDRESS, raise_request_exception=False)
    house = planted_city.going.building.address
    leaks, searched, shown = [], 0, set()
    for address in everything_to_get():
        path = filled(address, names, nobody)
        for question in questions(document, address.route, names) or [{}]:
            answer = nobody.get(path, question)
            assert answer.status_code < 500, (path, question)
            searched += answer.status_code == 200
            # The address says back its own number; a file is called by the id it was asked by.
            text = text_of(answer).replace(path, "")
            if house in text:
                shown.add(address.route)
            leaks += [(address.route, question, where) for where in held(words, text)]
    for page in re.findall(r"<loc>([^<]+)</loc>", nobody.get("/sitemap.xml").text):
        text = text_of(nobody.get(re.sub(r"^\w+://[^/]+", "", page)))
        leaks += [("sitemap", page, where) for where in held(words, text)]
    assert leaks == []
    # What is public of the same requests is shown: the search looks where it would be.
    assert {
        *("requests/", "requests/follow/<int:pk>/", f"{PREFIX}requests/", "feeds/requests.atom"),
        *("open311/v2/requests.json", "open311/v2/requests.xml", "feeds/requests.json"),
    } <= shown
    assert searched > len([one for one in addresses() if one.route.startswith(PREFIX)])


def test_what_is_planted_is_read_by_whom_it_is_for(words, planted_city: PlantedCity, operator):
    """A word that nobody can read any more would make the search above prove nothing."""
    desk = Client(headers={"Authorization": f"Token {tokens.issue(operator, name='all')}"})
    path = f"/api/v1/desk/requests/{planted_city.going.number}/"
    found = held(words, text_of(desk.get(path)) + text_of(desk.post(f"{path}contact/")))
    assert {
        *("requests_app.Request.flat", "requests_app.Request.description"),
        *("requests_app.RequestContact.name", "requests_app.RequestContact.email"),
        *("requests_app.RequestContact.phone", "requests_app.RequestEvent.text"),
    } <= set(found)


def test_no_file_of_open_data_holds_a_secret(words):
    leaks, read = [], 0
    for table in tables():
        for row in table.rows():
            read += 1
            leaks += [(table.name, where) for where in held(words, " ".join(map(force_str, row)))]
    assert leaks == []
    assert read


def everything_to_get() -> list[Address]:
    """Return every address that is asked by GET; in both forms where there are two."""
    found = [one for one in addresses() if "get" in one.methods]
    known = {one.route for one in found}
    found += [
        Address(page.route, None, ("get",))
        for page in pages()
        if page.route not in known
        and not page.route.startswith("admin/")
        and "(?P" not in page.route
    ]
    return [
        Address(one.route.replace("<open311:form>", form), one.view, one.methods)
        for one in found
        for form in (("json", "xml") if "<open311:form>" in one.route else ("",))
    ]


@pytest.mark.parametrize("secret", ["name", "phone", "e-mail", "flat", "text", "code"])
def test_no_public_search_finds_by_a_secret(secret, world, client):  # noqa: F811
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
            found = nobody.get(path, {name: world.secrets[secret]})
            other = nobody.get(path, {name: "зюзюзюбла 12345678"})
            if found.status_code == 200 and world.item.number in found.content.decode():
                told.append((path, name, other.status_code))
    assert told == []
