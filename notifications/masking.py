"""Addresses as they may be shown to whoever looks over a shoulder."""

from __future__ import annotations


def masked(address: str) -> str:
    """Return «iv…@example.org», «+79…01» of a phone, the host of a browser or a receiver."""
    if address.startswith(("https://", "http://")):
        return f"{address.split('/')[2]}/…"
    name, at, domain = address.partition("@")
    if not at:
        return f"{address[:3]}…{address[-2:]}" if len(address) > 7 else f"{address[:1]}…"
    return f"{name[:2]}…@{domain}"
