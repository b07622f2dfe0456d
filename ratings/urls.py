"""Pages and files of the ratings; a month's address never changes."""

from django.urls import path, register_converter

from ratings import months, views


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
    path("<month:period>/inputs.csv", views.inputs_file, name="inputs"),
    path("<month:period>/results.csv", views.results_file, name="results"),
    path("<month:period>/results.json", views.results_json, name="results_json"),
    path("<month:period>/methodology.json", views.methodology_file, name="methodology_file"),
    path("<month:period>/manifest.json", views.manifest_file, name="manifest"),
    path("<month:period>/rows.csv", views.rows_csv, name="rows"),
    path("<month:period>/objections/", views.objections, name="objections"),
    path("<month:period>/signature.json", views.signature_file, name="signature"),
    path("<month:period>/verify.py", views.verifier_file, name="verifier"),
    path("<month:period>/<str:reference>/", views.company, name="company"),
    path("<month:period>/<str:reference>/rows.csv", views.company_rows_csv, name="company_rows"),
]
