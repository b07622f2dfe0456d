"""Pages of this room, below /recalculation/."""

from collections.abc import Sequence

from django.urls import URLPattern, path

from claims.calculator import views as calculator
from claims.legal_aid import views as legal_aid
from claims.totals import views as totals
from disclosure.panels import Maker

app_name = "claims"

urlpatterns: list[URLPattern] = [
    path("", calculator.calculator, name="calculator"),
    path("won/", totals.won, name="won"),
    path("won/rows/", totals.rows, name="won_rows"),
    path("won/rows.csv", totals.rows_csv, name="won_rows_csv"),
]


def with_panels(*, lawyers: Sequence[Maker]) -> tuple[list[URLPattern], str]:
    """Return the room's addresses; the check of legal aid shows when a lawyer receives."""
    page = path("legal-aid/", legal_aid.check, {"panels": tuple(lawyers)}, name="legal_aid")
    return [*urlpatterns, page], app_name
