"""
The environment: one reader per kind of value; a missing or unreadable one stops the start by name.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_MISSING: Final = object()

# Every variable the portal reads; `.env.example` is tested against this table.
VARIABLES: dict[str, str] = {}


def _read(name: str, default: object, meaning: str) -> str | None:
    VARIABLES[name] = meaning
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is _MISSING:
        raise ImproperlyConfigured(f"{name} is not set: {meaning}")
    return None


def text(name: str, meaning: str, default: object = _MISSING) -> str:
    """Return the variable as text, or `default`; raise ImproperlyConfigured naming it."""
    value = _read(name, default, meaning)
    return str(default) if value is None else value


def flag(name: str, meaning: str) -> bool:
    """Return whether the variable is 1; unset or 0 is False, all else stops the start."""
    value = _read(name, "0", meaning) or "0"
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def number(name: str, meaning: str, default: int) -> int:
    """Return the variable as a whole number above zero."""
    value = _read(name, default, meaning)
    if value is None:
        return default
    if not value.isdecimal() or int(value) < 1:
        raise ImproperlyConfigured(f"{name} must be a whole number above zero, not {value!r}")
    return int(value)


def words(name: str, meaning: str, default: str = "") -> list[str]:
    """Return the comma-separated variable as a list without empty parts."""
    value = _read(name, default, meaning)
    parts = (default if value is None else value).split(",")
    return [part.strip() for part in parts if part.strip()]


def networks(
    name: str, meaning: str, default: str = ""
) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return the comma-separated variable as addresses or CIDR networks."""
    try:
        return [ipaddress.ip_network(part, strict=False) for part in words(name, meaning, default)]
    except ValueError as wrong:
        raise ImproperlyConfigured(f"{name}: {wrong}") from None


def folder(name: str, meaning: str, default: Path) -> Path:
    """Return the variable as an absolute path."""
    value = _read(name, default, meaning)
    return Path(value).resolve() if value else default


def url(name: str, meaning: str, schemes: set[str], default: object = _MISSING) -> str:
    """Return the variable as an address of one of `schemes`."""
    value = _read(name, default, meaning)
    if value is None:
        return str(default)
    if urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must begin with one of {sorted(schemes)}")
    return value
