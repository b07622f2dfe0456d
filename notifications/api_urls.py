"""Calls of this room, below /api/v1/."""

from __future__ import annotations

from django.urls import path

from notifications import api
from notifications.webhooks import api as webhooks

urlpatterns = [
    path("inbox/", api.Inbox.as_view(), name="api-inbox"),
    path("inbox/read/", api.InboxRead.as_view(), name="api-inbox-read"),
    path("webhooks/", webhooks.Webhooks.as_view(), name="api-webhooks"),
    path("webhooks/<int:pk>/", webhooks.OneWebhook.as_view(), name="api-webhook"),
    path("webhooks/<int:pk>/test/", webhooks.TestWebhook.as_view()),
    path("webhooks/<int:pk>/rotate/", webhooks.RotateWebhook.as_view()),
    path("webhooks/<int:pk>/replay/", webhooks.ReplayWebhook.as_view()),
    path("webhooks/<int:pk>/deliveries/", webhooks.WebhookDeliveries.as_view()),
    path("webhooks/<int:pk>/deliveries/<int:number>/replay/", webhooks.ReplayDelivery.as_view()),
]
