"""The city of the tests is what it says: each status is reached as real requests reach it."""

from __future__ import annotations

import pytest

from requests_app.statuses import Outcome, Status
from tests.city_fixtures import rows_of


@pytest.mark.parametrize("status", Status.values)
def test_every_status_is_reached(status, make_request, company):
    item = make_request(status=status)
    assert item.status == status
    assert item.company == company
    assert [row["status"] for row in rows_of(item)["events"]][-1] == status


@pytest.mark.parametrize("outcome", Outcome.values)
def test_every_outcome_is_reached(outcome, make_request):
    item = make_request(outcome=outcome)
    assert (item.status, item.outcome) == (Status.CLOSED, outcome)
