"""The rating's part of a company's cabinet."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import path

from disclosure.cabinet.tabs import Maker
from ratings import cabinet, urls  # noqa: F401 - urls brings the converter of months

app_name = "rating_cabinet"
_MONTH = "<str:inn>/rating/<month:period>/"


def joined(*, tabs: Sequence[Maker]) -> tuple[list, str]:
    """Return these addresses; the page of rows shows the tabs of every room."""
    pages = [
        path(_MONTH, cabinet.rows, {"makers": tuple(tabs)}, name="rows"),
        path(f"{_MONTH}rows.csv", cabinet.rows_file, name="rows_file"),
        path(f"{_MONTH}<str:number>/", cabinet.object_page, name="object"),
    ]
    return pages, app_name
