"""Houses and companies for programs: what pages show, page by key, at a constant cost."""

from __future__ import annotations

import json
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actors import actor_of
from disclosure.api import buildings, companies
from disclosure.models import ManagementCompany, ManagementPeriod, ResponseFigures
from requests_app.incidents import opening
from tests.city_fixtures import COMPANY_INN, RIVAL_INN

pytestmark = pytest.mark.django_db
HOUSES, COMPANIES = "/api/v1/buildings/", "/api/v1/companies/"


def all_of(client, url, **asked):
    """Return all rows of a list, read to its end."""
    rows, cursor = [], ""
    while True:
        answer = client.get(url, {**asked, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.content
        body = answer.json()
        rows += body["results"]
        cursor = body["next"]
        if not cursor:
            return rows


def cost(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    # What the test wrote before gets its context with the first statement after.
    return sum("pghistory.context" not in one["sql"] for one in seen)


def test_houses_are_listed_by_company_district_and_box(
    client, make_building, company, rival_company, monkeypatch
):
    monkeypatch.setattr(buildings, "SIZE", 2)
    mine = [make_building(company=company, district="Заречный") for _ in range(5)]
    other = make_building(company=rival_company, district="Нагорный", lat=55.0, lon=49.0)
    nobodys = make_building(district="Заречный", lat=None, lon=None)
    ids = {house.pk for house in mine}

    def found(**asked):
        rows = all_of(client, HOUSES, **asked)
        assert len({row["id"] for row in rows}) == len(rows)
        return {row["id"] for row in rows}

    assert found() == {*ids, other.pk, nobodys.pk}
    assert found(company=company.inn) == ids
    assert found(company="7325999999") == set()
    assert found(district="Заречный") == {*ids, nobodys.pk}
    assert found(district="Заречный", company=RIVAL_INN) == set()
    assert found(bbox="48.9,54.9,49.1,55.1") == {other.pk}
    rows = {row["id"]: row for row in all_of(client, HOUSES)}
    assert rows[other.pk]["company"] == {"inn": RIVAL_INN, "name": str(rival_company)}
    assert rows[nobodys.pk]["company"] is None
    # A search is ten at once and has no pages, also for no words at all.
    assert client.get(HOUSES, {"q": ""}).json() == {"results": [], "next": "", "previous": ""}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"bbox": "1,2,3"}, "bbox"), ({"near": "here"}, "near"), ({"cursor": "abc"}, "cursor"),
        ({"colour": "red"}, "colour"), ({"fields": "id,phone"}, "fields"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told_by_its_field(client, asked, field):
    answer = client.get(HOUSES, asked)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_a_house_tells_who_runs_supplies_and_what_is_off(
    client, building, company, rival_company, categories, operator
):
    ManagementPeriod.objects.filter(building=building).update(
        during=DateRange(date(2022, 5, 1), None), basis="Протокол № 1"
    )
    ManagementPeriod.objects.create(
        building=building, company=rival_company, during=DateRange(None, date(2022, 5, 1))
    )
    at = timezone.now()
    for title, start in (("Нет отопления", -1), ("Промывка", 24)):
        opening.open_incident(
            kind="planned" if start > 0 else "fault", utility="heating",
            category=categories["ht_none"].pk, title=title, buildings=[building.pk],
            started_at=at + timedelta(hours=start),
            expected_end_at=at + timedelta(hours=start + 3),
            by=actor_of(operator), at=at,
        )  # fmt: skip
    body = client.get(f"{HOUSES}{building.pk}/").json()
    assert body["address"] == building.address
    assert body["managed_by"]["company"]["inn"] == company.inn
    assert body["managed_by"]["since"] == "2022-05-01"
    assert body["managed_by"]["basis"] == "Протокол № 1"
    assert [
        (term["company"]["inn"], term["since"], term["until"], term["is_current"])
        for term in body["management"]
    ] == [(COMPANY_INN, "2022-05-01", None, True), (RIVAL_INN, None, "2022-05-01", False)]
    assert {row["utility"] for row in body["suppliers"]} >= {"heating", "gas"}
    assert body["passport"]["flats"] == 80
    assert [row["title"] for row in body["outages"]["now"]] == ["Нет отопления"]
    assert [row["title"] for row in body["outages"]["planned"]] == ["Промывка"]
    assert body["outages"]["now"][0]["expected_end_at"] is not None
    assert body["recent_requests"] == {"days": 90, "by_matter": []}
    for name in ("page", "disclosure", "requests"):
        assert client.get(urlsplit(body["links"][name]).path).status_code == 200, name


def test_a_small_house_tells_no_counts(client, make_building, make_request, company):
    house = make_building(company=company, flats=3)
    make_request(building=house.pk)
    assert client.get(f"{HOUSES}{house.pk}/").json()["recent_requests"] is None


@pytest.mark.parametrize("pk", ["0", "999999", str(2**63), "9" * 60])
def test_an_unknown_house_is_not_found(client, pk):
    for tail in ("", "disclosure/"):
        answer = client.get(f"{HOUSES}{pk}/{tail}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_companies_are_chosen_sorted_and_paged(
    client, make_building, company, rival_company, monkeypatch
):
    monkeypatch.setattr(companies, "SIZE", 3)
    ManagementCompany.objects.bulk_create(
        ManagementCompany(name=f"ТСЖ {number:02}", kind="tsj") for number in range(7)
    )
    make_building(company=company, district="Заречный")
    make_building(company=company)
    ResponseFigures.objects.create(
        company=rival_company, counted_at=timezone.now(), days=90, total=10, fixed=8, judged=8,
        in_time=6, presented=8, reopened=2,
    )  # fmt: skip
    assert len(all_of(client, COMPANIES)) == 9
    assert [row["inn"] for row in all_of(client, COMPANIES, q="причал")] == [COMPANY_INN]
    assert len(all_of(client, COMPANIES, kind="tsj")) == 7
    assert [row["inn"] for row in all_of(client, COMPANIES, district="Заречный")] == [COMPANY_INN]
    assert all_of(client, COMPANIES, licence="true") == []
    first = all_of(client, COMPANIES, sort="houses")[0]
    assert (first["inn"], first["houses"], first["disclosed_percent"]) == (COMPANY_INN, 2, None)
    best = all_of(client, COMPANIES, sort="in_time")[0]
    assert (best["inn"], best["response"]["in_time_percent"]) == (RIVAL_INN, 75)
    for asked in ({"kind": "club"}, {"sort": "luck"}, {"disclosed": "x"}, {"licence": "maybe"}):
        answer = client.get(COMPANIES, asked)
        assert [error["field"] for error in answer.json()["errors"]] == list(asked)


def test_a_company_tells_requisites_counts_and_rating(client, building, company, make_request):
    make_request(at=timezone.now() - timedelta(days=2))
    body = client.get(f"{COMPANIES}{company.inn}/").json()
    assert (body["inn"], body["name"], body["houses"]) == (company.inn, company.name, 1)
    assert (body["licence"], body["rating"], body["completeness"]) == (None, None, None)
    assert (body["requests"]["open"], body["requests"]["treated"]["total"]) == (1, 1)
    assert body["requests"]["by_matter"][0]["total"] == 1
    assert client.get(f"{COMPANIES}7325000999/").status_code == 404
    unnumbered = ManagementCompany.objects.create(name="ЖСК без номера")
    told = client.get(f"{COMPANIES}{unnumbered.reference}/").json()
    assert (told["inn"], told["requests"]) == (None, None)


@pytest.mark.parametrize("more", ["", "disclosure/", "publications/"])
def test_an_old_reference_leads_to_the_call_by_the_number(client, company, more):
    old, asked = f"{COMPANIES}r-{company.pk}/{more}", "?fields=company" if more else "?fields=inn"
    asked = "?form=2.4" if more == "publications/" else asked
    answer = client.get(f"{old}{asked}")
    assert answer.status_code == 301
    assert answer["Location"] == f"{COMPANIES}{company.inn}/{more}{asked}"
    assert answer["Access-Control-Allow-Origin"] == "*"
    followed = client.get(answer["Location"])
    assert followed.status_code == 200, followed.content
    assert client.get(old)["Location"] == f"{COMPANIES}{company.inn}/{more}"
    for nobody in (f"r-{10**9}", "r-0", f"r-{'9' * 30}", "r-", f"r-{company.pk}x"):
        assert client.get(f"{COMPANIES}{nobody}/{more}").status_code == 404, nobody
    unnumbered = ManagementCompany.objects.create(name="ЖСК без номера")
    assert client.get(f"{COMPANIES}{unnumbered.reference}/{more}").status_code == 200


def test_more_rows_cost_no_more_queries(client, make_building, company, rival_company, supplier):
    house = make_building(company=company, supplier=supplier)
    urls = [
        HOUSES, f"{HOUSES}?company={company.inn}", f"{HOUSES}{house.pk}/", COMPANIES,
        f"{COMPANIES}{company.inn}/", f"{HOUSES}{house.pk}/disclosure/",
        f"{COMPANIES}{company.inn}/disclosure/", f"{COMPANIES}{company.inn}/publications/",
    ]  # fmt: skip
    before = [cost(client, url) for url in urls]
    for number in range(12):
        make_building(company=company, supplier=supplier)
        other = ManagementCompany.objects.create(name=f"УК {number}")
        ManagementPeriod.objects.create(
            building=make_building(), company=other, during=DateRange(date(2020, 1, 1), None)
        )
    assert [cost(client, url) for url in urls] == before
    assert (before[0], before[3]) == (2, 1)


def test_an_answer_is_kept_and_cut(client, building, company):
    url = f"{HOUSES}{building.pk}/"
    answer = client.get(url)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer["Cache-Control"]
    assert client.get(url, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert set(client.get(url, {"fields": "id,outages"}).json()) == {"id", "outages"}
    rows = client.get(COMPANIES, {"fields": "inn"}).json()["results"]
    assert rows == [{"inn": company.inn}]


def test_the_document_tells_the_whole_shape(client):
    schema = client.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    shapes = schema["components"]["schemas"]
    assert {"outages", "recent_requests"} <= set(shapes["WholeBuildingShape"]["properties"])
    assert {"rating", "requests"} <= set(shapes["WholeCompanyShape"]["properties"])
    asked = {each["name"] for each in schema["paths"][HOUSES]["get"]["parameters"]}
    assert {"q", "near", "company", "district", "bbox", "cursor", "fields"} <= asked
    for more in ("", "disclosure/", "publications/"):
        answers = schema["paths"][f"{COMPANIES}{{reference}}/{more}"]["get"]["responses"]
        assert {"200", "301", "404"} <= set(answers)
        assert "Location" in answers["301"]["headers"]


def test_no_person_shows(client, building, company, make_request):
    item = make_request(at=timezone.now())
    for url in (f"{HOUSES}{building.pk}/", f"{COMPANIES}{company.inn}/"):
        said = json.dumps(client.get(url).json(), ensure_ascii=False)
        for word in (item.number, "Петрова", "Батарея", "resident@"):
            assert word not in said, word
