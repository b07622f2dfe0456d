"""One spelling for all spellings of an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disclosure import addresses
from disclosure.registers import addressing
from disclosure.registers.rows import Rejected


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("Гончарова 5", "гончарова 5"),
        ("ул. Гончарова, д. 5", "гончарова 5"),
        ("улица Гончарова дом 5", "гончарова 5"),
        ("гончарова ул., 5", "гончарова 5"),
        ("ул. гончарова, д.5 к.2", "гончарова 5к2"),
        ("Гончарова 5 корп 2", "гончарова 5к2"),
        ("Гончарова ул 5к2", "гончарова 5к2"),
        ("Гончарова, 5 корпус 2", "гончарова 5к2"),
        ("Гончарова 5а", "гончарова 5а"),
        ("Гончарова 5 А", "гончарова 5а"),
        ("Гончарова 5-а", "гончарова 5а"),
        ("Гончарова, д. 5 лит. А", "гончарова 5а"),
        ("Гончарова 5a", "гончарова 5а"),
        ("гончарова 12 / 34", "гончарова 12/34"),
        ("Гончарова, дом 5, кв. 17", "гончарова 5"),
        ("432000, ул. Гончарова, 5", "гончарова 5"),
        ("40 лет Победы 7", "40 лет победы 7"),
        ("ул. 40-летия Победы, д. 7", "40 лет победы 7"),
        ("1-я Волгоградская 2Б", "1 волгоградская 2б"),
        ("9 Мая 5", "9 мая 5"),
        ("проспект Нариманова 10 стр 1", "нариманова 10с1"),
        ("пр-т Нариманова, 10", "нариманова 10"),
        ("ПУШКИНА 3", "пушкина 3"),
        ("Зелёная 3", "зеленая 3"),
    ],
)
def test_all_spellings_of_a_house_become_one(typed, normal):
    assert addresses.normalise(typed) == normal


@given(st.text(max_size=80))
def test_any_text_is_taken(text):
    addresses.normalise(text)
    addresses.house_key(text)
    addresses.without_region(text)
    addresses.to_russian_layout(text)


STREETS = ["гончарова", "40 лет победы", "1 мая", "мира", "розы люксембург", "3 интернационала"]
MARKS = ["", "а", "б", "к2", "/7", "с1", "ак3"]


@given(st.sampled_from(STREETS), st.integers(1, 999), st.sampled_from(MARKS))
def test_what_is_normal_stays(street, number, mark):
    normal = addresses.normalise(f"{street} {number}{mark}")
    assert normal == f"{street} {number}{mark}"
    assert addresses.normalise(normal) == normal


@pytest.mark.parametrize(
    ("latin", "russian"),
    [
        ("Ujyxfhjdf 5", "гончарова 5"),
        ("ek/ Vbhf? l/5", "ул. мира, д.5"),
        ("Vbhf 12|3", "мира 12/3"),
    ],
)
def test_the_wrong_keyboard_layout_is_read(latin, russian):
    assert addresses.to_russian_layout(latin) == russian


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "обл. Омская, г. Омск, ул. 50 лет ВЛКСМ, д. 2",
            ("Омск", "ул. 50 лет ВЛКСМ", "2"),
        ),
        (
            "край. Приморский, г. Владивосток, Проспект. Победы, д. 14, к. 2, лит. А",
            ("Владивосток", "пр-кт Победы", "14 к. 2 лит. А"),
        ),
        ("обл. Омская, р-н. Любинский, с. Лесное, д. 3", ("", "с. Лесное", "3")),
        ("г. Саратов п. Воробьевка д. 10", ("", "п. Воробьевка", "10")),
        ("г. Саратов ул. им Ломоносова М.В. д. 17А", ("Саратов", "ул. им Ломоносова М.В", "17А")),
        ("г. Саратов проезд. Тихий 3-й д. 9 стр. 1", ("Саратов", "проезд Тихий 3-й", "9 стр. 1")),
    ],
)  # fmt: skip
def test_a_register_address_is_taken_apart(written, said):
    assert addressing.parts(written) == said


@pytest.mark.parametrize("written", ["", "г. Омск, ул. Мира", "д. 5", "Мира 5", "обл. Омская"])
def test_an_address_without_house_or_place_is_refused(written):
    with pytest.raises(Rejected):
        addressing.parts(written)
