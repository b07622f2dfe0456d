"""A sender cannot choose the address we count."""

from __future__ import annotations

import ipaddress

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from accounts.client_address import UNKNOWN, client_address, limit_key, walk

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]
OUTSIDE = st.ip_addresses(v=4).filter(lambda ip: ip not in PROXIES[0]).map(str)
INSIDE = st.ip_addresses(network=PROXIES[0]).map(str)
ANYTHING = st.text(max_size=200)


@given(peer=OUTSIDE, forged=ANYTHING)
def test_header_of_a_stranger_changes_nothing(peer: str, forged: str) -> None:
    assert walk(peer, forged, trusted=PROXIES) == peer


@given(proxy=INSIDE, sender=OUTSIDE, forged=ANYTHING)
def test_forged_part_left_of_the_sender_changes_nothing(
    proxy: str, sender: str, forged: str
) -> None:
    assert walk(proxy, f"{forged}, {sender}", trusted=PROXIES) == sender


@given(proxies=st.lists(INSIDE, min_size=1, max_size=4), sender=OUTSIDE, forged=ANYTHING)
def test_any_chain_of_own_proxies_is_walked_to_its_sender(
    proxies: list[str], sender: str, forged: str
) -> None:
    *passed, peer = proxies
    header = ", ".join([forged, sender, *passed])
    assert walk(peer, header, trusted=PROXIES) == sender


@given(peer=ANYTHING, header=ANYTHING)
def test_any_header_gives_a_readable_address(peer: str, header: str) -> None:
    ipaddress.ip_address(walk(peer, header, trusted=PROXIES))


@pytest.mark.parametrize(
    ("peer", "header", "sender"),
    [
        ("10.0.0.1", "203.0.113.7:4711", "203.0.113.7"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
        ("::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", "203.0.113.7, nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("", "203.0.113.7", UNKNOWN),
    ],
)
def test_written_forms(peer: str, header: str, sender: str) -> None:
    assert walk(peer, header, trusted=PROXIES) == sender


def test_without_proxies_the_peer_is_the_sender(settings) -> None:
    settings.TRUSTED_PROXIES = []
    request = RequestFactory().get(
        "/", REMOTE_ADDR="198.51.100.7", headers={"X-Forwarded-For": "203.0.113.7"}
    )
    assert client_address(request) == "198.51.100.7"


def test_house_with_ipv6_is_one_sender() -> None:
    assert limit_key("2001:db8:1:2::1") == limit_key("2001:db8:1:2:ffff::9")
    assert limit_key("2001:db8:1:2::1") != limit_key("2001:db8:1:3::1")
    assert limit_key("198.51.100.7") == "198.51.100.7"
