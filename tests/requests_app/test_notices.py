"""Outage notices: read into days, hours and houses, measured on labelled sets, refused by place."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.incidents import notices, notices_houses, notices_measure
from requests_app.incidents.notices_measure import RECEIVED
from requests_app.incidents.notices_streets import Named, Names

HERE = Path(__file__).parent / "notices"
REGISTER = notices_measure.register((HERE / "register.txt").read_text(encoding="utf-8"))
ON = date(2026, 2, 1)


def at(day: date, hour: int) -> datetime:
    """Return a moment as notices say it: the city's own, without a zone."""
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001


def measured(name: str) -> notices_measure.Measure:
    return notices_measure.measure((HERE / name).read_text(encoding="utf-8"), REGISTER)


def read(text: str) -> notices.Notice:
    return notices.read(text, names=REGISTER.names, on=ON)


def problems(text: str) -> list[tuple[str, str, int]]:
    return [(one.code, one.text, one.line) for one in read(text).problems]


def houses(text: str) -> dict[str, list[str]]:
    found = {}
    for place, street in notices_houses.streets_of(read(text), REGISTER.names):
        found[street.name] = list(
            notices_houses.match(place, street, REGISTER.houses[street.id]).houses
        )
    return found


@pytest.mark.parametrize(
    ("name", "least"),
    [("labelled.txt", 60), ("labelled_2.txt", 20), ("labelled_3.txt", 20), ("heldout.txt", 20)],
)
def test_labelled_notices_are_read_right_by_house_and_hour(name, least, capsys):
    found = measured(name)
    with capsys.disabled():
        print(f"\n{name}: {found}")
    assert found.notices >= least
    assert found.precision >= 0.95
    assert found.recall >= 0.95


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("31.02 с 9:00 до 17:00 ул. Гончарова 5", "31.02"),
        ("30 февраля с 9:00 до 17:00 ул. Гончарова 5", "30 февраля"),
        ("29.02.2026 с 9:00 до 17:00 ул. Гончарова 5", "29.02.2026"),
        ("с 20 по 10 июня с 9:00 до 17:00 ул. Мира 5", "с 20 по 10 июня"),
        ("10.13.2026 с 9:00 до 17:00 ул. Гончарова 5", "10.13.2026"),
        ("12.02 с 9:00 до 25:00 ул. Гончарова 5", "25:00"),
        ("с 9:00 12.02 до 17:00 11.02 ул. Мира 5", "с 9:00 12.02 до 17:00 11.02"),
    ],
)
def test_an_impossible_day_or_hour_is_refused_where_it_stands(text, said):
    found = problems(f"Отключение воды\n{text}")
    assert ("impossible", said, 2) in found


def test_an_impossible_day_among_good_ones_leaves_the_others_readable():
    notice = read("10.02 с 9:00 до 12:00 ул. Мира 1\n31.02 с 9:00 до 12:00 ул. Мира 3")
    assert [one.code for one in notice.problems] == ["impossible"]
    assert len(notice.places) == 2


def test_a_street_the_register_has_not_is_named_and_not_guessed():
    text = "10.02 с 9:00 до 17:00 ул. Мира 5, ул. Небывалая 1, 3"
    assert problems(text) == [("no_street", "ул Небывалая", 1)]
    assert houses(text) == {"ул. Мира": ["5"]}


def test_a_stretch_between_crossings_is_told_and_closes_no_street():
    text = "10.02 с 9:00 до 17:00 ул. Гончарова от ул. Мира до пер. Молочного; ул. Новая 5"
    assert [code for code, _said, _line in problems(text)] == ["between"]
    assert houses(text) == {"ул. Новая": ["5"]}


def test_a_house_the_register_has_not_is_told():
    place, street = notices_houses.streets_of(
        read("10.02 с 9:00 до 17:00 пер. Молочный 5, 99"), REGISTER.names
    )[0]
    matched = notices_houses.match(place, street, REGISTER.houses[street.id])
    assert (list(matched.houses), matched.unknown) == (["5"], ["99"])


def test_the_same_name_in_two_places_is_the_towns_unless_said():
    assert houses("10.02 с 9:00 до 17:00 ул. Садовая 1")["ул. Садовая"] == ["1"]
    names = Names([Named(1, "Октябрь", "ул. Степная"), Named(2, "Ласпи", "ул. Степная")])
    notice = notices.read("10.02 с 9 до 17 часов ул. Степная 1", names=names, on=ON)
    assert [one.code for one in notice.problems] == ["no_places", "many_streets"]


def test_a_notice_without_time_or_without_places_says_so():
    assert problems("ул. Мира 5") == [("no_time", "", 1)]
    assert problems("10.02 с 9:00 до 17:00 отключение воды") == [("no_places", "", 1)]
    assert problems("") == [("no_places", "", 1)]


@pytest.mark.parametrize(
    ("text", "utility", "is_fault"),
    [
        ("Плановое отключение электроэнергии", "electricity", False),
        ("Аварийное отключение отопления", "heating", True),
        ("не будет холодной воды", "cold_water", False),
        ("прекращение горячего водоснабжения", "hot_water", False),
        ("порыв: нет водоснабжения", "cold_water", True),
        ("отключат газ", "gas", False),
        ("уборка снега", "", False),
    ],
)
def test_the_utility_and_the_kind_are_told_by_words(text, utility, is_fault):
    notice = read(text)
    assert (notice.utility, notice.is_fault) == (utility, is_fault)


def test_a_day_without_a_year_is_the_next_such_day():
    december = notices.read(
        "10.01 с 9:00 до 17:00 ул. Мира 5", names=REGISTER.names, on=date(2026, 12, 20)
    )
    assert december.windows == [(at(date(2027, 1, 10), 9), at(date(2027, 1, 10), 17))]
    yesterday = notices.read(
        "19.12 с 9:00 до 17:00 ул. Мира 5", names=REGISTER.names, on=date(2026, 12, 20)
    )
    assert yesterday.windows[0][0] == at(date(2026, 12, 19), 9)


def test_numbers_that_are_no_houses_are_left_alone():
    text = "10.02 с 9:00 до 17:00 от ТП-5, ул. Мира 7, кв. 1-20. Телефон 8 (800) 555-00-12."
    assert houses(text) == {"ул. Мира": ["7"]}


@given(st.text(alphabet="улпердм.,;:()-–№ 0123456789авсГМ\n/к", max_size=200))
def test_any_text_is_read_without_falling(text):
    notice = read(text)
    for place, street in notices_houses.streets_of(notice, REGISTER.names):
        notices_houses.match(place, street, REGISTER.houses[street.id])
    assert all(start < end for start, end in notice.windows)


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31)))
def test_any_day_reads_back(day):
    for said in (f"{day:%d.%m.%Y}", f"{day:%Y-%m-%d}"):
        notice = notices.read(
            f"{said} с 9:00 до 17:00 ул. Мира 5", names=REGISTER.names, on=RECEIVED
        )
        assert notice.windows == [(at(day, 9), at(day, 17))]


def test_a_long_paste_is_read_fast():
    text = "10.02 с 9:00 до 17:00 " + "ул. Мира 5, 7-15 (нечёт.), ул. Гончарова, дома 1, 3; " * 400
    assert len(read(text).places) > 100
