"""Which address a request came from, believing only our own proxies."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# A page behind a unix socket has no peer address; nobody on the network can claim this one.
UNKNOWN = "0.0.0.0"  # noqa: S104


def client_address(request: HttpRequest) -> str:
    """Return the sender's address as text; see `walk`."""
    return walk(
        request.META.get("REMOTE_ADDR") or "",
        request.META.get("HTTP_X_FORWARDED_FOR") or "",
        trusted=settings.TRUSTED_PROXIES,
    )


def limit_key(address: str) -> str:
    """
    Return the part of an address that rate limits count.

    A household gets a whole IPv6 /64, so its 2^64 addresses are one sender.
    """
    parsed = _parse(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address


def walk(peer: str, forwarded: str, *, trusted: Sequence[Network]) -> str:
    """
    Walk from the peer leftwards through X-Forwarded-For while the speaker is our own proxy.

    The first address that is not a trusted proxy is the sender: everything left of it is only
    that sender's word. An unreadable entry ends the walk at the proxy that passed it on.
    """
    here = _parse(peer)
    if here is None:
        return UNKNOWN
    claims = [part for part in forwarded.split(",") if part.strip()]
    while claims and _is_trusted(here, trusted):
        claimed = _parse(claims.pop())
        if claimed is None:
            break
        here = claimed
    return str(here)


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address.version == net.version and address in net for net in trusted)


def _parse(text: str) -> Address | None:
    text = text.strip()
    # Some proxies append the port: 203.0.113.7:4711, [2001:db8::1]:4711.
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
