"""Both formats say the same, whatever is said, at every address."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from requests_app.open311.formats import JSON, XML, Answer, Stream, respond, written
from tests.city_fixtures import ORDINARY
from tests.requests_app.open311.asking import BASE, body_of, read_json, read_xml

_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"], include_characters="\n\t<>&\"']")
)
_VALUE = _TEXT | st.booleans() | st.none() | st.integers() | st.floats(-180, 180)
_THING = st.dictionaries(
    st.sampled_from(["service_code", "description", "lat", "metadata", "address_id"]),
    _VALUE,
    min_size=1,
)
_THINGS = st.lists(
    st.builds(
        lambda thing, inner: {**thing, "attributes": inner},
        _THING,
        st.lists(st.builds(lambda one, two: {**one, "values": two}, _THING, st.lists(_THING))),
    )
)


@given(_THINGS)
def test_xml_and_json_of_one_structure_are_one(things):
    answer = Answer("service_requests", things)
    assert read_xml(written(answer, XML)) == read_json(written(answer, JSON))


@given(_THINGS)
def test_a_stream_says_what_a_list_says(things):
    for form, read in ((XML, read_xml), (JSON, read_json)):
        whole = respond(Answer("service_requests", things), form)
        parts = respond(Stream("service_requests", iter(things)), form)
        assert read(body_of(parts)) == read(body_of(whole))


@given(st.text())
def test_any_text_makes_xml_that_can_be_read(text):
    answer = Answer("errors", [{"code": 400, "description": text}])
    assert read_xml(written(answer, XML))[0]["code"] == "400"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("discovery", {}, 200),
        ("services", {}, 200),
        (f"services/{ORDINARY}", {}, 200),
        ("services/cw_leak", {}, 200),
        ("services/nothing", {}, 404),
        ("requests", {}, 200),
        ("requests", {"extensions": "true"}, 200),
        ("requests", {"status": "closed"}, 200),
        ("requests", {"start_date": "soon"}, 400),
        ("requests/{number}", {"extensions": "true"}, 200),
        ("requests/26-999999", {}, 404),
        ("tokens/{number}", {}, 200),
        ("tokens/nothing", {}, 404),
        ("servicerequestupdates", {}, 200),
        ("servicerequestupdates", {"start_date": "2026-01-01"}, 400),
    ],
)
def test_every_address_says_the_same_in_both_formats(path, query, status, make_request):
    item = make_request(status="accepted", public=True, at=timezone.now())
    path = path.format(number=item.number)
    answers: dict[str, Any] = {}
    for form in ("xml", "json"):
        answer = Client().get(f"{BASE}{path}.{form}", query)
        assert answer.status_code == status
        assert answer["Access-Control-Allow-Origin"] == "*"
        expected = {"xml": "text/xml", "json": "application/json"}[form]
        charset = "" if path == "discovery" else "; charset=utf-8"
        assert answer["Content-Type"] == expected + charset
        answers[form] = body_of(answer)
    assert read_xml(answers["xml"]) == read_json(answers["json"])


@pytest.mark.django_db
def test_filing_answers_the_same_in_both_formats(form):
    said = form(**{"attribute[client_reference]": "7"})
    by_json = Client().post(f"{BASE}requests.json", said)
    by_xml = Client().post(f"{BASE}requests.xml", said)
    assert by_json.status_code == by_xml.status_code == 200
    assert read_xml(body_of(by_xml)) == read_json(body_of(by_json))
    refused = {**said, "api_key": "no"}
    assert read_xml(body_of(Client().post(f"{BASE}requests.xml", refused))) == read_json(
        body_of(Client().post(f"{BASE}requests.json", refused))
    )


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["requests.rss", "services.html", "discovery.JSONP"])
def test_an_unknown_extension_is_not_found_in_plain_words(path):
    answer = Client().get(f"{BASE}{path}")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.django_db
def test_a_slash_too_many_is_served_and_never_redirected(form):
    assert Client().get(f"{BASE}requests.xml/").status_code == 200
    answer = Client().post(f"{BASE}requests.json/", form())
    assert answer.status_code == 200, answer.content
    assert Client().get(f"{BASE}services.XML").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["services.json", "requests/26-000001.json", "discovery.xml"])
def test_only_what_is_read_is_read(path):
    answer = Client(enforce_csrf_checks=True).post(f"{BASE}{path}")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"


@pytest.mark.django_db
def test_no_cookie_is_asked_for_by_a_form(form):
    answer = Client(enforce_csrf_checks=True).post(f"{BASE}requests.json", form())
    assert answer.status_code == 200
    assert not answer.cookies
