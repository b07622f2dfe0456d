"""A house that changed its company or supplier in mid-outage: each answers for its own hours."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import Executor, Resident
from claims import lifecycle, parting
from claims.calculator.wording import rubles
from claims.models import Claim
from claims.parting import Part
from claims.recalculation import figures
from claims.recalculation.compute import calculate
from claims.recalculation.values import Bill, Interval, Kind, Service
from disclosure.answerable import Answerable
from disclosure.models import ManagementPeriod
from notifications.models import Message
from tests.city_fixtures import COMPANY_INN, NOON, RIVAL_INN
from tests.claims.test_incident_due import ZONE, moment

AT = NOON + timedelta(days=20)


def body(start="2026-03-08T12:00:00+04:00", end="2026-03-12T12:00:00+04:00"):
    return {
        "utility": "heating",
        "month": "2026-03",
        "charge": "3000",
        "metered": True,
        "intervals": [{"kind": "interruption", "start": start, "end": end, "room_celsius": "15"}],
    }


@pytest.fixture
def changed(building, rival_company):
    """The rival takes the house over on 10 March."""
    ManagementPeriod.objects.filter(building=building).update(
        during=DateRange(date(2020, 1, 1), date(2026, 3, 10))
    )
    ManagementPeriod.objects.create(
        building=building, company=rival_company, during=DateRange(date(2026, 3, 10), None)
    )
    return building


@pytest.mark.django_db
def test_each_company_is_sent_its_hours_and_the_parts_make_the_whole(
    changed, make_request, resident
):
    item = make_request(status="in_progress", at=NOON + timedelta(days=7))
    owner = Resident(id=resident.pk)
    first, second = lifecycle.file_parts(item, body(), by=owner, at=AT)
    assert [first.executor_inn, second.executor_inn] == [COMPANY_INN, RIVAL_INN]
    # 36 hours less 16 permitted; then 96 − 16 − 20.
    assert first.amount_rub == Decimal("90.00")
    assert second.amount_rub == Decimal("270.00")
    whole = calculate(*of(body()), figures=figures.on(date(2026, 3, 1)), zone=ZONE)
    assert first.amount_rub + second.amount_rub == whole.reduction_rub
    for claim in (first, second):
        assert sum(Decimal(line["amount"]) for line in claim.found["lines"]) == claim.amount_rub
    assert first.spans.get().during.upper == second.spans.get().during.lower
    told = set(
        Message.objects.filter(event="executor.claim.file").values_list("recipient", flat=True)
    )
    assert told == {"dispatch@prichal.example.org", "dispatch@sosed.example.org"}
    call_command("reconcile_money", stdout=StringIO())


def of(said):
    (row,) = said["intervals"]
    bill = Bill(
        service=Service.HEATING, month=date(2026, 3, 1), charge_rub=Decimal(3000), metered=True
    )
    start, end = (moment(row[name][:16]) for name in ("start", "end"))
    return bill, [Interval(kind=Kind.INTERRUPTION, start=start, end=end, reading=Decimal(15))]


@pytest.mark.django_db
def test_each_company_sees_its_own_claim_only(changed, make_request, resident, rival):
    item = make_request(status="in_progress", at=NOON + timedelta(days=7))
    first, second = lifecycle.file_parts(item, body(), by=Resident(id=resident.pk), at=AT)
    assert list(Claim.objects.visible_to(Executor(id=rival.pk, inns=(RIVAL_INN,)))) == [second]
    assert list(Claim.objects.visible_to(Executor(id=rival.pk, inns=(COMPANY_INN,)))) == [first]


@pytest.mark.django_db
def test_hours_before_the_change_go_to_the_company_of_then(changed, make_request, resident):
    # Filed after the change, with the new company: it does not answer for the old hours.
    item = make_request(status="in_progress", at=NOON + timedelta(days=7))
    said = body("2026-03-04T00:00:00+04:00", "2026-03-06T00:00:00+04:00")
    (claim,) = lifecycle.file_parts(item, said, by=Resident(id=resident.pk), at=AT)
    assert claim.executor_inn == COMPANY_INN


@pytest.mark.django_db
def test_permitted_hours_of_the_first_go_with_the_claim_to_the_second(
    changed, make_request, resident
):
    item = make_request(status="in_progress", at=NOON + timedelta(days=7))
    said = body("2026-03-09T14:00:00+04:00", "2026-03-11T14:00:00+04:00")
    (claim,) = lifecycle.file_parts(item, said, by=Resident(id=resident.pk), at=AT)
    assert claim.executor_inn == RIVAL_INN
    assert claim.amount_rub == Decimal("144.00")
    # Nobody may claim the ten permitted hours anew.
    with pytest.raises(lifecycle.Refused, match=claim.number):
        lifecycle.file_parts(item, said, by=Resident(id=resident.pk), at=AT)


@pytest.mark.django_db
def test_one_claimed_twice_is_refused_whole(changed, make_request, resident):
    item = make_request(status="in_progress", at=NOON + timedelta(days=7))
    owner = Resident(id=resident.pk)
    lifecycle.file_parts(item, body(), by=owner, at=AT)
    before = Claim.objects.count()
    with pytest.raises(lifecycle.Refused, match=rubles(Decimal("90.00"))[:2]):
        lifecycle.file_parts(item, body(), by=owner, at=AT)
    assert Claim.objects.count() == before


@given(
    hours=st.integers(1, 400),
    borders=st.lists(st.integers(1, 700), min_size=1, max_size=4, unique=True),
    charge=st.decimals("0.01", "9999.99", places=2),
)
def test_parts_add_up_to_the_whole_and_none_is_negative(hours, borders, charge):
    start = moment("2026-03-02T05:00")
    interval = Interval(kind=Kind.INTERRUPTION, start=start, end=start + timedelta(hours=hours))
    bill = Bill(service=Service.HEATING, month=date(2026, 3, 1), charge_rub=charge, metered=False)
    law = figures.on(date(2026, 3, 1))

    def calculated(stretches):
        return calculate(bill, stretches, figures=law, zone=ZONE)

    seconds = [int(start.timestamp()) + 3600 * one for one in sorted(borders)]
    parts = [Part(who=Answerable(), until=one) for one in [*seconds, None]]
    found = parting.shares(parts, [interval], calculated)
    assert sum(one.reduction_rub for one in found) == calculated([interval]).reduction_rub
    for one in found:
        assert one.reduction_rub >= 0
        assert sum(line.amount_rub for line in one.lines) == one.reduction_rub
        assert all(line.amount_rub >= 0 for line in one.lines)
