"""Pages of one's own news, below /accounts/."""

from __future__ import annotations

from django.urls import path

from notifications import follow_pages, inbox_views, preference_views

app_name = "inbox"
urlpatterns = [
    path("notifications/", preference_views.preferences_page, name="preferences"),
    path("follows/", follow_pages.follows, name="follows"),
    path("follows/<int:pk>/stop/", follow_pages.stop, name="stop_following"),
    path("inbox/", inbox_views.inbox_page, name="list"),
    path("inbox/read/", inbox_views.read_all, name="read_all"),
    path("inbox/<int:pk>/open/", inbox_views.open_item, name="open"),
]
