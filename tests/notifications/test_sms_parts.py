"""SMS are counted in parts as operators count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import sms_parts
from notifications.sms_parts import fitted, parts

URL = "https://center.example/requests/26-000123/?code=ABCDEFGHJKMNPQRS"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        # The second table: two each.
        ("€" * 80, 1),
        ("€" * 81, 2),
        # An escape and its sign are not torn apart: 152 + 2 do not fit into 153.
        ("a" * 152 + "€" + "a" * 152, 3),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        # One sign of another alphabet makes all of it dear.
        ("a" * 70 + "я", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        # 66 + 2 do not fit into 67.
        ("я" * 66 + "😀" + "я" * 66, 3),
        ("é ü Ä ñ @ £ \n", 1),
    ],
)
def test_parts_are_counted(text, count):
    assert parts(text) == count


def test_text_that_fits_stays_with_its_address():
    text = fitted("Заявка 26-000123: принята", url=URL, most=3)
    assert text == f"Заявка 26-000123: принята {URL}"
    assert parts(text) == 2


def test_long_text_loses_words_and_keeps_its_address():
    text = fitted("Горячей воды нет. " * 40, url=URL, most=3)
    assert text.endswith(f"... {URL}")
    assert parts(text) == 3


def test_typographic_signs_cost_no_alphabet():
    assert fitted("Request\u00a026-000123 — “ok”…".replace("“", "«").replace("”", "»"), most=1) == (
        'Request 26-000123 - "ok"...'
    )


def test_endless_word_is_cut():
    text = fitted("я" * 500, most=1)
    assert parts(text) == 1
    assert text.endswith("...")


def test_endless_address_is_left_out():
    assert fitted("Новость", url="https://center.example/" + "a" * 600, most=3) == "Новость"


@given(st.text(), st.sampled_from(["", URL]), st.integers(1, 4))
def test_fitted_text_never_takes_more_than_its_parts(text, url, most):
    assert sms_parts.parts(fitted(text, url=url, most=most)) <= most
