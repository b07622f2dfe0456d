"""What every read of the API does alike: parameters, fields, pages, tags, other sites, ageing."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from accounts import tokens
from accounts.rest import ageing, asked, pages
from accounts.rest.call import Call, PublicRead
from requests_app.models import Incident, Request
from tests.city_fixtures import ORDINARY

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
INCIDENTS, CATEGORIES = "/api/v1/incidents/", "/api/v1/categories/"
DESK = "/api/v1/desk/requests/"


def problem(answer, status: int, code: str) -> dict:
    assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), answer.content
    assert answer.json()["code"] == code
    return answer.json()


@pytest.fixture
def outages(categories):
    made = [
        Incident(
            kind="fault",
            utility="heating" if number % 2 else "gas",
            category=categories[ORDINARY],
            title=f"Авария {number}",
            started_at=datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number),
        )
        for number in range(120)
    ]
    return Incident.objects.bulk_create(made)


# Parameters.


@pytest.mark.parametrize("path", [INCIDENTS, CATEGORIES, "/api/v1/buildings/", "/api/v1/guides/"])
def test_an_unknown_parameter_is_refused_by_its_name(path, client):
    body = problem(client.get(path, {"stauts": "open"}), 400, "unknown_parameter")
    assert body["errors"][0]["field"] == "stauts"


def test_a_name_that_django_or_the_framework_reads_is_unknown_too(client):
    for name in ("format", "page", "limit", "offset", "ordering", "title__startswith", ""):
        problem(client.get(CATEGORIES, {name: "json"}), 400, "unknown_parameter")


def test_the_document_and_the_call_know_the_same_parameters(client):
    paths = client.get("/api/v1/schema/?format=json").json()["paths"]
    listed = {one["name"] for one in paths[INCIDENTS]["get"]["parameters"] if one["in"] == "query"}
    assert {"state", "utility", "building", "district", "cursor", "fields"} <= listed
    for name in listed - {"cursor", "fields"}:
        assert client.get(INCIDENTS, {name: ""}).status_code == 200, name


@pytest.mark.parametrize(
    ("asking", "field"),
    [
        ({"state": "gone"}, "state"),
        ({"utility": "beer"}, "utility"),
        ({"building": "1 OR 1=1"}, "building"),
        ({"building": "9" * 40}, "building"),
        ({"building": "٣"}, "building"),
    ],
)
def test_a_value_that_cannot_be_meant_names_its_parameter(asking, field, client):
    body = problem(client.get(INCIDENTS, asking), 400, "invalid")
    assert [error["field"] for error in body["errors"]] == [field]


class TestMoments:
    """Dates of every offset, and those that no calendar holds."""

    def read(self, said):
        class Reads(PublicRead):
            @extend_schema(parameters=[OpenApiParameter("at", str)], responses={200: None})
            def get(self, http):
                found = asked.moment(http, "at")
                return Response({"at": found and found.astimezone(UTC).isoformat()})

        answer = Reads.as_view()(APIRequestFactory().get("/x/", {"at": said}))
        answer.render()
        return answer.status_code, json.loads(answer.content)

    @pytest.mark.parametrize(
        ("said", "read"),
        [
            ("2026-03-02T12:00:00Z", "2026-03-02T12:00:00+00:00"),
            ("2026-03-02T12:00:00+04:00", "2026-03-02T08:00:00+00:00"),
            ("2026-03-02T12:00:00 04:00", "2026-03-02T08:00:00+00:00"),
            ("2026-03-02T12:00:00-11:30", "2026-03-02T23:30:00+00:00"),
            ("2026-03-02T12:00:00", "2026-03-02T08:00:00+00:00"),
        ],
    )
    def test_each_offset_is_read(self, said, read, settings):
        settings.TIME_ZONE = "Europe/Ulyanovsk"
        assert self.read(said) == (200, {"at": read})

    @pytest.mark.parametrize(
        "said",
        ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-02-30T00:00:00Z",
         "2026-13-01T00:00:00Z", "yesterday", "2026", "99999-01-01T00:00:00Z", "\x00"],
    )  # fmt: skip
    def test_a_moment_out_of_range_is_refused(self, said):
        status, body = self.read(said)
        assert (status, body["errors"][0]["field"]) == (400, "at")


# Fields.


def test_fields_cut_an_object_and_each_row_of_a_page(client, outages):
    page = client.get(INCIDENTS, {"fields": "id,title"}).json()
    assert set(page) == {"results", "next", "previous"}
    assert all(set(row) == {"id", "title"} for row in page["results"])
    whole = client.get(f"{INCIDENTS}{outages[0].pk}/", {"fields": "state, kind"}).json()
    assert set(whole) == {"state", "kind"}
    assert all(set(row) == {"slug"} for row in client.get(f"{CATEGORIES}?fields=slug").json())


def test_an_unknown_field_is_refused_by_its_name(client):
    body = problem(client.get(INCIDENTS, {"fields": "id,phone"}), 400, "unknown_field")
    assert "phone" in body["detail"]
    assert body["errors"][0]["field"] == "fields"


# Pages.


def test_pages_show_every_row_once_and_lead_back(client, outages):
    seen, cursor, turned = [], "", 0
    while True:
        page = client.get(INCIDENTS, {"cursor": cursor} if cursor else {}).json()
        seen += [row["id"] for row in page["results"]]
        turned += 1
        if not page["next"]:
            break
        cursor = page["next"]
    assert (len(seen), len(set(seen)), turned) == (120, 120, 3)
    back = client.get(INCIDENTS, {"cursor": page["previous"]}).json()
    assert [row["id"] for row in back["results"]] == seen[50:100]


def test_a_cursor_goes_with_other_fields_but_with_no_other_filter_or_list(client, outages):
    cursor = client.get(INCIDENTS).json()["next"]
    assert client.get(INCIDENTS, {"cursor": cursor, "fields": "id"}).status_code == 200
    for path, asking in (
        (INCIDENTS, {"utility": "gas"}),
        (INCIDENTS, {"state": "past"}),
        ("/api/v1/tos/", {}),
    ):
        problem(client.get(path, {**asking, "cursor": cursor}), 400, "bad_cursor")


@pytest.mark.parametrize(
    "said",
    ["x", ".", "x.", "ё.ё", "0" * 5_000, "\x00", "[" * 90_000,
     base64.urlsafe_b64encode(b'[0,"2026-01-01T00:00:00+00:00",1]').decode(),
     base64.urlsafe_b64encode(b'[0,"2026-01-01T00:00:00+00:00",1]').decode() + ".AAAAAAAAAAAAAAAA"],
)  # fmt: skip
def test_a_made_up_cursor_is_refused(said, client):
    body = problem(client.get(INCIDENTS, {"cursor": said}), 400, "bad_cursor")
    assert body["errors"][0]["field"] == "cursor"


def test_a_cursor_that_somebody_changed_is_refused(client, outages):
    raw, seal = client.get(INCIDENTS).json()["next"].split(".")
    other = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    other[-1] += 1
    forged = base64.urlsafe_b64encode(json.dumps(other).encode()).decode().rstrip("=")
    problem(client.get(INCIDENTS, {"cursor": f"{forged}.{seal}"}), 400, "bad_cursor")


def test_ten_thousand_deep_costs_what_the_first_page_costs(
    client, operator, make_request, django_assert_max_num_queries
):
    item = make_request()
    more = Request.objects.get(pk=item.pk)
    rows = []
    for number in range(10_050):
        row = Request(**{f.attname: getattr(more, f.attname) for f in _columns(more)})
        row.number = f"25-{number:06}"
        row.due_at = more.due_at + timedelta(seconds=number)
        rows.append(row)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    Request.objects.bulk_create(rows, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("ANALYZE requests_app_request")
    held = {"HTTP_AUTHORIZATION": f"Token {tokens.issue(operator, name='x')}"}
    client.get(DESK, **held)
    with CaptureQueriesContext(connection) as first:
        assert client.get(DESK, **held).json()["next"]
    from requests_app.desk.tabs import BY_DUE

    deep = Request.objects.order_by(*BY_DUE)[10_000]
    from accounts import keyset

    raw = keyset._written(deep, [name.lstrip("-") for name in BY_DUE], backward=False)
    cursor = pages.sealed(raw, path=DESK, asked={})
    with CaptureQueriesContext(connection) as far:
        page = client.get(DESK, {"cursor": cursor}, **held).json()
    assert page["results"]
    assert len(far) == len(first)
    listing = next(q["sql"] for q in far if "due_at" in q["sql"] and "LIMIT" in q["sql"])
    assert "OFFSET" not in listing
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {listing}")
        plan = json.dumps(cursor.fetchone()[0])
    assert "Seq Scan" not in plan


def _columns(item):
    return [f for f in item._meta.concrete_fields if not (f.primary_key or f.generated)]


# Tags.


def test_every_read_has_a_tag_that_spares_the_second_answer(client, outages):
    for path in (INCIDENTS, CATEGORIES, f"{INCIDENTS}{outages[0].pk}/", "/api/v1/guides/"):
        first = client.get(path)
        again = client.get(path, HTTP_IF_NONE_MATCH=first["ETag"])
        assert (again.status_code, again.content) == (304, b""), path
        assert again["ETag"] == first["ETag"]
        assert client.get(path, HTTP_IF_NONE_MATCH='"other"').status_code == 200


def test_a_change_and_a_cut_have_other_tags(client, outages):
    path = f"{INCIDENTS}{outages[0].pk}/"
    first = client.get(path)["ETag"]
    assert client.get(f"{path}?fields=id", HTTP_IF_NONE_MATCH=first).status_code == 200
    Incident.objects.filter(pk=outages[0].pk).update(title="Другая")
    assert client.get(path, HTTP_IF_NONE_MATCH=first).status_code == 200


def test_a_read_of_ones_own_is_tagged_and_kept_by_no_cache(client, resident, make_request):
    item = make_request()
    path = f"/api/v1/requests/{item.number}/"
    held = {"HTTP_AUTHORIZATION": f"Token {tokens.issue(resident, name='x')}"}
    first = client.get(path, **held)
    assert first["Cache-Control"] == "private, no-store"
    assert first["ETag"].startswith(f'"{item.version}.')
    assert client.get(path, HTTP_IF_NONE_MATCH=first["ETag"], **held).status_code == 304
    # A tag opens nothing to whoever may not read.
    assert client.get(path, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 404


# Pages of other sites.


def test_pages_of_other_sites_read_what_everybody_may(client):
    answer = client.get(INCIDENTS, HTTP_ORIGIN="https://news.example")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "ETag" in answer["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer
    asked_first = client.options(
        INCIDENTS,
        HTTP_ORIGIN="https://news.example",
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="If-None-Match",
    )
    assert (asked_first.status_code, asked_first.content) == (204, b"")
    assert "If-None-Match" in asked_first["Access-Control-Allow-Headers"]
    assert "POST" not in asked_first["Access-Control-Allow-Methods"]
    # So that a program in a page learns what was wrong.
    assert client.get(f"{INCIDENTS}?x=1")["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", [DESK, "/api/v1/requests/26-000001/", "/api/v1/inbox/"])
def test_pages_of_other_sites_read_nothing_private(path, client, resident):
    client.force_login(resident)
    for answer in (
        client.get(path, HTTP_ORIGIN="https://evil.example"),
        client.options(path, HTTP_ORIGIN="https://evil.example"),
        client.post(path, HTTP_ORIGIN="https://evil.example"),
    ):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


# Ageing, and words.


def test_an_ageing_call_says_until_when_and_what_instead():
    class Old(PublicRead):
        deprecated = ageing.Deprecated(date(2026, 11, 1), date(2027, 11, 1), "/api/v1/new/")

        @extend_schema(responses={200: None})
        def get(self, http):
            return Response({})

    answer = Old.as_view()(APIRequestFactory().get("/x/"))
    assert answer["Deprecation"] == "@1793491200"
    assert answer["Sunset"] == "Mon, 01 Nov 2027 00:00:00 GMT"
    assert answer["Link"] == '</api/v1/new/>; rel="successor-version"'


def test_a_call_says_its_version(client, settings):
    assert client.get(CATEGORIES)["API-Version"] == settings.VERSION


@pytest.mark.parametrize(
    ("wished", "language", "words"),
    [
        ("", "ru", "Такого параметра нет."),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru", "Такого параметра нет."),
        ("en-GB,en;q=0.9", "en", "There is no such parameter."),
        ("de", "ru", "Такого параметра нет."),
        ("*;q=x, \x00", "ru", "Такого параметра нет."),
    ],
)
def test_a_refusal_speaks_the_language_that_is_asked_for(wished, language, words, client):
    answer = client.get(f"{CATEGORIES}?x=1", HTTP_ACCEPT_LANGUAGE=wished)
    body = problem(answer, 400, "unknown_parameter")
    assert body["errors"][0]["message"] == words
    assert body["type"] == "about:blank"
    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]


def test_a_format_that_is_not_served_is_refused(client):
    problem(client.get(CATEGORIES, HTTP_ACCEPT="text/csv"), 406, "not_acceptable")


def test_a_foreign_host_is_refused(client, settings):
    settings.ALLOWED_HOSTS = ["city.example"]
    for host in ("evil.example", "city.example.evil.example", "city.example@evil.example"):
        problem(client.get(CATEGORIES, HTTP_HOST=host), 400, "invalid")
    answer = client.get(CATEGORIES, HTTP_HOST="city.example", HTTP_X_FORWARDED_HOST="evil.example")
    assert answer.status_code == 200
    assert b"evil" not in answer.content


def test_no_address_in_an_answer_comes_from_the_host(client, settings, outages):
    settings.PUBLIC_URL = "https://city.example"
    answer = client.get(INCIDENTS, HTTP_HOST="evil.example")
    assert answer.json()["results"][0]["url"].startswith("https://city.example/")


def test_shapes_and_calls_are_ours():
    """Each call of the API stands on the base and says its scopes."""

    from tests.api_addresses import calls

    wrong = []
    for address, view in calls():
        if not issubclass(view, Call):
            wrong.append((address, "is no Call"))
        for kind, methods in (
            ("scope_read", {"get"}),
            ("scope_write", {"post", "put", "patch", "delete"}),
        ):
            says = any(kind in vars(base) for base in view.__mro__ if base is not Call)
            has = any(hasattr(view, method) for method in methods)
            if has and view.admits and not says:
                wrong.append((address, f"does not say {kind}"))
    assert wrong == []


def test_a_serializer_can_be_cut_only_where_it_is_one():
    from accounts.rest import sparse

    class Row(serializers.Serializer):
        a = serializers.CharField()

    class Page(pages.PageShape):
        results = Row(many=True)

    assert sparse.names_in({200: Row}) == ("a",)
    assert sparse.names_in({(200, "application/json"): Page}) == ("a",)
    assert sparse.names_in(Row(many=True)) == ("a",)
    assert sparse.names_in({201: Row}) == sparse.names_in(None) == ()
