"""Between a hundred houses and fifty thousand, no public page asks one query more."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from disclosure.models import Building, ManagementCompany
from requests_app.statuses import Status
from tests.disclosure.forms.conftest import (  # noqa: F401 - the forms' cast
    FINANCES,
    _files,
    finances,
    publish,
    speaker,
    standard,
)

FEW, MANY = 100, 50_000
# Twenty-five houses a street; every fifth street is the company's, the others have their own.
_MORE = """
INSERT INTO disclosure_street (settlement, name, search_name)
SELECT 'Светлоречье', 'ул. Новая ' || number || '-я', 'новая ' || number || ' светлоречье'
FROM generate_series(%(first)s / 25 + 1, %(last)s / 25) AS number;
INSERT INTO disclosure_building (street_id, house, search_house, address, district, source,
    source_key, kind, flats, area_m2, lat, lon, is_open)
SELECT street.id, number, number, 'Светлоречье, ' || street.name || ', д. ' || number,
    'Заречный', '', '', '', 40, 2500, 54.3, 48.4, true
FROM disclosure_street AS street, generate_series(1, 25) AS number
WHERE street.name LIKE 'ул. Новая %%'
    AND NOT EXISTS (SELECT FROM disclosure_building WHERE street_id = street.id);
INSERT INTO disclosure_managementcompany (name, short_name, kind, ogrn, address, phone,
    dispatcher_phone, email, site, source, source_key, is_active)
SELECT 'УК улицы ' || street.id, '', 'company', '', '', '', '', '', '', 'test', street.id, true
FROM disclosure_street AS street WHERE street.name LIKE 'ул. Новая %%' AND street.id %% 5 <> 0
ON CONFLICT DO NOTHING;
INSERT INTO disclosure_managementperiod (building_id, company_id, during, basis)
SELECT house.id, coalesce(own.id, %(company)s), '[2020-01-01,)', ''
FROM disclosure_building AS house LEFT JOIN disclosure_managementcompany AS own
    ON own.source = 'test' AND own.source_key = house.street_id::text
WHERE NOT EXISTS (SELECT FROM disclosure_managementperiod WHERE building_id = house.id);
ANALYZE disclosure_street, disclosure_building, disclosure_managementcompany,
    disclosure_managementperiod;
"""


def grow(company: ManagementCompany, first: int, last: int) -> None:
    """Add houses by their numbers; the audit of fifty thousand is not what is tested here."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_MORE, {"first": first, "last": last, "company": company.pk})
        cursor.execute("SET LOCAL session_replication_role = origin")


def asked(address: str) -> list[str]:
    """Return the statements of a page that has been opened before."""
    client = Client()
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"].partition(" WHERE ")[0][:90] for query in queries]


@pytest.mark.django_db
def test_no_page_asks_more_of_fifty_thousand_houses_than_of_a_hundred(
    standard,  # noqa: F811
    finances,  # noqa: F811
    publish,  # noqa: F811
    company,
    building,
    make_request,
):
    publish(finances, FINANCES)
    make_request(status=Status.CLOSED, public=True)
    make_request(public=True)
    grow(company, 0, FEW)
    addresses = [
        "/buildings/",
        "/buildings/?q=новая 3 7",
        "/buildings/suggest/?q=новая",
        "/api/v1/buildings/?q=садовая 1",
        building.get_absolute_url(),
        "/companies/",
        "/companies/?q=причал",
        company.get_absolute_url(),
        "/open-data/",
        "/open-data/catalog.jsonld",
        "/open-data/changes.atom",
    ]
    few = {address: asked(address) for address in addresses}
    assert Building.objects.count() == FEW + 1
    grow(company, FEW, MANY)
    assert Building.objects.count() == MANY + 1
    assert company.management_periods.count() > MANY // 6
    many = {address: asked(address) for address in addresses}
    assert {address: len(told) for address, told in many.items()} == {
        address: len(told) for address, told in few.items()
    }, [(address, set(many[address]) ^ set(few[address])) for address in addresses]
    # A page of the middle costs what the first one does.
    page = Client().get(company.get_absolute_url()).content.decode()
    assert "cursor=" in page
