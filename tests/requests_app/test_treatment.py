"""How companies treat their requests: counted for all at once as for one, kept and renewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from disclosure.models import ResponseFigures
from requests_app import treatment
from requests_app.models import Request
from tests.city_fixtures import NOON

pytestmark = pytest.mark.django_db
COUNTS = ("total", "fixed", "judged", "in_time", "presented", "reopened")


def counts(figures: ResponseFigures) -> dict[str, int]:
    return {name: getattr(figures, name) for name in COUNTS}


@pytest.fixture
def some(company, rival_company, make_building, make_request):
    """Give one company a request done in time, one late, one refused; its rival an open one."""
    ours, theirs = make_building(company=company), make_building(company=rival_company)
    due = make_request(building=ours.pk).due_at
    Request.objects.filter(pk=make_request(building=ours.pk).pk).update(
        due_at=due, done_at=due - timedelta(hours=1), status="closed", outcome="fixed"
    )
    Request.objects.filter(pk=make_request(building=ours.pk).pk).update(
        status="closed", outcome="refused"
    )
    make_request(building=theirs.pk)
    return due + timedelta(hours=2)


def test_all_are_counted_as_one_is(company, rival_company, some):
    assert treatment.count_all(at=some) == 2
    for each in (company, rival_company):
        kept = ResponseFigures.objects.get(company=each)
        assert counts(kept) == counts(treatment.of_company(each, at=some))
    assert ResponseFigures.objects.get(company=company).in_time_percent == 50


def test_counting_again_renews_and_forgets_the_silent(company, some):
    treatment.count_all(at=some)
    Request.objects.filter(executor_inn=company.inn).update(
        registered_at=NOON - timedelta(days=365)
    )
    assert treatment.count_all(at=some + timedelta(minutes=15)) == 1
    assert not ResponseFigures.objects.filter(company=company).exists()


def test_a_supplier_s_requests_are_nobody_s_here(company, some):
    Request.objects.update(executor_inn="7325000020")
    assert treatment.count_all(at=some) == 0


def test_counting_costs_the_same_for_many(company, some):
    with CaptureQueriesContext(connection) as few:
        treatment.count_all(at=some)
    first = Request.objects.filter(executor_inn=company.inn).first()
    for number in range(5):
        Request.objects.filter(pk=first.pk).update(due_at=some + timedelta(days=number))
    with CaptureQueriesContext(connection) as again:
        treatment.count_all(at=some + timedelta(minutes=15))
    assert len(few) == len(again)
