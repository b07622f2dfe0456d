"""Calls of this room, below /api/v1/."""

from django.urls import path

from disclosure import api

urlpatterns = [path("buildings/", api.Buildings.as_view(), name="api-buildings")]
