"""Guessing codes and flooding are held down in Postgres, by the address that proxies vouch for."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest

from requests_app import access, tracking_code
from tests.city_fixtures import NOON

pytestmark = pytest.mark.django_db
WRONG = "AAAA-AAAA-AAAA-AAAA"


@pytest.fixture
def limited(settings):
    settings.CODE_LIMIT = 3
    settings.FILING_LIMIT = 3


def test_the_right_code_opens_and_a_wrong_one_does_not(make_request):
    item, other = make_request(), make_request()
    code = tracking_code.of(item)

    def opened(number, code):
        return access.with_code(number, code, address="192.0.2.1", at=NOON)

    holder = opened(item.number, code)
    assert (holder.number, holder.code_hash) == (item.number, item.code_hash)
    assert opened(f" {item.number}\x00", code.lower().replace("-", " ")) == holder
    assert opened(other.number, code) is None
    assert opened("26-999999", code) is None
    assert opened(item.number, "") is None
    assert opened("\x00" * 500, "\x00" * 500) is None


def test_after_too_many_wrong_codes_an_address_is_refused_for_an_hour(limited, make_request):
    item = make_request()
    code = tracking_code.of(item)
    for number in (item.number, "26-999999", item.number):
        assert access.with_code(number, WRONG, address="192.0.2.1", at=NOON) is None
    for tried in (WRONG, code):
        with pytest.raises(access.TooManyCodes) as many:
            access.with_code(item.number, tried, address="192.0.2.1", at=NOON)
        assert 0 < many.value.retry_after_seconds <= 3600
    after = NOON + timedelta(hours=1, seconds=1)
    assert access.with_code(item.number, code, address="192.0.2.1", at=after)


def test_a_stranger_cannot_lock_the_owner_out(limited, make_request):
    item = make_request()
    for n in range(10):
        with contextlib.suppress(access.TooManyCodes):
            access.with_code(item.number, WRONG, address=f"192.0.2.{n}", at=NOON)
    code = tracking_code.of(item)
    assert access.with_code(item.number, code, address="198.51.100.1", at=NOON)


def test_guesses_at_one_number_from_many_addresses_are_counted_together(limited, make_request):
    item = make_request()
    for n in range(3):
        assert access.with_code(item.number, WRONG, address=f"192.0.2.{n}", at=NOON) is None
    with pytest.raises(access.TooManyCodes):
        access.with_code(item.number, WRONG, address="192.0.2.99", at=NOON)


def test_right_codes_are_never_counted(limited, make_request):
    item = make_request()
    code = tracking_code.of(item)
    for _ in range(20):
        assert access.with_code(item.number, code, address="192.0.2.1", at=NOON)


def test_filing_is_counted_by_address(limited):
    for _ in range(3):
        access.count_filing(address="192.0.2.1", at=NOON)
    with pytest.raises(access.TooManyRequests) as many:
        access.count_filing(address="192.0.2.1", at=NOON)
    assert many.value.retry_after_seconds > 0
    access.count_filing(address="192.0.2.2", at=NOON)


def test_a_forged_header_changes_nothing(limited, make_request, client):
    item = make_request()
    answers = [
        client.get(
            f"/api/v1/requests/{item.number}/",
            {"code": WRONG},
            headers={"X-Forwarded-For": f"203.0.113.{n}", "Forwarded": f"for=203.0.113.{n}"},
        ).status_code
        for n in range(5)
    ]
    assert answers == [404, 404, 404, 429, 429]


def test_a_household_with_a_whole_network_is_one_sender(limited, make_request):
    """Issue 4, review: 2^64 addresses of one IPv6 line had as many tries each."""
    item = make_request()
    for n in range(3):
        assert access.with_code(item.number, WRONG, address=f"2001:db8::{n}", at=NOON) is None
    with pytest.raises(access.TooManyCodes):
        access.with_code(item.number, WRONG, address="2001:db8::ffff", at=NOON)
    assert access.with_code("26-999999", WRONG, address="2001:db8:0:1::1", at=NOON) is None
    for n in range(3):
        access.count_filing(address=f"2001:db8::{n}", at=NOON)
    with pytest.raises(access.TooManyRequests):
        access.count_filing(address="2001:db8::ffff", at=NOON)
