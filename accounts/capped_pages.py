"""Numbered pages of a big table in admin, without counting all of it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

COUNTED = 5_000


class CappedPaginator(Paginator):
    """
    Counts no further than COUNTED rows: beyond that people search, they do not leaf.

    A count of everything costs more than the page itself once a table has a million rows.
    """

    @cached_property
    def count(self) -> int:
        """Return the number of rows, or COUNTED when there are more."""
        rows: Any = self.object_list
        return int(rows[:COUNTED].count())
