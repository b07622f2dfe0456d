"""A company that ceased: its past stays to be read, and nobody is sent to it any more."""

from __future__ import annotations

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.actors import Nobody
from accounts.phones import in_words
from disclosure import address_search
from disclosure.answerable import answerable, who_runs, who_supplies
from disclosure.models import ManagementCompany, ManagementPeriod, ResourceSupplier
from disclosure.publications import nightly
from disclosure.registers import runs
from disclosure.utilities import Utility
from notifications.models import Message
from requests_app import intake
from tests.city_fixtures import COMPANY_INN, NOON
from tests.disclosure.forms.conftest import (  # noqa: F401 - the forms' cast
    FINANCES,
    _files,
    finances,
    publish,
    speaker,
    standard,
)

DAY = NOON.date()
CEASED = "больше не работает"


@pytest.fixture
def ceased(company: ManagementCompany, building) -> ManagementCompany:
    """Return the company after its end; nobody has closed its periods yet."""
    company.is_active = False
    company.save()
    return company


def test_its_page_says_so_and_keeps_what_it_published(client, finances, publish, company, building):  # noqa: F811
    published = publish(finances, FINANCES)
    ManagementCompany.objects.update(is_active=False)
    assert CEASED in client.get(company.get_absolute_url()).content.decode()
    assert client.get(published.get_absolute_url()).status_code == 200
    assert "Финансово-хозяйственная" in client.get(company.get_absolute_url()).content.decode()


def test_its_house_names_it_and_gives_the_centres_phone_instead(client, ceased, building, settings):
    page = client.get(building.get_absolute_url()).content.decode()
    assert str(ceased) in page
    assert CEASED in page
    manager = page.partition('id="manager-title"')[2].partition("</section>")[0]
    assert ceased.dispatcher_phone not in manager
    assert in_words(ceased.dispatcher_phone) not in manager
    assert settings.CITY.center_phone in manager.replace("\u00a0", " ")
    assert address_search.find(building.address, on=DAY)[0].company_phone == ""


def test_no_request_goes_to_it(ceased, building, new_request):
    assert who_runs(building.pk, DAY) is None
    assert answerable(building.pk, "company", "", DAY).inn == ""
    item = intake.file(new_request(), by=Nobody(), at=NOON).request
    assert (item.company, item.executor_inn, item.executor_name) == (None, "", "")
    assert not Message.objects.filter(topic__contains=COMPANY_INN).exists()


def test_a_ceased_supplier_is_stood_in_for_by_the_company(company, building, supplier):
    assert who_supplies(building.pk, Utility.HEATING, DAY) == supplier
    ResourceSupplier.objects.update(is_active=False)
    assert who_supplies(building.pk, Utility.HEATING, DAY) is None
    assert answerable(building.pk, "supplier", Utility.HEATING, DAY).company == company


def test_its_past_stays_its_own(ceased, building, rival_company):
    """The next company follows on a day; who ran the house before that day stays known."""
    old = ManagementPeriod.objects.get(building=building)
    old.during = DateRange(old.during.lower, DAY)
    old.save()
    ManagementPeriod.objects.create(
        building=building, company=rival_company, during=DateRange(DAY, None)
    )
    assert who_runs(building.pk, DAY) == rival_company
    assert ManagementPeriod.objects.filter(company=ceased).count() == 1


def test_nobody_reminds_it_of_forms(standard, ceased, company_user):  # noqa: F811
    assert nightly.remind(NOON.replace(month=3, day=20)) == 0
    assert not Message.objects.exists()


def test_an_old_register_does_not_wake_it(ceased, tmp_path, settings):
    settings.DATA_DIR = tmp_path
    path = tmp_path / "gis.csv"
    path.write_text(
        "guid,full_name,short_name,inn,ogrn,role_short,address,url\n"
        f"g1,ООО Речной дом,Речной дом,{COMPANY_INN},,УО,,\n",
        encoding="utf-8",
    )
    run = runs.load(path, at=NOON)
    assert (run.added, run.rejected) == (0, 0)
    ceased.refresh_from_db()
    assert not ceased.is_active
