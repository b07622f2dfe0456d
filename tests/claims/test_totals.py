"""What was won, in public: sums that agree, groups too small to show, a proof that can fail."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import Resident
from claims import lifecycle
from claims.lifecycle import Details
from claims.models import Claim, WorkWon
from claims.statuses import ClaimStatus
from claims.totals import counting
from claims.totals.counting import By, Group
from tests.claims.test_claims import AT, LATER, body

URL = "/recalculation/won/"


@pytest.fixture
def win(make_request, resident, operator):
    from accounts.actors import actor_of

    staff = actor_of(operator)

    def make(flat: str, month: str = "2026-04-01") -> Claim:
        item = make_request(status="in_progress", flat=flat)
        owner = Resident(id=resident.pk)
        claim = lifecycle.file(item, body(), by=owner, at=AT)
        details = Details(credited_in=date.fromisoformat(month))
        lifecycle.move(claim, ClaimStatus.GRANTED, by=staff, at=LATER, details=details)
        return lifecycle.move(claim, ClaimStatus.PAID, by=owner, at=LATER)

    return make


def proved() -> str:
    out = StringIO()
    call_command("reconcile_money", stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.django_db
def test_nothing_is_shown_of_fewer_than_five(client: Client, win):
    for flat in "1234":
        win(flat)
    page = client.get(URL).content.decode()
    assert "меньше пяти" in page
    assert "252" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("by", list(By))
def test_five_are_shown_and_name_nobody(
    client: Client, win, building, by, django_assert_num_queries
):
    for flat in "12345":
        win(flat)
    WorkWon.objects.bulk_create(
        WorkWon(
            building=building,
            executor_name="УК «Причал»",
            what="Замена стояка",
            done_on=date(2026, 5, 1),
            price_rub=Decimal("1000.50"),
            act=f"№ {number}",
        )
        for number in range(5)
    )
    with django_assert_num_queries(1 if by == By.UTILITY else 2):
        page = client.get(URL, {"by": by}).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "315 ₽ 00 к." in page
    for person in ("Петрова", "resident@example.org", "Садовая", "26-0000"):
        assert person not in page
    assert "5 claims, 315.00 rub; 5 works, 5002.50 rub" in proved()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "lie",
    [
        {"amount_rub": Decimal("64.00"), "granted_rub": Decimal("63.00")},
        {"paid_rub": Decimal("62.00")},
        {"granted_rub": Decimal("70.00")},
        {"status": ClaimStatus.REFUSED, "paid_rub": None},
        {"credited_in": None},
    ],
)
def test_a_lie_in_the_rows_is_found(win, lie):
    claim = win("1")
    assert "1 claims" in proved()
    Claim.objects.filter(pk=claim.pk).update(**lie)
    with pytest.raises(CommandError):
        proved()


groups = st.lists(
    st.builds(
        Group,
        key=st.uuids().map(str),
        count=st.integers(1, 12),
        sum_rub=st.integers(1, 10_000).map(Decimal),
    ),
    max_size=12,
)


@given(groups)
def test_folding_loses_no_ruble_and_shows_no_small_group(found):
    folded = counting.fold(found)
    assert counting.total(folded) == counting.total(found)
    small = [group for group in folded if not counting.is_showable(group)]
    # Only all rows together may be that few, and then nothing else is shown.
    assert not small or len(folded) == 1


@pytest.mark.django_db
def test_an_unknown_grouping_is_by_year(client: Client):
    assert client.get(URL, {"by": "flat"}).status_code == 200
