"""What the registry needs of its database, told at `migrate` and not by an empty search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning
from django.db import connections


def letters_have_trigrams(
    *, databases: Sequence[str] | None = None, **_others: Any
) -> list[CheckMessage]:
    """Warn where pg_trgm sees no Russian letters: address search would find nothing."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            if cursor.fetchone() is None:
                continue
            cursor.execute("SELECT cardinality(show_trgm(%s))", ["ж"])
            if cursor.fetchone()[0] == 0:
                found.append(
                    CheckWarning(
                        f"Database “{alias}” knows no Russian letters, so address search is blind.",
                        hint="Create it with LC_CTYPE 'C.UTF-8' (TEMPLATE template0), "
                        "then restore the data.",
                        id="disclosure.W001",
                    )
                )
    return found
