"""Calls of this room, below /api/v1/."""

from __future__ import annotations

from django.urls import path

from accounts import api

urlpatterns = [path("uploads/", api.UploadView.as_view(), name="api-uploads")]
