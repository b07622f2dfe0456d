"""Quorum and majorities by area: vectors of the Housing Code, properties, refusals."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.meetings import ballots, numbers
from outreach.meetings.ballots import Answer, Kind
from outreach.meetings.voting import Attendance, Impossible, Majority, Votes, judge

F = Fraction
HEAD = ["Помещение", "Площадь", "Доля", "Вопрос 1"]


def verdict(majority, in_favour, present, total=5000, against=0):
    return judge(
        majority,
        Votes(in_favour=F(in_favour), against=F(against)),
        Attendance(total=F(total), present=F(present)),
    )


def read(*rows, head=HEAD):
    return ballots.read(enumerate([head, *rows], start=1))


class TestVectors:
    """By hand from ЖК РФ, ст. 45 ч. 3 and 46 ч. 1."""

    @pytest.mark.parametrize(("present", "quorum"), [("2501", True), ("2500", False), ("0", False)])
    def test_exactly_half_is_no_quorum(self, present, quorum):
        assert Attendance(total=F(5000), present=F(present)).has_quorum is quorum

    @pytest.mark.parametrize(("in_favour", "passed"), [("3333.3", False), ("3333.4", True)])
    def test_two_thirds_of_all_are_exact(self, in_favour, passed):
        assert verdict(Majority.ALL_TWO_THIRDS, in_favour, 4000).passed is passed

    def test_two_thirds_met_exactly_are_enough(self):
        assert verdict(Majority.ALL_TWO_THIRDS, 2000, 2500, total=3000).passed

    @pytest.mark.parametrize(("in_favour", "passed"), [("2500", False), ("2500.0001", True)])
    def test_half_of_all_must_be_passed(self, in_favour, passed):
        assert verdict(Majority.ALL_HALF, in_favour, 3000).passed is passed

    @pytest.mark.parametrize(("in_favour", "passed"), [("1300", False), ("1300.01", True)])
    def test_a_simple_majority_is_counted_from_those_present(self, in_favour, passed):
        assert verdict(Majority.ATTENDING, in_favour, 2600).passed is passed

    def test_one_owner_less_is_not_everybody(self):
        assert not verdict(Majority.EVERYBODY, "4999.99", "4999.99").passed
        assert verdict(Majority.EVERYBODY, 5000, 5000).passed

    def test_without_a_quorum_nothing_is_decided(self):
        found = verdict(Majority.ATTENDING, 2500, 2500)
        assert found.enough
        assert not found.passed

    def test_the_margin_says_how_much_is_missing(self):
        assert verdict(Majority.ALL_TWO_THIRDS, 3333, 4000).margin == F(-1, 3)


class TestRefusals:
    @pytest.mark.parametrize(("total", "present"), [(0, 0), (-1, 0), (100, 101), (100, -1)])
    def test_an_attendance_that_cannot_be_is_refused(self, total, present):
        with pytest.raises(Impossible):
            Attendance(total=F(total), present=F(present))

    def test_more_votes_than_area_present_are_refused(self):
        with pytest.raises(Impossible, match="100 %"):
            verdict(Majority.ATTENDING, 2000, 3000, against=1001)

    def test_negative_votes_are_refused(self):
        with pytest.raises(Impossible):
            Votes(against=F(-1))


areas = st.fractions(min_value=0, max_value=10_000, max_denominator=10_000)
majorities = st.sampled_from(Majority)


@given(majorities, areas, areas, areas, areas)
def test_another_vote_for_never_fails_what_had_passed(majority, one, more, against, absent):
    total = one + more + against + absent
    if not total:
        return
    whole = Attendance(total=total, present=one + more + against)
    before = judge(majority, Votes(in_favour=one, against=against, abstained=more), whole)
    after = judge(majority, Votes(in_favour=one + more, against=against), whole)
    assert after.passed >= before.passed
    assert after.margin >= before.margin


@given(areas, areas, areas)
def test_a_stricter_majority_never_passes_what_a_milder_one_fails(one, against, absent):
    total = one + against + absent
    if not total:
        return
    whole = Attendance(total=total, present=one + against)
    votes = Votes(in_favour=one, against=against)
    passed = [judge(each, votes, whole).passed for each in Majority]
    assert passed == sorted(passed, reverse=True)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 200_000),
            st.lists(st.integers(1, 9), min_size=1, max_size=5),
            st.sampled_from(["за", "против", "воздержался", ""]),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_shares_of_each_flat_add_up_to_the_house(flats):
    rows = []
    for number, (cents, parts, answer) in enumerate(flats, start=1):
        whole = sum(parts)
        rows += [[str(number), f"{cents / 100:.2f}", f"{one}/{whole}", answer] for one in parts]
    tally = ballots.count(read(*rows))
    total = sum((F(cents, 100) for cents, _parts, _answer in flats), F(0))
    assert tally.attendance.total == total
    voted = sum((F(cents, 100) for cents, _parts, answer in flats if answer), F(0))
    assert tally.attendance.present == voted == tally.votes[0].cast
    assert not tally.remarks


class TestTable:
    def test_a_flat_with_three_owners_votes_by_thirds(self):
        tally = ballots.count(
            read(
                ["1", "60,3", "1/3", "за"],
                ["1", "60,3", "1/3", "против"],
                ["1", "60,3", "1/3", ""],
                ["2", "39,7", "", "за"],
            )
        )
        assert tally.attendance.total == 100
        assert tally.attendance.present == F("40.2") + F("39.7")
        assert tally.votes[0].in_favour == F("20.1") + F("39.7")
        assert tally.votes[0].against == F("20.1")
        assert (tally.premises, tally.ballots, tally.took_part) == (2, 4, 3)

    def test_shares_of_more_than_the_whole_are_refused(self):
        wrongs = read(["1", "50", "1/2", "за"], ["1", "50", "2/3", "за"]).wrongs
        assert [one.line for one in wrongs] == [2]
        assert "116.67" in wrongs[0].text

    def test_rounded_shares_are_counted_and_remarked(self):
        tally = ballots.count(read(*[["1", "60", "33,33 %", "за"]] * 3))
        assert tally.votes[0].in_favour == F("59.994")
        assert len(tally.remarks) == 1

    def test_an_owner_who_is_not_named_counts_as_absent(self):
        tally = ballots.count(read(["1", "60", "1/4", "за"]))
        assert (tally.attendance.total, tally.attendance.present) == (60, 15)
        assert len(tally.remarks) == 1

    def test_flats_not_listed_count_as_absent(self):
        tally = ballots.count(read(["1", "60", "1", "за"]), total=F(120))
        assert not tally.attendance.has_quorum

    def test_a_table_larger_than_the_house_is_refused(self):
        with pytest.raises(Impossible, match="100 %"):
            ballots.count(read(["1", "60", "1", "за"]), total=F(59))

    @pytest.mark.parametrize("area", ["0", "0,00", "-5", "", "много", "1e5", "99999999999", "5;3"])
    def test_a_bad_area_is_named_by_its_row(self, area):
        table = read(["1", area, "1", "за"])
        assert [one.line for one in table.wrongs] == [2]
        assert not table.ballots

    @pytest.mark.parametrize("share", ["0", "1/0", "3/2", "150 %", "-1/2", "половина", "1/99999"])
    def test_a_bad_share_is_named_by_its_row(self, share):
        assert [one.line for one in read(["1", "50", share, "за"]).wrongs] == [2]

    def test_an_unknown_answer_is_no_silent_abstention(self):
        assert "ага" in read(["1", "50", "1", "ага"]).wrongs[0].text

    def test_one_flat_of_two_areas_is_refused(self):
        wrongs = read(["1", "50", "1/2", "за"], ["1", "51", "1/2", "за"]).wrongs
        assert [one.line for one in wrongs] == [3]

    def test_car_places_and_shops_vote_by_their_area(self):
        head = ["Тип", *HEAD]
        tally = ballots.count(
            read(
                ["квартира", "1", "50", "1", "за"],
                ["нежилое", "1", "100", "1", "против"],
                ["машино-место", "1", "13,5", "1", "за"],
                head=head,
            )
        )
        assert tally.by_kind == {Kind.FLAT: 50, Kind.OTHER: 100, Kind.CAR_PLACE: F("13.5")}
        assert tally.votes[0].against == 100

    def test_names_of_owners_are_not_read(self):
        head = ["Помещение", "Собственник", "Площадь", "Вопрос 1"]
        table = read(["1", "Иванов", "50", "за"], head=head)
        assert table.ballots[0].answers == (Answer.FOR,)
        assert "Иванов" not in repr(table)

    @pytest.mark.parametrize(
        "head", [["Квартира", "Доля", "Вопрос 1"], ["Квартира", "Площадь"], []]
    )
    def test_a_head_without_its_columns_is_told(self, head):
        assert read(["1", "50", "за"], head=head).wrongs

    def test_twenty_thousand_rows_with_hostile_shares_are_counted(self):
        rows = [
            [str(row), "54,37", f"1/{row % 10_000 + 1}", "за" if row % 3 else "против"]
            for row in range(20_000)
        ]
        tally = ballots.count(read(*rows))
        assert tally.ballots == 20_000
        assert tally.votes[0].cast == tally.attendance.present


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "value"),
        [("54,3", "54.3"), ("1 234.5", "1234.5"), ("60\u00a0м²", "60"), ("60 кв. м", "60")],
    )
    def test_areas_as_people_write_them(self, text, value):
        assert numbers.area(text) == F(value)

    @pytest.mark.parametrize(
        ("part", "whole", "shown"),
        [
            ("2500", "5000", "50 %"),
            ("2500.01", "5000", "50,0002 %"),
            ("3333.33", "5000", "66,66 %"),
            ("4999.9999", "5000", "99,99 %"),
            ("0", "0", "0 %"),
            ("1", "3", "33,33 %"),
        ],
    )
    def test_percents_are_cut_and_never_show_a_bound_that_was_not_met(self, part, whole, shown):
        assert numbers.percent(F(part), F(whole)) == shown

    def test_areas_are_cut_and_grouped(self):
        assert numbers.in_words(F(-1, 3)) == "−0,3333 м²"
        assert numbers.in_words(F("5000")).endswith("000 м²")
