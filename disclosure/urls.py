"""Pages of this room; the house's and the company's page are put together above it."""

from django.urls import path

from disclosure import views
from disclosure.directory import comparing, housemap, listing
from disclosure.panels import Maker

app_name = "disclosure"
urlpatterns = [
    path("buildings/", views.buildings, name="buildings"),
    path("buildings/suggest/", views.address_suggest, name="address_suggest"),
    path("buildings/<int:pk>/point/", views.point, name="building_point"),
    path("buildings/<int:pk>/poster.pdf", views.entrance_poster, name="poster"),
    path("companies/", listing.companies, name="companies"),
    path("companies/map/", housemap.page, name="companies_map"),
    path("companies/map/points/", housemap.points, name="companies_points"),
    path("companies/compare/", comparing.compare, name="companies_compare"),
]


def joined(*, house: list[Maker], company: list[Maker]) -> tuple[list, str]:
    """Return the room's addresses with the panels that higher rooms add to its pages."""
    pages = [
        path("buildings/<int:pk>/", views.HousePage.as_view(panels=house), name="building"),
        path(
            "companies/<str:reference>/", views.CompanyPage.as_view(panels=company), name="company"
        ),
    ]
    return [*urlpatterns, *pages], app_name
