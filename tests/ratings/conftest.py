"""A small city whose year is known request by request."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.actors import System
from ratings import publishing, snapshots

MONTH = date(2026, 3, 1)
AFTER = datetime(2026, 4, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def year(make_request, building, company, rival_company, make_building):
    """Return after `company` fixed three requests in time and left one; the rival has houses."""
    make_building(company=rival_company, flats=300, built_year=1960)
    at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    for day in range(3):
        make_request(status="closed", outcome="fixed", at=at + timedelta(days=day * 2))
    make_request(at=at + timedelta(days=9))
    make_request(status="closed", outcome="withdrawn", at=at + timedelta(days=10))


@pytest.fixture
def draft(year):
    return snapshots.draft(MONTH, at=AFTER)


@pytest.fixture
def published(draft):
    return publishing.publish(
        draft.pk, by=System(), at=AFTER + timedelta(days=10), waiver="Для проверки"
    )
