"""The watch over new requests: proposals, their growth, and what must not raise one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import System, actor_of
from requests_app import intake, lifecycle
from requests_app.incidents import bursts_past, bursts_watch
from requests_app.models import (
    HeardRequest,
    Incident,
    IncidentBuilding,
    IncidentProposal,
    ProposalScope,
    ProposalState,
    QuietPast,
    QuietPlace,
    Request,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NO_WATER = "cw_none"


@pytest.fixture
def street(make_building, company, supplier):
    """Return twelve houses of one street, in one district."""
    return [
        make_building(
            company=company,
            supplier=supplier,
            street="ул. Вокзальная",
            house=str(n),
            district="Береговой",
        )
        for n in range(1, 13)
    ]


@pytest.fixture
def call(categories, new_request, street):
    """Return a caller: `call(place, minutes, flat="")` asks from a house of the street."""
    flats = iter(range(1, 10_000))

    def make(place: int, minutes: float = 0, *, flat: str = "", category: str = NO_WATER, **fields):
        new = new_request(
            category=category, building=street[place].pk, flat=flat or str(next(flats)), **fields
        )
        at = NOW + timedelta(minutes=minutes)
        return intake.file(new, by=System(), at=at).request

    return make


def listen(minutes: float = 0) -> int:
    return bursts_watch.listen(at=NOW + timedelta(minutes=minutes))


def test_calls_from_a_street_become_a_proposal_with_its_evidence(call, street):
    asked = [call(place, place) for place in range(5)]
    assert listen(5) == 5
    proposal = IncidentProposal.objects.get()
    assert proposal.scope == ProposalScope.STREET
    assert proposal.utility == "cold_water"
    assert proposal.street_id == street[0].street_id
    assert proposal.expected < proposal.seen
    assert {row.request_id for row in proposal.heard.all()} <= {item.pk for item in asked}
    assert proposal.heard.count() >= 3
    assert proposal.raised_at == NOW + timedelta(minutes=5)


def test_a_quiet_day_raises_nothing(call):
    for place in range(6):
        call(place, 150 * place)
        listen(150 * place)
    assert not IncidentProposal.objects.exists()


def test_further_calls_grow_the_proposal_and_raise_no_second_one(call):
    for place in range(5):
        call(place, place)
    listen(5)
    before = IncidentProposal.objects.get().heard.count()
    for place in range(5, 12):
        call(place, 10 + place)
        listen(10 + place)
    assert IncidentProposal.objects.get().heard.count() == before + 7


def test_a_house_grows_into_its_street(call):
    for n in range(8):
        call(0, n)
        listen(n)
    house = IncidentProposal.objects.get()
    assert house.scope == ProposalScope.HOUSE
    for place in range(1, 8):
        call(place, 10 + place)
    listen(20)
    street = IncidentProposal.objects.get()
    assert (street.pk, street.scope) == (house.pk, ProposalScope.STREET)
    assert street.heard.count() == 15


def test_a_dismissed_burst_stays_dismissed_while_it_goes_on(call):
    for place in range(5):
        call(place, place)
    listen(5)
    IncidentProposal.objects.update(state=ProposalState.DISMISSED, reason="Учения")
    for place in range(12):
        call(place, 60 + 10 * place)
        listen(60 + 10 * place)
    assert IncidentProposal.objects.get().state == ProposalState.DISMISSED


def test_the_same_flat_calling_again_is_one_caller(call):
    for n in range(10):
        call(0, n, flat="12")
    listen(10)
    assert not IncidentProposal.objects.exists()


def test_a_known_incident_of_the_houses_explains_the_calls(call, street, categories):
    incident = Incident.objects.create(
        kind="fault", utility="cold_water", category=categories[NO_WATER], title="Порыв",
        started_at=NOW - timedelta(hours=1),
    )  # fmt: skip
    IncidentBuilding.objects.bulk_create(
        IncidentBuilding(incident=incident, building=house) for house in street
    )
    for place in range(10):
        call(place, place)
    assert listen(10) == 10
    assert not IncidentProposal.objects.exists()


def test_requests_hung_on_an_incident_count_no_more(call, street, categories, operator):
    for place in range(2):
        call(place, place)
    listen(2)
    incident = Incident.objects.create(
        kind="fault", utility="cold_water", category=categories[NO_WATER], title="Порыв",
        started_at=NOW,
    )  # fmt: skip
    IncidentBuilding.objects.create(incident=incident, building=street[0])
    IncidentBuilding.objects.create(incident=incident, building=street[1])
    for item in Request.objects.all():
        lifecycle.attach_to_incident(
            item, incident=incident.pk, by=actor_of(operator), at=NOW + timedelta(minutes=3)
        )
    for place in range(2, 4):
        call(place, place)
    listen(5)
    assert not IncidentProposal.objects.exists()


def test_other_matters_are_not_counted_together(call):
    matters = ("cw_none", "ht_none", "el_none", "hw_none")
    for place in range(8):
        call(place, place, category=matters[place % 4])
    listen(10)
    assert not IncidentProposal.objects.exists()


def test_what_concerns_no_utility_is_not_heard(call):
    for place in range(6):
        call(place, place, category="en_door")
    assert listen(10) == 0
    assert not HeardRequest.objects.exists()


def test_an_imported_history_raises_nothing(call):
    for place in range(12):
        call(place, place - 30 * 24 * 60)
    assert listen() == 0
    assert not IncidentProposal.objects.exists()


def test_requests_from_a_clock_that_ran_ahead_wait_until_their_time(call):
    for place in range(6):
        call(place, 120 + place)
    assert listen() == 0
    assert listen(130) == 6
    assert IncidentProposal.objects.count() == 1


def test_a_request_that_commits_behind_a_later_one_is_still_heard(call):
    late = call(0, 0)
    Request.objects.filter(pk=late.pk).update(registered_at=NOW + timedelta(minutes=5))
    call(1, 2)
    assert listen(2) == 1
    assert listen(5) == 1
    assert HeardRequest.objects.count() == 2


def test_hearing_twice_changes_nothing(call):
    for place in range(5):
        call(place, place)
    listen(5)
    before = list(IncidentProposal.objects.values()), list(HeardRequest.objects.values())
    assert listen(5) == 0
    assert (list(IncidentProposal.objects.values()), list(HeardRequest.objects.values())) == before


def test_after_a_standstill_everything_is_heard_in_the_order_of_time(call):
    for place in reversed(range(6)):
        call(place, place)
    assert listen(5 * 60) == 6
    assert IncidentProposal.objects.get().first_at >= NOW


def test_a_second_watch_at_the_same_time_does_nothing(call):
    call(0)
    other = psycopg2.connect(**connection.get_connection_params())
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [bursts_watch._LOCK])
    assert listen(1) == 0
    other.rollback()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [bursts_watch._LOCK])
    other.close()
    assert listen(1) == 1


def test_the_number_of_queries_does_not_grow_with_the_requests(call):
    def queries(count: int, minutes: int) -> int:
        for _ in range(count):
            # Far apart in kind of place: no proposal is written.
            call(0, minutes, flat="1")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            listen(minutes)
        return len(captured)

    queries(1, 0)
    assert queries(1, 1) == queries(9, 2)


def test_callers_are_forgotten_and_the_evidence_stays(call):
    for place in range(5):
        call(place, place)
    call(0, 0, category="ht_none")
    listen(5)
    bursts_watch.forget(at=NOW + timedelta(days=4))
    kept = HeardRequest.objects.all()
    assert kept.count() == IncidentProposal.objects.get().heard.count()
    assert {row.caller for row in kept} == {""}


def test_the_night_counts_the_past_by_hour_month_and_place(call, street, supplier):
    for place in (0, 0, 1):
        call(place, -60 * 24 * 10)
    call(2, -60 * 24 * 10 + 1, category="en_door")
    bursts_past.count_quiet_past(at=NOW)
    assert QuietPlace.objects.get(scope="house", key=str(street[0].pk)).seen == 2
    houses = QuietPlace.objects.get(
        scope="street", utility="cold_water", key=str(street[0].street_id)
    )
    assert (houses.seen, houses.flats) == (3, 12 * 80)
    zone = QuietPlace.objects.get(
        scope="zone", utility="cold_water", key=f"{supplier.pk}|Береговой"
    )
    assert zone.seen == 3
    past = QuietPast.objects.get(utility="cold_water").values
    assert len(past["by_hour"]) == 168
    assert max(past["by_hour"]) > 1
    assert QuietPast.objects.get(utility="heating").values["year"] < 30


def test_what_proposals_and_incidents_explain_is_no_quiet_past(call, street):
    for place in range(5):
        call(place, place)
    listen(5)
    told = IncidentProposal.objects.get().heard.count()
    bursts_past.count_quiet_past(at=NOW + timedelta(days=1))
    assert (
        QuietPlace.objects.get(
            scope="street", utility="cold_water", key=str(street[0].street_id)
        ).seen
        == 5 - told
    )


def test_a_street_that_always_calls_is_expected_to(call, street):
    for day in range(1, 60):
        for place in range(6):
            call(place, -60 * 24 * day + place)
    bursts_past.count_quiet_past(at=NOW - timedelta(hours=1))
    for place in range(5):
        call(place, place)
    listen(5)
    assert not IncidentProposal.objects.exists()
