"""Marks of a drill: plain values in, marks out."""

from __future__ import annotations

import pytest

from contact_center.drill import storm
from contact_center.drill.marks import Count, Played, judge
from requests_app.reference import reading

VERA, GALINA = 1, 2


def call(key: str, **values) -> Played:
    return Played(
        **{
            "key": key,
            "number": f"26-{key}",
            "title": "Нет холодной воды",
            "filed_at": 0.0,
            "is_emergency": False,
            "limit": 10,
            "clause": "ПП РФ № 416, п. 13",
            "right_matter": "cw_none",
            "matter": "cw_none",
            **values,
        }
    )


def handled(key: str, *, after: float, by: int = VERA, **values) -> Played:
    """A call that somebody took and answered `after` minutes."""
    start = values.get("filed_at", 0.0)
    return call(
        key,
        **{
            "taken_at": start + after,
            "taken_by": by,
            "reacted_at": start + after,
            "reacted_by": by,
            **values,
        },
    )


def marks_of(calls: list[Played], *, minute: float = 60) -> dict[str, dict[Count, bool]]:
    report = judge(calls, crew=[VERA], minute=minute)
    return {one.call.key: {m.count: m.is_good for m in one.marks} for one in report.calls}


def test_an_answer_on_the_last_minute_is_in_time_and_one_later_is_not():
    found = marks_of([handled("a", after=10), handled("b", after=10.1)])
    assert found["a"][Count.IN_TIME]
    assert not found["b"][Count.IN_TIME]


def test_a_call_that_nobody_touched_has_no_mark_until_its_limit_runs_out():
    assert marks_of([call("a")], minute=10)["a"] == {}
    assert marks_of([call("a")], minute=10.5)["a"] == {Count.IN_TIME: False}


def test_an_ordinary_call_taken_while_an_emergency_waits_is_out_of_order():
    gas = call("gas", is_emergency=True, filed_at=1)
    found = marks_of([handled("bulb", after=2), gas])
    assert not found["bulb"][Count.ORDER]
    taken = handled("gas", after=0.5, is_emergency=True, filed_at=1)
    assert marks_of([handled("bulb", after=2), taken])["bulb"][Count.ORDER]
    # It had not come yet: nobody passed it over.
    later = call("gas", is_emergency=True, filed_at=3)
    assert marks_of([handled("bulb", after=2), later])["bulb"][Count.ORDER]


def test_a_repeat_is_joined_whichever_of_the_two_was_kept_or_on_one_incident():
    first = handled("a", after=1)
    assert marks_of([first, handled("b", after=1, same_as="a", joined_to="a")])["b"][Count.JOINED]
    turned = handled("a", after=1, joined_to="b")
    assert marks_of([turned, handled("b", after=1, same_as="a")])["b"][Count.JOINED]
    both = [handled("a", after=1, incident=7), handled("b", after=1, same_as="a", incident=7)]
    assert marks_of(both)["b"][Count.JOINED]
    assert not marks_of([first, handled("b", after=1, same_as="a")])["b"][Count.JOINED]


def test_joins_in_a_circle_end():
    calls = [
        handled("a", after=1, joined_to="b"),
        handled("b", after=1, joined_to="a", same_as="a"),
    ]
    assert Count.JOINED in marks_of(calls)["b"]


def test_the_calls_of_a_mass_fault_hang_on_the_one_incident_that_most_of_them_share():
    calls = [
        handled("a", after=1, fault="main", incident=5),
        handled("b", after=1, fault="main", incident=5),
        handled("c", after=1, fault="main", incident=6),
        handled("d", after=1, fault="main"),
        handled("e", after=1, fault="main", same_as="a", joined_to="a"),
    ]
    found = {key: marks[Count.INCIDENT] for key, marks in marks_of(calls).items()}
    assert found == {"a": True, "b": True, "c": False, "d": False, "e": True}


def test_a_prank_must_be_closed_with_a_reason():
    found = marks_of(
        [
            handled("a", after=1, is_prank=True, closed_for_cause=True),
            handled("b", after=1, is_prank=True),
        ]
    )
    assert (found["a"][Count.PRANK], found["b"][Count.PRANK]) == (True, False)


def test_a_call_under_a_wrong_name_must_get_its_right_one_and_may_be_passed_on():
    wrong = {"is_renamed": True, "matter": "other", "right_matter": "gas_smell"}
    assert not marks_of([handled("a", after=1, **wrong)])["a"][Count.MATTER]
    right = handled("a", after=1, **{**wrong, "matter": "gas_smell"}, redirected_by=VERA)
    assert marks_of([right])["a"] == {
        Count.IN_TIME: True,
        Count.ORDER: True,
        Count.MATTER: True,
    }


def test_passing_on_what_the_registry_had_right_is_wrong():
    assert not marks_of([handled("a", after=1, redirected_by=VERA)])["a"][Count.EXECUTOR]


def test_each_operator_has_a_sheet_and_what_nobody_did_is_nobodys():
    calls = [
        handled("a", after=2),
        handled("b", after=4),
        handled("c", after=30, by=GALINA),
        call("d"),
    ]
    report = judge(calls, crew=[VERA, 3], minute=60)
    by = {sheet.by: sheet for sheet in report.sheets}
    assert list(by) == [VERA, 3, GALINA, None]
    assert (by[VERA].calls, by[VERA].waited, by[VERA].share) == (2, 3, 1.0)
    assert (by[3].calls, by[3].waited, by[3].share) == (0, None, None)
    # In order, but too late.
    assert by[GALINA].share == 0.5
    assert by[None].good.get(Count.IN_TIME, 0) == 0
    assert (report.crew.calls, report.crew.marked[Count.IN_TIME]) == (4, 4)


def test_the_storm_speaks_of_matters_that_exist():
    known = {matter.slug: matter for matter in reading.read()}
    script = storm.read()
    for one in script.calls:
        assert known[one.matter].norm, one.code
        assert known[one.right_matter].norm, one.code
    # What the issue asks of it: frost, burst main, power cut, angry repeats, prank and emergency.
    assert {one.fault for one in script.calls} == {"", "main", "power"}
    assert any(one.is_prank for one in script.calls)
    assert sum(one.same_as == "angry" for one in script.calls) == 2
    assert any(known[one.right_matter].emergency != known[one.matter].emergency
               for one in script.calls)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no calls"),
        ("[[calls]]\ncode = 'a'\nat = 1\n", "a: "),
        ("[[calls]]\ncode = 'a'\nloud = 1\n", "a: unknown: loud"),
        ("not toml", "broken.toml"),
    ],
)
def test_a_mistake_in_the_script_is_named(tmp_path, text, said):
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(storm.Unreadable, match=said):
        storm.read(path)


def test_mistakes_between_calls_are_named_together(tmp_path):
    path = tmp_path / "broken.toml"
    line = "matter='cw_none'\ntext='x'\ncaller='x'\nphone='x'\n"
    path.write_text(
        f"[places]\nmain='longest'\n"
        f"[[calls]]\ncode='a'\nat=2\nplace='main:1'\nsame_as='later'\n{line}"
        f"[[calls]]\ncode='a'\nat=3\nplace='away:1'\n{line}",
        encoding="utf-8",
    )
    with pytest.raises(storm.Unreadable) as wrong:
        storm.read(path)
    assert str(wrong.value).splitlines() == [
        "a: same_as names no earlier call",
        "a: named twice",
        "a: place “away:1” is none of the script's",
    ]
