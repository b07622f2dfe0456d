"""Addresses of what was published."""

from django.urls import path

from disclosure.publications import followed, views
from notifications.follow_pages import page

app_name = "publications"
_VERSION = "companies/<str:reference>/disclosure/<str:place>/<str:key>/<int:number>/"
urlpatterns = [
    path("companies/<str:reference>/disclosure/", views.history, name="history"),
    path("companies/<str:reference>/follow/", page(followed.company), name="follow"),
    path(_VERSION, views.version, name="version"),
    path(f"{_VERSION}files/<uuid:upload_id>/", views.file, name="file"),
]
