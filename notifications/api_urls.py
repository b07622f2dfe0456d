"""Calls of this room, below /api/v1/."""

from __future__ import annotations

from django.urls import path

from notifications import api

urlpatterns = [
    path("inbox/", api.Inbox.as_view(), name="api-inbox"),
    path("inbox/read/", api.InboxRead.as_view(), name="api-inbox-read"),
]
