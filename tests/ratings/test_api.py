"""Ratings for programs: published months alone, every row by key, and what a score is made of."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import System
from ratings import publishing, snapshots
from ratings.api import reads
from tests.city_fixtures import COMPANY_INN
from tests.ratings.conftest import AFTER

pytestmark = pytest.mark.django_db
URL = "/api/v1/ratings/"


def path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def cost(client, url) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return sum("pghistory.context" not in one["sql"] for one in seen)


def test_a_draft_is_nobodys_also_for_staff(client, draft, admin_user):
    client.force_login(admin_user)
    assert client.get(URL).json()["results"] == []
    assert client.get(f"{URL}2026-03/").status_code == 404
    assert client.get(f"{URL}2026-03/{COMPANY_INN}/").status_code == 404


def test_a_month_tells_its_rows_and_files(client, published, monkeypatch):
    (row,) = client.get(URL).json()["results"]
    assert (row["period"], row["edition"], row["methodology"]) == (
        "2026-03", 1, published.methodology.version,
    )  # fmt: skip
    monkeypatch.setattr(reads, "SIZE", 1)
    first = client.get(path(row["api"])).json()
    assert [band["at_least"] for band in first["bands"]][-1] == 0
    second = client.get(f"{URL}2026-03/", {"edition": "1", "cursor": first["next"]}).json()
    assert second["next"] == ""
    told = [*first["results"], *second["results"]]
    assert [one["position"] for one in told] == [1, 2]
    stored = published.results.get(reference=COMPANY_INN)
    mine = next(one for one in told if one["reference"] == COMPANY_INN)
    assert (mine["score"], mine["band"]) == (str(stored.score), stored.band)
    for name, address in first["files"].items():
        assert client.get(path(address)).status_code == 200, name
    assert client.get(path(mine["url"])).status_code == 200


def test_a_score_is_the_sum_of_what_its_indicators_earned(client, published):
    body = client.get(f"{URL}2026-03/{COMPANY_INN}/").json()
    assert sum(one["weight"] for one in body["indicators"]) == 100
    earned = sum(one["earned"] for one in body["indicators"])
    assert abs(earned - float(body["standing"]["score"])) < 0.01
    stored = {one["code"]: one for one in published.results.get(reference=COMPANY_INN).indicators}
    for one in body["indicators"]:
        assert (one["count"], one["of"]) == (
            stored[one["code"]]["count"],
            stored[one["code"]]["of"],
        )
    for name in ("rows_csv", "inputs_csv", "verify_py"):
        assert client.get(path(body[name])).status_code == 200, name
    assert client.get(f"{URL}2026-03/7325999999/").status_code == 404


def test_rows_are_narrowed_and_wrong_questions_named(client, published, building):
    building.district = "Заречный"
    building.save()
    rows = client.get(f"{URL}2026-03/", {"district": "Заречный"}).json()["results"]
    assert [row["reference"] for row in rows] == [COMPANY_INN]
    assert client.get(f"{URL}2026-03/", {"q": "нету"}).json()["results"] == []
    for asked in ({"edition": "x"}, {"cursor": "x"}, {"sort": "score"}):
        answer = client.get(f"{URL}2026-03/", asked)
        assert [one["field"] for one in answer.json()["errors"]] == list(asked)
    assert client.get(f"{URL}2026-03/", {"edition": "2"}).status_code == 404
    assert client.get(f"{URL}2026-03/", {"edition": "9999"}).status_code == 404


def test_a_correction_stands_beside_what_it_corrects(client, published):
    corrected = snapshots.draft(
        published.period, at=AFTER + timedelta(days=20), erratum="Посчитано дважды"
    )
    publishing.publish(
        corrected.pk, by=System(), at=AFTER + timedelta(days=30), waiver="Для проверки"
    )
    assert [(row["edition"], row["erratum"]) for row in client.get(URL).json()["results"]] == [
        (2, "Посчитано дважды"), (1, ""),
    ]  # fmt: skip
    assert client.get(f"{URL}2026-03/").json()["rating"]["edition"] == 2
    assert client.get(f"{URL}2026-03/", {"edition": 1}).json()["rating"]["edition"] == 1


def test_methodologies_are_told_word_for_word(client, published):
    (row,) = client.get(f"{URL}methodologies/").json()["results"]
    whole = client.get(path(row["api"])).json()
    assert whole["document"] == published.methodology.document
    assert client.get(f"{URL}methodologies/{2**40}/").status_code == 404


def test_a_company_tells_where_it_stands(client, published):
    rating = client.get(f"/api/v1/companies/{COMPANY_INN}/").json()["rating"]
    assert (rating["period"], rating["reference"]) == ("2026-03", COMPANY_INN)
    assert client.get(path(rating["api"])).json()["standing"]["score"] == rating["score"]


def test_costs_are_constant_and_no_file_is_read(client, published):
    assert cost(client, URL) == 1
    assert cost(client, f"{URL}2026-03/") == 2
    assert cost(client, f"{URL}2026-03/{COMPANY_INN}/") == 2
    with CaptureQueriesContext(connection) as seen:
        client.get(URL)
        client.get(f"{URL}2026-03/")
    assert not any('"inputs"' in one["sql"] or '"rows"' in one["sql"] for one in seen)


def test_no_person_shows(client, published, make_request):
    item = make_request()
    for url in (URL, f"{URL}2026-03/", f"{URL}2026-03/{COMPANY_INN}/", f"{URL}methodologies/"):
        said = json.dumps(client.get(url).json(), ensure_ascii=False)
        assert item.number not in said
        assert "Петрова" not in said
