"""What the style guide shows: each component with sample values, in each of its states."""

from __future__ import annotations

from typing import Any


def examples() -> dict[str, Any]:
    """Return the sample values of every component."""
    return {}
