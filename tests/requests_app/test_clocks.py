"""Which clocks a request has, what stops and lengthens them; every number names its clause."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_app import calendar, clocks, deadlines
from requests_app.clocks import LegalKind, Stage
from requests_app.deadlines import Limit, NormLimits, Pause, Unit

ZONE = ZoneInfo("Europe/Ulyanovsk")
RUSSIA = calendar.of_years(range(2024, 2029))
HEATING = NormLimits(
    inspect=Limit(2, Unit.HOURS), fix=Limit(16, Unit.HOURS), answer=Limit(3, Unit.WORKING_DAYS)
)
LEAK = NormLimits(react=Limit(30, Unit.MINUTES), fix=Limit(3, Unit.DAYS))
LETTER = NormLimits(answer=Limit(10, Unit.WORKING_DAYS))
quick = settings(max_examples=120, deadline=None)


def local(text: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H:%M").replace(tzinfo=zone)


def shown(moment: datetime | None, zone: ZoneInfo = ZONE) -> str:
    return moment.astimezone(zone).strftime("%d.%m.%Y %H:%M") if moment else ""


def promise(kind, norm, registered, *, zone=ZONE, days=RUSSIA, **more) -> deadlines.Promise:
    return clocks.promise(
        kind, norm, registered_at=local(registered, zone), calendar=days, zone=zone, **more
    )


def first(kind, norm, registered, clause="") -> dict[str, str]:
    found = clocks.promised(
        clocks.rules_of(kind, norm, clause=clause),
        registered_at=local(registered),
        calendar=RUSSIA,
        zone=ZONE,
    )
    return {stage.value: shown(one.by) for stage, one in found.items()}


# ------------------------------------------------------------------ the law's own examples


def test_an_appeal_is_registered_passed_on_and_answered_as_59fz_says():
    assert first(LegalKind.APPEAL, NormLimits(), "02.03.2026 09:00") == {
        "register": "05.03.2026 23:59",
        # Monday the 9th is off in place of the holiday: the working day before.
        "forward": "06.03.2026 23:59",
        "answer": "01.04.2026 23:59",
    }


def test_a_leak_runs_by_hours_and_a_letter_by_working_days():
    assert first(LegalKind.SERVICE, LEAK, "30.04.2026 23:50") == {
        "register": "30.04.2026 23:59",
        "react": "01.05.2026 00:20",
        "fix": "03.05.2026 23:50",
    }
    assert first(LegalKind.SERVICE, LETTER, "30.04.2026 12:00")["answer"] == "18.05.2026 23:59"


def test_a_complaint_about_quality_is_looked_at_in_two_hours_and_answered_in_three_days():
    found = first(LegalKind.QUALITY, HEATING, "30.04.2026 12:00")
    assert found == {
        "register": "30.04.2026 23:59",
        "inspect": "30.04.2026 14:00",
        "fix": "01.05.2026 04:00",
        "answer": "06.05.2026 23:59",
    }


@pytest.mark.parametrize(
    ("kind", "norm", "stage", "clause"),
    [
        (LegalKind.SERVICE, LEAK, Stage.REGISTER, "ПП РФ № 416, разд. VIII"),
        (LegalKind.QUALITY, HEATING, Stage.REGISTER, "ПП РФ № 354, п. 105–106"),
        (LegalKind.APPEAL, LETTER, Stage.REGISTER, "59-ФЗ, ст. 8 ч. 2"),
        (LegalKind.APPEAL, LETTER, Stage.FORWARD, "59-ФЗ, ст. 8 ч. 3"),
        (LegalKind.APPEAL, LETTER, Stage.ANSWER, "59-ФЗ, ст. 12 ч. 1"),
        (LegalKind.ORAL, LETTER, Stage.ANSWER, "59-ФЗ, ст. 13 ч. 3"),
        (LegalKind.SERVICE, LEAK, Stage.REACT, "ПП РФ № 416, п. 13"),
        (LegalKind.QUALITY, HEATING, Stage.INSPECT, "ПП РФ № 354, п. 108"),
        (LegalKind.QUALITY, HEATING, Stage.ANSWER, "ПП РФ № 354, п. 31"),
        (LegalKind.SERVICE, LETTER, Stage.ANSWER, "ПП РФ № 416, п. 36"),
        (LegalKind.QUALITY, HEATING, Stage.FIX, "the norm's own"),
    ],
)
def test_every_limit_shows_its_clause(kind, norm, stage, clause):
    assert clocks.rules_of(kind, norm, clause="the norm's own")[stage].clause == clause


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({}, LegalKind.SERVICE),
        ({"has_utility": True}, LegalKind.QUALITY),
        ({"has_utility": True, "is_emergency": True}, LegalKind.SERVICE),
        ({"is_appeal": True, "has_utility": True}, LegalKind.APPEAL),
        ({"is_oral": True}, LegalKind.ORAL),
    ],
)
def test_what_is_asked_decides_the_legal_kind(facts, kind):
    plain = dict.fromkeys(("is_appeal", "is_oral", "has_utility", "is_emergency"), False)
    assert clocks.kind_of(**{**plain, **facts}) == kind


def test_calling_a_leak_an_appeal_leaves_the_pipe_its_time():
    leak = promise(LegalKind.SERVICE, LEAK, "02.03.2026 09:00")
    appeal = promise(LegalKind.APPEAL, LEAK, "02.03.2026 09:00")
    assert (appeal.react_by, appeal.fix_by, appeal.due_at) == (
        leak.react_by,
        leak.fix_by,
        leak.due_at,
    )
    assert shown(appeal.answer_by) == "01.04.2026 23:59"


# ------------------------------------------------------------------ awkward days


def test_an_answer_over_the_new_years_holidays_waits_for_working_days():
    # By decree 31.12.2025 is off, and so are all days to 11.01.2026.
    assert (
        shown(promise(LegalKind.QUALITY, HEATING, "30.12.2025 18:00").answer_by)
        == "14.01.2026 23:59"
    )
    # Heat waits for no holiday.
    assert (
        shown(promise(LegalKind.QUALITY, HEATING, "31.12.2025 23:00").fix_by) == "01.01.2026 15:00"
    )


def test_a_working_saturday_counts_and_its_monday_off_does_not():
    moved = calendar.of_years(
        [2026], [(date(2026, 3, 14), "workday"), (date(2026, 3, 16), "holiday")]
    )
    three = replace(LETTER, answer=Limit(3, Unit.WORKING_DAYS))
    plain = promise(LegalKind.SERVICE, three, "12.03.2026 12:00")
    shifted = promise(LegalKind.SERVICE, three, "12.03.2026 12:00", days=moved)
    assert shown(plain.answer_by) == "17.03.2026 23:59"
    # Fri 13, Sat 14 (worked), Tue 17.
    assert shown(shifted.answer_by) == "17.03.2026 23:59"
    one = replace(LETTER, answer=Limit(2, Unit.WORKING_DAYS))
    assert (
        shown(promise(LegalKind.SERVICE, one, "12.03.2026 12:00", days=moved).answer_by)
        == "14.03.2026 23:59"
    )


@pytest.mark.parametrize(
    ("registered", "ends"),
    [
        # 29.03.2026, Berlin: 02:00 becomes 03:00; the night has 23 hours.
        ("28.03.2026 23:30", "29.03.2026 04:30"),
        # 25.10.2026: 03:00 becomes 02:00; the day has 25 hours.
        ("24.10.2026 23:30", "25.10.2026 02:30"),
    ],
)
def test_hours_over_the_midnight_of_a_clocks_change_keep_their_length(registered, ends):
    berlin = ZoneInfo("Europe/Berlin")
    four = NormLimits(fix=Limit(4, Unit.HOURS))
    found = promise(LegalKind.SERVICE, four, registered, zone=berlin).fix_by
    assert shown(found, berlin) == ends
    assert found - local(registered, berlin).astimezone(UTC) == timedelta(hours=4)


def test_a_letters_day_ends_at_the_local_midnight_of_a_clocks_change():
    berlin = ZoneInfo("Europe/Berlin")
    asked = promise(LegalKind.APPEAL, NormLimits(), "27.02.2026 12:00", zone=berlin)
    # 29 March is a Sunday and the day of the change: the Friday before.
    assert shown(asked.answer_by, berlin) == "27.03.2026 23:59"


# ------------------------------------------------------------------ pauses

moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
stretches = st.builds(
    lambda start, minutes, only: Pause(start, start + timedelta(minutes=minutes), only),
    moments,
    st.integers(0, 5000),
    st.booleans(),
)
kinds = st.sampled_from(LegalKind)
limits = st.none() | st.builds(Limit, st.integers(1, 60), st.sampled_from(Unit))
norms = st.builds(NormLimits, react=limits, inspect=limits, fix=limits, answer=limits)


@quick
@given(kinds, norms, moments, st.lists(stretches, max_size=4))
def test_a_pause_moves_only_looking_and_repairing_by_its_length(kind, norm, moment, pauses):
    ask = {"registered_at": moment, "calendar": RUSSIA, "zone": ZONE}
    plain, paused = (
        clocks.promise(kind, norm, **ask),
        clocks.promise(kind, norm, **ask, pauses=pauses),
    )
    assert (paused.react_by, paused.answer_by) == (plain.react_by, plain.answer_by)
    if plain.fix_by is not None:
        assert paused.fix_by - plain.fix_by == deadlines.stood(pauses)
    if plain.inspect_by is not None:
        asked = [pause for pause in pauses if not pause.only_repair]
        assert paused.inspect_by - plain.inspect_by == deadlines.stood(asked)


@quick
@given(st.lists(stretches, max_size=5))
def test_time_that_stood_counts_once_however_many_grounds_it_had(pauses):
    total = deadlines.stood(pauses)
    assert total <= sum((pause.end - pause.start for pause in pauses), timedelta())
    assert total >= max((pause.end - pause.start for pause in pauses), default=timedelta())
    assert deadlines.stood([*pauses, *pauses]) == total


@quick
@given(kinds, norms, moments)
def test_what_is_kept_first_is_what_is_promised(kind, norm, moment):
    ask = {"registered_at": moment, "calendar": RUSSIA, "zone": ZONE}
    made = clocks.promise(kind, norm, **ask)
    kept = clocks.promised(clocks.rules_of(kind, norm, clause="x"), **ask)
    assert all(one.clause for one in kept.values())
    for stage, moment_by in (
        (Stage.REACT, made.react_by),
        (Stage.INSPECT, made.inspect_by),
        (Stage.FIX, made.fix_by),
        (Stage.ANSWER, made.answer_by),
    ):
        assert (kept[stage].by if stage in kept else None) == moment_by


# ------------------------------------------------------------------ extension


@pytest.mark.parametrize(
    ("kind", "clause", "ground"),
    [
        (LegalKind.APPEAL, "59-ФЗ, ст. 12 ч. 1", "59-ФЗ, ст. 12 ч. 2"),
        (LegalKind.ORAL, "59-ФЗ, ст. 13 ч. 3", "59-ФЗ, ст. 12 ч. 2"),
        (LegalKind.SERVICE, "59-ФЗ, ст. 12 ч. 1", "59-ФЗ, ст. 12 ч. 2"),
        (LegalKind.SERVICE, "ПП РФ № 416, п. 36", "ПП РФ № 416, п. 36"),
        (LegalKind.QUALITY, "ПП РФ № 354, п. 31", None),
    ],
)
def test_only_some_answers_may_be_put_off_and_at_most_thirty_days(kind, clause, ground):
    found = clocks.extension_of(kind, local("01.04.2026 23:59"), promised_clause=clause, zone=ZONE)
    assert found == (ground and clocks.Extension(date(2026, 5, 1), ground))
