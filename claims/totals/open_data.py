"""The table of what was won among the files of open data; see settings.OPEN_DATA_TABLES."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from claims.models import WonGroup
from disclosure.open_data.tables import Column, OpenTable

CHUNK = 5_000


def rows() -> Iterator[tuple[Any, ...]]:
    """Yield the public rows; their number is only a place in the file."""
    found = WonGroup.objects.rows().iterator(chunk_size=CHUNK)
    for number, row in enumerate(found, start=1):
        yield (
            number,
            row["what"],
            row["year"],
            row["month"],
            row["utility"],
            row["district"],
            row["company"],
            row["amount_rub"],
        )


TABLES: tuple[OpenTable, ...] = (
    OpenTable(
        "won",
        _("Money won for residents"),
        _(
            "Every reduced bill and every work done after the centre stepped in, without a person, "
            "house or flat; values shared by fewer than five rows are folded into «*»."
        ),
        ("id",),
        (
            Column("id", "integer", _("place in this file"), required=True),
            Column("kind", "string", _("bill or work"), required=True),
            Column("year", "string", _("year, «*» if folded"), required=True),
            Column("month", "string", _("month, «*» if folded"), required=True),
            Column("utility", "string", _("service, «*» if folded; works have none")),
            Column("district", "string", _("district, «*» if folded")),
            Column("company", "string", _("organisation, «*» if folded")),
            Column("amount_rub", "decimal", _("rubles"), required=True),
        ),
        rows,
    ),
)
