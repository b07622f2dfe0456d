"""Pages and the API of the registry: for everybody, constant in queries, safe from any input."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from disclosure.models import ManagementCompany, ManagementPeriod, ResourceSupplier, SupplyPeriod
from disclosure.utilities import Utility
from tests.disclosure.test_address_search import put

ACTORS = ["nobody", "resident", "operator", "company_user", "rival"]
SINCE = date(2020, 1, 1)


@pytest.fixture
def houses(db, company):
    """Return ten houses of one street, all managed by `company`."""
    rows = put("Речной", "ул. Мира")
    for row in rows:
        ManagementPeriod.objects.create(
            building=row, company=company, during=DateRange(SINCE, None)
        )
    return rows


def queries(client, url) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


@pytest.mark.parametrize("who", ACTORS)
def test_every_page_is_open_to_everybody(request, client, houses, company, who):
    if who != "nobody":
        client.force_login(request.getfixturevalue(who))
    for url in (
        reverse("disclosure:buildings"),
        reverse("disclosure:address_suggest") + "?q=мира",
        houses[0].get_absolute_url(),
        reverse("disclosure:companies"),
        company.get_absolute_url(),
        "/api/v1/buildings/?q=мира",
    ):
        assert client.get(url).status_code == 200, url
        assert client.post(url).status_code in {403, 405}, url


def test_a_house_tells_who_runs_and_supplies_it(client, houses, company, rival_company):
    house = houses[0]
    ManagementPeriod.objects.create(
        building=house, company=rival_company, during=DateRange(date(2010, 1, 1), SINCE)
    )
    water = ResourceSupplier.objects.create(name="Водоканал", phone="+78422000009")
    SupplyPeriod.objects.create(
        building=house, supplier=water, utility=Utility.COLD_WATER, during=DateRange(SINCE, None)
    )
    page = client.get(house.get_absolute_url()).content.decode()
    for words in (
        house.address, str(company), str(rival_company), "Водоканал", "1 января 2020",
        f"/requests/new/?building={house.pk}", f"tel:{company.dispatcher_phone}",
    ):  # fmt: skip
        assert words in page, words


def test_a_house_without_company_says_so(client, db):
    page = client.get(put("Речной", "ул. Мира")[0].get_absolute_url()).content.decode()
    assert "Сейчас в реестре нет управляющей компании" in page


def test_search_shows_houses_with_companies_or_says_there_are_none(client, houses, company):
    url = reverse("disclosure:buildings")
    found = client.get(url, {"q": "мира 5"}).content.decode()
    assert houses[2].get_absolute_url() in found
    assert str(company) in found
    assert "Такого дома не нашли" in client.get(url, {"q": "ъъъъъ 5"}).content.decode()


def test_the_part_for_typing_is_a_list_alone(client, houses):
    part = client.get(reverse("disclosure:address_suggest"), {"q": "мир"}).content.decode()
    assert part.lstrip().startswith('<ul class="suggest">')
    assert client.get(reverse("disclosure:address_suggest")).content.strip() == b""


def test_the_api_answers_as_promised(client, houses, company):
    results = client.get("/api/v1/buildings/", {"q": "мира 5"}).json()["results"]
    assert len(results) == 10
    assert results[0] == {
        "id": houses[2].pk,
        "address": houses[2].address,
        "company": {"inn": company.inn, "name": str(company)},
        "lat": None,
        "lon": None,
        "guess": False,
    }
    ManagementPeriod.objects.all().delete()
    assert client.get("/api/v1/buildings/?q=мира").json()["results"][0]["company"] is None
    assert client.get("/api/v1/buildings/?q=").json()["results"] == []


def test_companies_are_found_by_name_and_number(client, company, rival_company):
    url = reverse("disclosure:companies")
    for asked in ("причал", "ПРИЧ", "компания причал", company.inn, company.inn[:5]):
        assert str(company) in client.get(url, {"q": asked}).content.decode(), asked
    assert str(rival_company) not in client.get(url, {"q": "причал"}).content.decode()
    assert "Такой компании не нашли" in client.get(url, {"q": "нету"}).content.decode()


def test_companies_page_by_key_there_and_back(client, db):
    ManagementCompany.objects.bulk_create(
        ManagementCompany(name=f"УК {number:03}") for number in range(45)
    )
    seen, url = [], reverse("disclosure:companies")
    while url:
        values = client.get(url).context
        seen += [row.company.name for row in values["rows"]]
        url = values["after"]
    assert seen == [f"УК {number:03}" for number in range(45)]


def test_a_company_that_got_its_number_is_found_by_the_old_address(client, company):
    answer = client.get(reverse("disclosure:company", args=[f"r-{company.pk}"]))
    assert (answer.status_code, answer.url) == (301, company.get_absolute_url())


def test_more_houses_cost_no_more_queries(client, houses, company):
    urls = [
        "/buildings/?q=мира",
        "/companies/",
        company.get_absolute_url(),
        "/api/v1/buildings/?q=мира",
    ]
    before = [queries(client, url) for url in urls]
    for number in range(4):
        for row in put("Речной", f"ул. Мира {number}-я"):
            ManagementPeriod.objects.create(
                building=row, company=company, during=DateRange(SINCE, None)
            )
    assert [queries(client, url) for url in urls] == before
    assert before[0] == before[3] == 1


@pytest.mark.parametrize(
    "text", ["\x00", "😀", "%", "\\", "(", "[a-", "*" * 50, "ю" * 10_000, "' OR 1=1"]
)
@pytest.mark.parametrize(
    "url", ["/buildings/", "/buildings/suggest/", "/companies/", "/api/v1/buildings/"]
)
def test_hostile_text_is_never_an_error(client, houses, url, text):
    assert client.get(url, {"q": text}).status_code == 200


@pytest.mark.parametrize(
    "url",
    ["/buildings/0/", f"/buildings/{10**30}/", "/buildings/0/point/", "/companies/0/",
     "/companies/r-99999999999999999999/", "/companies/%00/", "/companies/r-0/"],
)  # fmt: skip
def test_the_unknown_is_not_found(client, houses, url):
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("cursor", ["zz", "%00", "W10", "a" * 5000])
def test_a_broken_cursor_leads_to_the_first_page(client, company, cursor):
    for url in ("/companies/", company.get_absolute_url()):
        assert client.get(f"{url}?cursor={cursor}").status_code == 302
