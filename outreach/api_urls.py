"""Calls of this room, below /api/v1/."""

from django.urls import path

from outreach.guides import api

urlpatterns = [
    path("guides/", api.Guides.as_view(), name="api-guides"),
    path("guides/<slug:slug>/", api.OneGuide.as_view(), name="api-guide"),
]
