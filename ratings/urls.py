"""Pages and files of the ratings; a month's address never changes."""

from django.urls import path, register_converter

from notifications.follow_pages import page
from ratings import comparing, downloads, followed, housemap, months, pictures, views


class Month:
    """A month of an address, as 2026-10."""

    regex = "20[0-9]{2}-(?:0[1-9]|1[0-2])"

    to_python = staticmethod(months.read)

    def to_url(self, value: object) -> str:
        """Return the month as it is written."""
        return str(value)[:7]


register_converter(Month, "month")

app_name = "ratings"
urlpatterns = [
    path("", views.current, name="current"),
    path("methodology/", views.methodology_page, name="methodology"),
    path("<month:period>/", views.of_month, name="period"),
    path("compare/", comparing.compare, name="compare"),
    path("follow/", page(followed.ratings), name="follow"),
    path("map/", housemap.page, name="map"),
    path("map/points/", housemap.points, name="map_points"),
    path("badge/<str:reference>.svg", pictures.badge, name="badge"),
    path("<month:period>/results.xlsx", downloads.results_sheet, name="results_sheet"),
    path("<month:period>/inputs.csv", downloads.inputs_file, name="inputs"),
    path("<month:period>/results.csv", downloads.results_file, name="results"),
    path("<month:period>/results.json", downloads.results_json, name="results_json"),
    path("<month:period>/methodology.json", downloads.methodology_file, name="methodology_file"),
    path("<month:period>/manifest.json", downloads.manifest_file, name="manifest"),
    path("<month:period>/rows.csv", downloads.rows_csv, name="rows"),
    path("<month:period>/objections/", views.objections, name="objections"),
    path("<month:period>/signature.json", downloads.signature_file, name="signature"),
    path("<month:period>/verify.py", downloads.verifier_file, name="verifier"),
    path("<month:period>/<str:reference>/", views.company, name="company"),
    path("<month:period>/<str:reference>/picture.png", pictures.share_image, name="picture"),
    path("<month:period>/<str:reference>/meeting.pdf", pictures.meeting_sheet, name="meeting"),
    path(
        "<month:period>/<str:reference>/rows.csv", downloads.company_rows_csv, name="company_rows"
    ),
]
