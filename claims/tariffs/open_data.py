"""Tariffs and norms of consumption among the files of open data; see OPEN_DATA_TABLES."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from claims.models import Tariff
from disclosure.open_data.tables import Column, OpenTable, of

TABLES: tuple[OpenTable, ...] = (
    OpenTable(
        "tariffs",
        _("Tariffs and norms of consumption"),
        _("Prices and norms with their acts; the last day is a part of the period."),
        ("id",),
        (
            Column("id", "integer", _("number of the row"), required=True),
            Column("kind", "string", _("tariff or norm"), required=True),
            Column("utility", "string", _("utility"), required=True),
            Column("settlement", "string", _("settlement")),
            Column("supplier_id", "integer", _("resource supplier")),
            Column("for_whom", "string", _("for whom")),
            Column("value", "decimal", _("value"), required=True),
            Column("unit", "string", _("unit"), required=True),
            Column("since", "date", _("in force from"), required=True),
            Column("until", "date", _("in force until")),
            Column("act", "string", _("act: who, date and number"), required=True),
            Column("source", "string", _("source"), required=True),
        ),
        of(
            Tariff.objects.order_by("pk"),
            *("id", "kind", "utility", "settlement", "supplier_id", "group"),
            *("value", "unit", "since", "until", "act", "source"),
        ),
    ),
)
