"""Calls of the public figures, below /api/v1/statistics/."""

from django.urls import path

from contact_center.dashboard import api

urlpatterns = [
    path("", api.Statistics.as_view(), name="api-statistics"),
    path("record/", api.Record.as_view(), name="api-record"),
]
