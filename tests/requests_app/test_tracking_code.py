"""The tracking code: 80 bits, readable by people, found nowhere."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest

from requests_app import tracking_code

UID = UUID("12345678-1234-5678-1234-567812345678")


def test_a_code_is_eighty_bits_in_groups_of_four():
    code = tracking_code.generate(uuid4())
    assert re.fullmatch(r"[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", code)
    assert len(code.replace("-", "")) * 5 == 80


def test_codes_differ_by_request_and_by_secret():
    codes = {tracking_code.generate(uuid4()) for _ in range(1000)}
    assert len(codes) == 1000
    assert tracking_code.generate(UID, secret="a") != tracking_code.generate(UID, secret="b")
    assert tracking_code.generate(UID, secret="a") == tracking_code.generate(UID, secret="a")


@pytest.mark.parametrize(
    "typed",
    ["abio-bcde-fghi-jkl2", " ABIO BCDE FGHI JKL2 ", "ABIOBCDEFGHIJKL2", "A81O-8CDE-FGH1-JKL2"],
)
def test_case_blanks_and_look_alikes_do_not_matter(typed):
    typed = typed.replace("A81O", "AB10").replace("8CDE", "BCDE")
    assert tracking_code.digest(typed) == tracking_code.digest("ABIO-BCDE-FGHI-JKL2")


def test_eight_is_read_as_b_and_zero_as_o():
    assert tracking_code.digest("8888-0000") == tracking_code.digest("BBBB-OOOO")


@pytest.mark.parametrize("typed", ["", "----", "ABIO-BCDE-FGHI-JKL3", "ABIO-BCDE-FGHI", "\x00"])
def test_another_code_is_another_code(typed):
    assert tracking_code.digest(typed) != tracking_code.digest("ABIO-BCDE-FGHI-JKL2")


@pytest.mark.django_db
def test_only_the_hash_is_stored_and_the_code_comes_back_after_a_new_secret(make_request, settings):
    item = make_request()
    code = tracking_code.of(item)
    assert code is not None
    assert item.code_hash == tracking_code.digest(code)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new secret"
    assert tracking_code.of(item) == code
    settings.SECRET_KEY_FALLBACKS = []
    assert tracking_code.of(item) is None
