"""Disclosure for programs: forms and fields, values that count, every version, completeness."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import actor_of
from disclosure.publications import publishing, scoring
from tests.city_fixtures import NOON
from tests.disclosure.forms.conftest import FINANCES, OVERHAUL

pytestmark = pytest.mark.django_db
FORMS = "/api/v1/disclosure/forms/"


def forms_of(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, answer.content
    return {(form["code"], form["year"]): form for form in answer.json()["forms"]}


def test_forms_are_listed_with_their_fields(client, standard):
    rows = client.get(FORMS).json()["results"]
    assert [row["code"] for row in rows][:2] == ["1.1", "1.2"]
    houses = client.get(FORMS, {"subject": "house"}).json()["results"]
    assert {row["subject"] for row in houses} == {"house"}
    assert client.get(FORMS, {"on": "1990-01-01"}).json()["results"] == []
    assert client.get(FORMS, {"subject": "street"}).status_code == 400
    form = client.get(f"{FORMS}1.1/").json()
    inn = next(field for field in form["values"] if field["code"] == "inn")
    assert (inn["type"], inn["is_required"], inn["filled_by"]) == ("inn", True, "registry")
    licences = next(table for table in form["tables"] if table["code"] == "licenses")
    assert {"license_number", "license_receipt_date"} <= {
        column["code"] for column in licences["columns"]
    }
    assert client.get(f"{FORMS}9.9/").status_code == 404


def test_values_that_count_come_with_their_version(
    client, company, building, finances, overhaul, publish, monkeypatch
):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_a, **_k: NOON.date())
    first = publish(finances, FINANCES)
    publish(overhaul, OVERHAUL)
    scoring.keep_all(company, at=NOON)
    money = forms_of(client, f"/api/v1/companies/{company.inn}/disclosure/")["1.4", 2025]
    assert money["content"]["values"]["spending_of_mng"] == "900000.50"
    assert money["publication"] | {"url": "", "api": ""} == {
        "id": first.pk, "version": 1, "published_at": "2026-03-02T12:00:00Z",
        "author": "company", "is_returned": False, "url": "", "api": "",
    }  # fmt: skip
    second = publish(finances, {**FINANCES, "debt_for_ku": "310", "debt_for_gas": "10"},
                     at=NOON + timedelta(hours=1))  # fmt: skip
    now = forms_of(client, f"/api/v1/companies/{company.inn}/disclosure/")["1.4", 2025]
    assert (now["publication"]["id"], now["publication"]["version"]) == (second.pk, 2)
    whole = client.get(f"/api/v1/publications/{second.pk}/").json()
    assert {
        "table": "", "row": 0, "code": "debt_for_gas", "before": "0.00", "after": "10.00"
    } in whole["changes"]  # fmt: skip
    old = client.get(f"/api/v1/publications/{first.pk}/").json()
    assert old["content"]["values"]["debt_for_gas"] == "0.00"
    house = client.get(f"/api/v1/buildings/{building.pk}/disclosure/").json()
    assert house["company"]["inn"] == company.inn
    assert house["completeness"]["total"] is None
    told = {form["code"]: form for form in house["forms"]}
    assert told["2.6"]["content"]["values"]["fund"] == "3"
    missing = told["2.4"]
    assert (missing["publication"], missing["content"]) == (None, None)
    assert missing["gaps"]


def test_all_versions_are_listed_and_narrowed(
    client, company, building, finances, overhaul, publish, chief
):
    first = publish(finances, FINANCES)
    of_house = publish(overhaul, OVERHAUL)
    publishing.return_with_remark(first, remark="Секретное замечание", by=actor_of(chief), at=NOON)
    url = f"/api/v1/companies/{company.inn}/publications/"
    rows = client.get(url).json()["results"]
    assert [row["id"] for row in rows] == [of_house.pk, first.pk]
    assert rows[1]["is_returned"] is True
    assert rows[0]["address"] == building.address
    for asked, ids in (
        ({"form": "1.4"}, [first.pk]), ({"building": 0}, [first.pk]), ({"year": 2025}, [first.pk]),
        ({"building": building.pk}, [of_house.pk]), ({"year": 99_999}, []),
    ):  # fmt: skip
        assert [row["id"] for row in client.get(url, asked).json()["results"]] == ids, asked
    # A remark is between the company and staff; who published is a person.
    for told in (client.get(url), client.get(f"/api/v1/publications/{first.pk}/")):
        words = told.content.decode()
        assert "замечание" not in words
        assert "Кузнецов" not in words
    assert client.get("/api/v1/publications/999999/").status_code == 404


def test_more_versions_cost_no_more_queries(client, company, finances, publish):
    urls = [
        f"/api/v1/companies/{company.inn}/publications/",
        f"/api/v1/companies/{company.inn}/disclosure/",
    ]

    def cost(url):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return sum("pghistory.context" not in one["sql"] for one in seen)

    publish(finances, FINANCES)
    before = [cost(url) for url in urls]
    for number in range(4):
        publish(
            finances, {**FINANCES, "income_of_mng": f"{1_000_000 + number}"},
            at=NOON + timedelta(hours=number + 1),
        )  # fmt: skip
    assert [cost(url) for url in urls] == before
    assert before[0] == 2


def test_a_company_without_forms_owes_them_all(client, standard, rival_company):
    body = client.get(f"/api/v1/companies/{rival_company.inn}/disclosure/").json()
    assert body["history"] == []
    assert body["completeness"] is None
    assert all(form["publication"] is None for form in body["forms"])
