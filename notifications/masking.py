"""Addresses as they may be shown to whoever looks over a shoulder."""

from __future__ import annotations


def masked(address: str) -> str:
    """Return «iv…@example.org»."""
    name, _, domain = address.partition("@")
    return f"{name[:2]}…@{domain}"
