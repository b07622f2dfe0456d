"""Phones in any usual writing become one form; anything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import phones


@pytest.mark.parametrize(
    "text",
    [
        "+79031234567",
        "89031234567",
        "9031234567",
        "8 (903) 123-45-67",
        "+7\u00a0903\u00a0123\u201145\u201167",
        " 8-903-123-45-67 ",
        "7 903 123 45 67",
    ],
)
def test_usual_writings_give_one_number(text: str) -> None:
    assert phones.normalise(text) == "+79031234567"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "12",
        "8 903 CALL-ME",
        "89031234567 доб. 5",
        "0000000000",
        "8" * 50,
        "+7\x00903",
        "+",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="phone"):
        phones.normalise(text)


def test_foreign_number_keeps_its_country() -> None:
    assert phones.normalise("+375 29 123-45-67") == "+375291234567"


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_value_error(text: str) -> None:
    try:
        number = phones.normalise(text)
    except ValueError:
        return
    assert number.startswith("+")
    assert number[1:].isascii()
    assert number[1:].isdecimal()
    assert phones.normalise(number) == number


def test_number_in_words_reads_back() -> None:
    assert phones.in_words("+79031234567").startswith("8 ")
    assert phones.normalise(phones.in_words("+79031234567")) == "+79031234567"
    assert phones.in_words("") == ""
