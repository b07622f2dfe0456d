"""The cast of the tests of money back."""

from __future__ import annotations

import pytest

from accounts import roles
from accounts.actors import Executor, Lawyer, Operator, Resident
from accounts.models import User
from claims import lifecycle
from claims.court import opening
from claims.models import Claim, CourtCase
from claims.statuses import ClaimStatus
from tests.city_fixtures import COMPANY_INN
from tests.claims.court_cast import AT, member


@pytest.fixture
def owner(resident) -> Resident:
    return Resident(id=resident.pk)


@pytest.fixture
def desk(operator) -> Operator:
    return Operator(id=operator.pk, sees_contacts=True, is_admin=False)


@pytest.fixture
def firm(company_user) -> Executor:
    return Executor(id=company_user.pk, inns=(COMPANY_INN,))


@pytest.fixture
def lawyer(roles_loaded) -> User:
    return member("lawyer@example.org", "Киселёв Артём")


@pytest.fixture
def second(roles_loaded) -> User:
    return member("second@example.org", "Юрьева Инна")


@pytest.fixture
def jurist(lawyer) -> Lawyer:
    return Lawyer(id=lawyer.pk)


@pytest.fixture
def other_jurist(second) -> Lawyer:
    return Lawyer(id=second.pk)


@pytest.fixture
def head_user(roles_loaded) -> User:
    return member("head@example.org", "Главный Юрист", roles.CHIEF_LAWYERS)


@pytest.fixture
def head(head_user) -> Lawyer:
    return Lawyer(id=head_user.pk, may_assign=True)


@pytest.fixture
def filed(make_request, owner) -> Claim:
    body = {
        "utility": "heating",
        "month": "2026-03",
        "charge": "3000",
        "metered": True,
        "intervals": [
            {
                "kind": "interruption",
                "start": "2026-03-02T08:00:00+04:00",
                "end": "2026-03-03T14:00:00+04:00",
                "room_celsius": "15",
            }
        ],
    }
    return lifecycle.file(make_request(status="in_progress"), body, by=owner, at=AT)


@pytest.fixture
def handed(filed, desk) -> Claim:
    """Return a claim that was refused and handed to a lawyer."""
    details = lifecycle.Details(text="Юристу")
    lifecycle.move(filed, ClaimStatus.REFUSED, by=desk, at=AT, details=details)
    return lifecycle.move(filed, ClaimStatus.LAWYER, by=desk, at=AT, details=details)


@pytest.fixture
def case(handed, desk, lawyer) -> CourtCase:
    return opening.open_for(handed, lawyer, by=desk, at=AT)
