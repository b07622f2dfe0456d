"""Calls of this room, below /api/v1/."""

from django.urls import path

from ratings import urls  # noqa: F401 - knows <month:…>
from ratings.api import methodologies, reads

urlpatterns = [
    path("ratings/", reads.Ratings.as_view(), name="api-ratings"),
    path(
        "ratings/methodologies/",
        methodologies.Methodologies.as_view(),
        name="api-methodologies",
    ),
    path(
        "ratings/methodologies/<int:version>/",
        methodologies.OneMethodology.as_view(),
        name="api-methodology",
    ),
    path("ratings/<month:period>/", reads.OneRating.as_view(), name="api-rating"),
    path(
        "ratings/<month:period>/<str:reference>/",
        reads.CompanyRating.as_view(),
        name="api-company-rating",
    ),
]
