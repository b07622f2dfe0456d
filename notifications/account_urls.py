"""Pages of one's own news, below /accounts/."""

from __future__ import annotations

from django.urls import path

from notifications import destination_views, follow_pages, inbox_views, preference_views
from notifications.webhooks import pages as webhooks

app_name = "inbox"
urlpatterns = [
    path("notifications/", preference_views.preferences_page, name="preferences"),
    path("follows/", follow_pages.follows, name="follows"),
    path("follows/<int:pk>/stop/", follow_pages.stop, name="stop_following"),
    path("notifications/where/", destination_views.page, name="destinations"),
    path("notifications/where/phone/", destination_views.add_phone, name="add_phone"),
    path("notifications/where/code/", destination_views.prove_phone, name="prove_phone"),
    path("notifications/where/telegram/", destination_views.link_telegram, name="link_telegram"),
    path("notifications/where/<int:pk>/remove/", destination_views.remove, name="remove"),
    path("inbox/", inbox_views.inbox_page, name="list"),
    path("inbox/read/", inbox_views.read_all, name="read_all"),
    path("inbox/<int:pk>/open/", inbox_views.open_item, name="open"),
    path("webhooks/", webhooks.index, name="webhooks"),
    path("webhooks/new/", webhooks.new, name="webhook_new"),
    path("webhooks/<int:pk>/", webhooks.one, name="webhook"),
    path("webhooks/<int:pk>/edit/", webhooks.edit, name="webhook_edit"),
    path("webhooks/<int:pk>/test/", webhooks.test, name="webhook_test"),
    path("webhooks/<int:pk>/rotate/", webhooks.rotate, name="webhook_rotate"),
    path("webhooks/<int:pk>/switch/", webhooks.switch, name="webhook_switch"),
    path("webhooks/<int:pk>/replay/", webhooks.replay_failed, name="webhook_replay_failed"),
    path("webhooks/<int:pk>/replay/<int:number>/", webhooks.replay, name="webhook_replay"),
    path("webhooks/<int:pk>/delete/", webhooks.delete, name="webhook_delete"),
]
