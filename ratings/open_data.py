"""Published ratings among the files of open data; see settings.OPEN_DATA_TABLES."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from disclosure.open_data.tables import CHUNK, Column, OpenTable, of
from ratings.models import RatingResult

_NUMBERS = ("count", "of", "value", "low", "high", "average", "points")


def _indicators() -> Iterator[tuple[Any, ...]]:
    found = RatingResult.objects.in_published().order_by("pk").values_list("pk", "indicators")
    for pk, indicators in found.iterator(chunk_size=CHUNK):
        for each in indicators:
            yield (pk, each["code"], *(each.get(name) for name in _NUMBERS))


TABLES: tuple[OpenTable, ...] = (
    OpenTable(
        "ratings",
        _("Ratings of companies"),
        _("Where each company stands in every published edition of every month."),
        ("id",),
        (
            Column("id", "integer", _("number of the result"), required=True),
            Column("month", "date", _("month, by its first day"), required=True),
            Column("edition", "integer", _("edition"), required=True),
            Column("methodology", "integer", _("version of the methodology"), required=True),
            Column("published_at", "dateTime", _("published"), required=True),
            Column("company_id", "integer", _("management company"), required=True),
            Column("reference", "string", _("ИНН"), required=True),
            Column("name", "string", _("name on that day"), required=True),
            Column("group", "string", _("size"), required=True),
            Column("line", "integer", _("line"), required=True),
            Column("is_rated", "boolean", _("has a place"), required=True),
            Column("score", "decimal", _("score"), required=True),
            Column("low", "decimal", _("not less than"), required=True),
            Column("high", "decimal", _("not more than"), required=True),
            Column("band", "string", _("colour")),
            Column("best", "integer", _("place, at best")),
            Column("worst", "integer", _("place, at worst")),
            Column("rivals", "integer", _("companies of its size"), required=True),
        ),
        of(
            RatingResult.objects.in_published().order_by("pk"),
            *("id", "snapshot__period", "snapshot__edition", "snapshot__methodology__version"),
            *("snapshot__published_at", "company_id", "reference", "name", "group", "position"),
            *("is_rated", "score", "low", "high", "band", "best", "worst", "rivals"),
        ),
    ),
    OpenTable(
        "rating_indicators",
        _("Indicators of the ratings"),
        _("What each score is made of; the methodology on the ratings' pages says how."),
        ("rating_id", "code"),
        (
            Column("rating_id", "integer", _("result of a company"), required=True),
            Column("code", "string", _("code of the indicator"), required=True),
            Column("count", "number", _("how many")),
            Column("of", "number", _("of how many")),
            Column("value", "number", _("value")),
            Column("low", "number", _("not less than")),
            Column("high", "number", _("not more than")),
            Column("average", "number", _("average of the city")),
            Column("points", "number", _("points")),
        ),
        _indicators,
    ),
)
