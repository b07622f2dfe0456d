"""The rating's part of a company's cabinet."""

from django.urls import path

from ratings import cabinet, urls  # noqa: F401 - urls brings the converter of months

app_name = "rating_cabinet"
_MONTH = "<str:inn>/rating/<month:period>/"
urlpatterns = [
    path(_MONTH, cabinet.rows, name="rows"),
    path(f"{_MONTH}rows.csv", cabinet.rows_file, name="rows_file"),
    path(f"{_MONTH}<str:number>/", cabinet.object_page, name="object"),
]
