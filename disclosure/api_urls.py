"""Calls of this room, below /api/v1/; a house's and a company's are put together above it."""

from django.urls import URLPattern, path

from disclosure.api import buildings, companies, disclosed, forms
from disclosure.api.parts import Parts, joined

urlpatterns: list[URLPattern] = [
    path("buildings/", buildings.Buildings.as_view(), name="api-buildings"),
    path(
        "buildings/<int:pk>/disclosure/",
        disclosed.BuildingDisclosure.as_view(),
        name="api-building-disclosure",
    ),
    path("companies/", companies.Companies.as_view(), name="api-companies"),
    path(
        "companies/<str:reference>/disclosure/",
        disclosed.CompanyDisclosure.as_view(),
        name="api-company-disclosure",
    ),
    path(
        "companies/<str:reference>/publications/",
        disclosed.CompanyPublications.as_view(),
        name="api-company-publications",
    ),
    path("publications/<int:pk>/", disclosed.OnePublication.as_view(), name="api-publication"),
    path("disclosure/forms/", forms.Forms.as_view(), name="api-disclosure-forms"),
    path("disclosure/forms/<str:code>/", forms.OneForm.as_view(), name="api-disclosure-form"),
]


def with_parts(*, house: Parts, company: Parts) -> list[URLPattern]:
    """Return the room's calls with what higher rooms add to a house and to a company."""
    one_house = joined(buildings.OneBuilding, house)
    one_company = joined(companies.OneCompany, company)
    return [
        *urlpatterns,
        path("buildings/<int:pk>/", one_house.as_view(), name="api-building"),
        path("companies/<str:reference>/", one_company.as_view(), name="api-company"),
    ]
