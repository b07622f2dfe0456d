"""Calls of this room, below /api/v1/."""

from django.urls import path

from claims import api

urlpatterns = [path("recalculation/", api.Recalculate.as_view(), name="api-recalculation")]
