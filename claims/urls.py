"""Pages of this room, below /recalculation/."""

from django.urls import path

from claims.calculator import views as calculator
from claims.totals import views as totals

app_name = "claims"

urlpatterns = [
    path("", calculator.calculator, name="calculator"),
    path("won/", totals.won, name="won"),
    path("won/rows/", totals.rows, name="won_rows"),
    path("won/rows.csv", totals.rows_csv, name="won_rows_csv"),
]
