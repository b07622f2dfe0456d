"""Claims, disclosure and what was found against a company, as the rating counts them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from claims.models import Claim
from disclosure.models import (
    CompletenessScore,
    DisclosureForm,
    DisclosureValue,
    ManagementPeriod,
    Publication,
    PublicationReturn,
)
from ratings import inputs, snapshots
from ratings.methodology import OF_COMPANY, WHOLE_COMPANY
from requests_app.models import Request
from tests.city_fixtures import COMPANY_INN, RIVAL_INN
from tests.ratings.conftest import AFTER, MONTH

pytestmark = pytest.mark.django_db
WITHIN = datetime(2026, 2, 10, tzinfo=UTC)


def counts(inn=COMPANY_INN):
    found = [
        line
        for line in inputs.read(snapshots.draft(MONTH, at=AFTER).inputs)
        if (line.company, line.age) == (inn, WHOLE_COMPANY)
    ]
    return (
        {code: found[0].counts[code] for code in OF_COMPANY if found[0].counts[code]}
        if (found)
        else {}
    )


def publish(company, code, *, year=0, version=1, at=WITHIN, **values):
    form = DisclosureForm.objects.filter(code=code).first() or DisclosureForm.objects.create(
        code=code, title=code, subject="company", is_yearly=bool(year), definition={}, digest=code,
        during=DateRange(date(2015, 1, 1), None), loaded_at=at,
    )  # fmt: skip
    made = Publication.objects.create(
        company=company, form=form, form_code=code, year=year, version=version, published_at=at,
    )  # fmt: skip
    for row, (name, value) in enumerate(values.items()):
        DisclosureValue.objects.create(
            publication=made, code=name, text=str(value), row=row, number=Decimal(value)
        )
    return made


def violation(publication, row, *, day, number):
    for code, more in (
        ("date_of_responsibility", {"text": f"{day}", "day": day}),
        ("number_of_disturbance", {"text": f"{number}", "number": number}),
    ):
        DisclosureValue.objects.create(
            publication=publication, table="disturbances", row=row, code=code, **more
        )


def test_a_company_of_which_nothing_is_told_has_no_such_line(year):
    assert counts() == {}


def test_only_money_given_back_without_a_claim_counts(year, company):
    about = Request.objects.first()
    for place, (status, pressed, filed) in enumerate(
        [
            ("granted", None, WITHIN), ("partly", None, WITHIN), ("paid", WITHIN, WITHIN),
            ("refused", None, WITHIN), ("silent", None, WITHIN), ("sent", None, WITHIN),
            ("withdrawn", None, WITHIN), ("granted", None, WITHIN - timedelta(days=400)),
        ]
    ):  # fmt: skip
        Claim.objects.create(
            request=about, place=place, number=f"{about.number}-{place}", service="heating",
            month=date(2026, 1 + place % 3, 1), body={}, figures={}, found={}, charge_rub=100,
            amount_rub=10, status=status, pressed_at=pressed, filed_at=filed, changed_at=filed,
            company=company,
        )  # fmt: skip
    assert counts() == {"claims": 5, "granted": 2}


def test_forms_of_the_company_and_of_its_houses_of_today_count_as_they_last_stood(
    year, company, make_building
):
    kept, lost = make_building(company=company), make_building()
    ManagementPeriod.objects.create(
        building=lost, company=company, during=DateRange(date(2020, 1, 1), date(2026, 1, 1))
    )
    for house, day, forms, in_time in (
        (None, date(2026, 1, 1), 9, 1),
        (None, date(2026, 3, 1), 9, 7),
        (None, date(2026, 4, 1), 9, 9),
        (kept, date(2026, 2, 1), 4, 2),
        (lost, date(2026, 2, 1), 4, 4),
    ):
        CompletenessScore.objects.create(
            company=company, building=house, day=day, asked=10, filled=5, forms=forms,
            in_time=in_time, percent=50,
        )  # fmt: skip
    assert counts() == {"forms": 13, "forms_in_time": 9}


def test_violations_of_the_window_count_in_the_newest_version_that_stands(year, company):
    first = publish(company, "1.5")
    violation(first, 0, day=date(2026, 2, 1), number=7)
    second = publish(company, "1.5", version=2)
    violation(second, 0, day=date(2026, 2, 1), number=2)
    violation(second, 1, day=date(2026, 3, 31), number=1)
    violation(second, 2, day=date(2025, 3, 31), number=50)
    violation(second, 3, day=date(2026, 4, 1), number=50)
    assert counts() == {"violations": 3}
    PublicationReturn.objects.create(publication=second, remark="Неверно", at=WITHIN)
    assert counts() == {"violations": 7}


def test_debts_are_told_by_the_yearly_forms_of_three_years(year, company):
    publish(company, "1.4", year=2022, debt_for_gas=500)
    publish(company, "1.4", year=2024, debt_for_gas=500, debt_for_other=500)
    publish(company, "1.4", year=2025, debt_for_gas=0, debt_for_other=0, debt_for_cold_water=7)
    publish(company, "1.4", year=2026, at=AFTER, debt_for_gas=1)
    assert counts() == {"debts_told": 5, "debts_none": 2}
    assert counts(RIVAL_INN) == {}
