"""Two publish at once, a company changes under the rating's hands: one result, and a true one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connections
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.actors import System
from disclosure.models import ManagementPeriod
from ratings import inputs, publishing, snapshots
from ratings.models import RatingSnapshot
from tests.city_fixtures import COMPANY_INN, RIVAL_INN
from tests.ratings.conftest import AFTER, MONTH


def at_once(work, count=4):
    def alone(number):
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))


@pytest.mark.django_db(transaction=True)
def test_drafts_made_at_once_are_one_and_published_at_once_are_published_once(year):
    made = at_once(lambda _number: snapshots.draft(MONTH, at=AFTER).pk)
    kept = RatingSnapshot.objects.get()
    assert kept.pk in made
    assert snapshots.faults(kept) == []
    told = at_once(
        lambda number: (
            publishing.publish(
                kept.pk, by=System(), at=AFTER + timedelta(hours=number), waiver="Для проверки"
            ).published_at
        )
    )
    assert len(set(told)) == 1
    assert RatingSnapshot.objects.get().published_at == told[0]


@pytest.mark.django_db
def test_a_company_that_lost_a_house_counts_for_its_days_and_stays_on_the_page(
    client, year, make_building, rival_company
):
    house = make_building(flats=100)
    ManagementPeriod.objects.create(
        building=house, company=rival_company, during=DateRange(date(2020, 1, 1), date(2025, 5, 1))
    )
    draft = snapshots.draft(MONTH, at=AFTER)
    lines = [line for line in inputs.read(draft.inputs) if line.company == RIVAL_INN]
    assert sum(line.flat_days for line in lines) == 300 * 365 + 100 * 30
    publishing.publish(draft.pk, by=None, at=AFTER, waiver="Для проверки")
    assert client.get(f"/ratings/2026-03/{RIVAL_INN}/").status_code == 200


@pytest.mark.django_db
def test_a_changed_inn_leaves_what_is_published_and_its_address_as_they_were(
    client, published, company
):
    company.inn = "7707083893"
    company.save()
    kept = RatingSnapshot.objects.get()
    assert snapshots.faults(kept) == []
    assert client.get(f"/ratings/2026-03/{COMPANY_INN}/").status_code == 200
    assert f"/ratings/2026-03/{COMPANY_INN}/" in client.get("/ratings/").content.decode()
    later = snapshots.draft(date(2026, 2, 1), at=AFTER)
    assert later.results.filter(reference="7707083893").exists()


@pytest.mark.django_db
def test_two_companies_that_merged_are_counted_by_the_days_of_each(
    year, make_building, company, rival_company
):
    house = make_building(flats=50)
    for who, since, until in (
        (rival_company, date(2020, 1, 1), date(2025, 12, 1)),
        (company, date(2025, 12, 1), None),
    ):
        ManagementPeriod.objects.create(building=house, company=who, during=DateRange(since, until))
    draft = snapshots.draft(MONTH, at=AFTER)
    days = {}
    for line in inputs.read(draft.inputs):
        days[line.company] = days.get(line.company, 0) + line.flat_days
    assert days[COMPANY_INN] == 80 * 365 + 50 * 121
    assert days[RIVAL_INN] == 300 * 365 + 50 * 244
