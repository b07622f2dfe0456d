"""The test of bursts as a rule: odds, allowance for many tests, quiet, seasonal and broken data."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from requests_app.incidents import bursts, bursts_grouping
from requests_app.incidents.bursts import Counted, Expected, Finding, Scope
from requests_app.incidents.bursts_city import City
from requests_app.incidents.bursts_grouping import Known, State
from requests_app.incidents.bursts_history import History, Place, echoes_in, fit, hour_of_week
from requests_app.incidents.bursts_recent import Mark, Recent
from requests_app.incidents.bursts_trial import median_of, run

ZONE = ZoneInfo("Europe/Ulyanovsk")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LIMIT = bursts.limit(1_500)
FLATS = 60


def history(*, an_hour: float = 1.0, houses: int = 300, **fields: object) -> History:
    """Return an even past: so many requests an hour from the whole city."""
    return replace(
        History(
            by_month=[an_hour] * 12,
            by_hour=[1.0] * 168,
            year=an_hour * 24 * 365,
            flats=houses * FLATS,
            echo=0.04,
            places={
                (Scope.STREET, 1): Place(12 * FLATS, an_hour * 24 * 365 * 12 / houses),
                (Scope.ZONE, "1"): Place(houses // 4 * FLATS, an_hour * 24 * 365 / 4),
            },
        ),
        **fields,
    )


def mark(minutes: float, house: int, *, caller: str = "", street: int = 1, zone: str = "1") -> Mark:
    """Return a request so many minutes after noon; every caller is another unless named."""
    mark.count += 1
    return Mark(
        NOON + timedelta(minutes=minutes), mark.count, house, street, zone,
        caller or f"caller {mark.count}", FLATS,
    )  # fmt: skip


mark.count = 0


def findings(past: History, marks: list[Mark]) -> list[Finding | None]:
    """Judge requests one by one, in the order given."""
    recent = Recent(past, ZONE)
    found = []
    for one in marks:
        recent.add(one)
        found.append(recent.judge(one, limit=LIMIT))
    return found


@given(
    mean=st.floats(0.001, 30),
    shape=st.floats(1, 50),
    echo=st.floats(0, 0.3),
    others=st.integers(1, 40),
)
def test_odds_are_those_of_a_negative_binomial_seen_from_one_of_its_points(
    mean, shape, echo, others
):
    spread = 1 / (1 - echo) + mean / shape
    law = stats.nbinom(mean / (spread - 1) + 1, 1 / spread)
    ours = bursts.chance_of_others(others, Expected(mean=mean, shape=shape, echo=echo))
    assert math.isclose(ours, law.sf(others - 1), rel_tol=1e-6, abs_tol=1e-12)


def test_a_mean_known_for_sure_gives_the_odds_of_poisson():
    ours = bursts.chance_of_others(5, Expected(mean=1.5, shape=1e18))
    assert math.isclose(ours, stats.poisson.sf(4, 1.5), rel_tol=1e-6)


@given(mean=st.floats(0.001, 20), more=st.floats(1.01, 5), others=st.integers(1, 20))
def test_a_busier_place_is_never_more_surprising(mean, more, others):
    quiet = bursts.chance_of_others(others, Expected(mean=mean, shape=8))
    busy = bursts.chance_of_others(others, Expected(mean=mean * more, shape=8))
    assert busy >= quiet


def test_all_tests_of_a_month_together_stay_within_the_stated_false_alarms():
    for requests in (500, 3_000, 60_000):
        assert (
            bursts.limit(requests) * bursts.TESTS * requests <= bursts.FALSE_ALARMS_A_MONTH + 1e-9
        )


def test_houses_of_one_street_within_minutes_are_a_burst_of_the_street():
    found = findings(history(), [mark(place, house=place) for place in range(1, 6)])
    assert found[0] is None
    assert found[-1] is not None
    assert found[-1].scope is Scope.STREET
    assert found[-1].seen == 5
    assert found[-1].expected < 0.1
    assert found[-1].chance < LIMIT


def test_many_callers_of_three_houses_are_a_burst_of_their_street():
    marks = [mark(5 * n, house=n % 3) for n in range(9)]
    assert findings(history(an_hour=8), marks)[-1].counted is Counted.CALLERS


def test_one_house_calling_is_a_burst_of_the_house_and_not_of_its_street():
    found = [one for one in findings(history(), [mark(4 * n, house=7) for n in range(6)]) if one]
    assert found
    assert {one.scope for one in found} == {Scope.HOUSE}


def test_houses_of_many_streets_are_a_burst_of_the_zone():
    marks = [mark(place, house=place, street=place + 10) for place in range(1, 12)]
    assert findings(history(), marks)[-1].scope is Scope.ZONE


def test_one_caller_ringing_ten_times_is_no_burst():
    marks = [mark(n, house=7, caller="flat 12") for n in range(10)]
    assert findings(history(), marks) == [None] * 10


def test_two_neighbours_are_no_burst():
    assert findings(history(an_hour=0.01), [mark(0, house=7), mark(3, house=7)]) == [None, None]


def test_the_same_calls_are_told_of_in_a_quiet_city_and_not_in_a_busy_one():
    marks = [mark(8 * place, house=place) for place in range(1, 6)]
    assert findings(history(), marks)[-1] is not None
    assert findings(history(an_hour=60), marks)[-1] is None


def test_frost_that_makes_the_whole_city_call_excuses_a_street():
    street = [mark(12 * place, house=place) for place in range(1, 6)]
    frost = [
        mark(-minutes, house=1_000 + minutes, street=99, zone=str(2 + minutes % 3))
        for minutes in range(40, 1_400, 5)
    ]
    assert findings(history(), street)[-1] is not None
    assert findings(history(), frost + street)[-1] is None


def test_a_fault_of_the_whole_city_does_not_excuse_itself():
    marks = [
        mark(n / 10, house=n, street=n // 5, zone=str(n % 4)) for n in range(1, 120)
    ]  # fmt: skip
    assert any(findings(history(), marks))


def test_an_hour_that_always_brings_calls_is_expected_to():
    by_hour = dict.fromkeys(range(168), 10.0) | {hour_of_week(NOON.astimezone(ZONE)): 3_000.0}
    past = fit(
        by_hour, dict.fromkeys(range(1, 13), 380.0), since=date(2025, 3, 1),
        until=date(2026, 3, 1), year=4_600, flats=18_000, echoes=100,
    )  # fmt: skip
    usual = past.expected(NOON + timedelta(days=1), NOON + timedelta(days=1, hours=1), ZONE)
    assert past.expected(NOON, NOON + timedelta(hours=1), ZONE) > 20 * usual


def test_winter_is_expected_to_differ_from_summer():
    past = fit(
        dict.fromkeys(range(168), 100.0),
        {1: 3_000.0, 7: 30.0, **dict.fromkeys((2, 3, 4, 5, 6, 8, 9, 10, 11, 12), 1000.0)},
        since=date(2025, 1, 1), until=date(2026, 1, 1), year=13_000, flats=18_000, echoes=0,
    )  # fmt: skip
    winter, summer = datetime(2026, 1, 12, 9, tzinfo=UTC), datetime(2026, 7, 13, 9, tzinfo=UTC)
    hour = timedelta(hours=1)
    ratio = past.expected(winter, winter + hour, ZONE) / past.expected(summer, summer + hour, ZONE)
    assert 5 < ratio < 100


def test_a_city_without_a_past_tells_of_twenty_houses_and_not_of_three():
    past = fit({}, {}, since=date(2026, 3, 1), until=date(2026, 3, 1), year=0, flats=18_000,
               echoes=0)  # fmt: skip
    assert findings(past, [mark(60 * n, house=n) for n in range(1, 4)])[-1] is None
    assert findings(past, [mark(n, house=n) for n in range(1, 21)])[-1] is not None


def test_hours_of_the_past_are_summed_across_their_borders():
    past = history(an_hour=6.0)
    start = NOON + timedelta(minutes=50)
    assert math.isclose(past.expected(start, start + timedelta(minutes=20), ZONE), 2.0)
    assert past.expected(start, start, ZONE) == 0.0


def test_a_request_that_comes_late_takes_its_place_in_time():
    inorder = [mark(place, house=place) for place in range(1, 6)]
    mixed = [inorder[3], inorder[0], inorder[4], inorder[1], inorder[2]]
    recent = Recent.of(history(), ZONE, mixed)
    assert recent.marks == inorder
    assert recent.judge(inorder[-1], limit=LIMIT) == findings(history(), inorder)[-1]


def test_a_clock_that_jumps_a_day_ahead_makes_no_burst_of_what_lies_before():
    marks = [mark(0, house=1), mark(24 * 60, house=2), mark(48 * 60, house=3)]
    assert findings(history(), marks) == [None] * 3


def test_what_is_older_than_a_day_is_forgotten():
    recent = Recent.of(history(), ZONE, [mark(n, house=n) for n in range(1, 6)])
    recent.forget(NOON + timedelta(minutes=4))
    assert [one.house for one in recent.marks] == [4, 5]
    assert not recent.within(Scope.HOUSE, 1, NOON - timedelta(days=1), NOON + timedelta(days=1))


def test_a_burst_that_operators_know_of_does_not_make_the_city_look_busy():
    other = [mark(-60 - n, house=500 + n, street=50, zone="2") for n in range(60)]
    street = [mark(12 * place, house=place) for place in range(1, 6)]
    recent = Recent.of(history(), ZONE, other + street)
    assert recent.judge(street[-1], limit=LIMIT) is None
    recent.told = {one.request for one in other}
    assert recent.judge(street[-1], limit=LIMIT) is not None


def test_echoes_are_other_callers_soon_after_and_not_a_whole_house():
    def calls(house: int, *minutes_and_callers: tuple[int, str]) -> list[tuple[int, datetime, str]]:
        return [(house, NOON + timedelta(minutes=m), caller) for m, caller in minutes_and_callers]

    assert echoes_in([]) == 0
    assert echoes_in(calls(1, (0, "a"), (30, "b"))) == 1
    assert echoes_in(calls(1, (0, "a"), (30, "a"))) == 0
    assert echoes_in(calls(1, (0, "a"), (600, "b"))) == 0
    assert echoes_in(calls(1, *[(n, f"flat {n}") for n in range(8)])) == 0


def known(scope: Scope, *, state: State = State.OPEN, minutes: float = 0, pk: int = 1) -> Known:
    return Known(pk, scope, 1, 1, "1", state, NOON + timedelta(minutes=minutes))


def finding(scope: Scope) -> Finding:
    return Finding(
        scope=scope,
        counted=Counted.HOUSES,
        window=timedelta(hours=1),
        seen=5,
        expected=0.1,
        chance=1e-9,
    )


def test_a_request_of_a_known_burst_joins_it_and_raises_nothing():
    for state in (State.OPEN, State.ACCEPTED, State.DISMISSED):
        one = known(Scope.STREET, state=state)
        decision = bursts_grouping.decide(mark(30, house=5), finding(Scope.STREET), [one])
        assert decision == bursts_grouping.Decision(one)


def test_a_burst_that_outgrows_its_street_widens_the_proposal_and_takes_in_smaller_ones():
    street, house = known(Scope.STREET, pk=1), replace(known(Scope.HOUSE, pk=2), street=2)
    decision = bursts_grouping.decide(mark(30, house=5), finding(Scope.ZONE), [street, house])
    assert decision.known is street
    assert decision.widen
    assert decision.absorbed == (house,)


def test_what_was_dismissed_is_not_widened():
    one = known(Scope.STREET, state=State.DISMISSED)
    decision = bursts_grouping.decide(mark(30, house=5), finding(Scope.ZONE), [one])
    assert decision == bursts_grouping.Decision(one)


def test_the_next_day_is_another_burst():
    one = known(Scope.STREET, state=State.DISMISSED)
    decision = bursts_grouping.decide(mark(24 * 60, house=5), finding(Scope.STREET), [one])
    assert decision.raise_new


@pytest.mark.parametrize("seed", [1, 3])
def test_an_invented_city_with_frost_weeks_keeps_the_promise(seed):
    """A smaller city and a shorter time than the command's: the figures in the docs are its."""
    since = datetime(2023, 7, 1, tzinfo=UTC)
    city = City(houses=240, since=since, until=since + timedelta(days=455), zone=ZONE, seed=seed)
    trial = run(city, learn=timedelta(days=90))
    faults = [f for scope in (Scope.STREET, Scope.ZONE) for f in trial.of(scope, least_calls=6)]
    assert len(faults) > 20
    assert len(trial.found(faults)) >= 0.95 * len(faults)
    assert median_of(trial.delays(faults)) <= timedelta(minutes=30)
    assert len(trial.false_alarms) <= bursts.FALSE_ALARMS_A_MONTH * trial.months
    assert trial.repeated <= 0.05 * len(trial.raised)
