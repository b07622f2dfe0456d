"""Addresses of open data."""

from django.urls import path

from disclosure.open_data import views
from disclosure.open_data.everything import pages as everything

app_name = "open_data"
urlpatterns = [
    path("", views.index, name="index"),
    path("catalog.jsonld", views.catalogue, name="catalogue"),
    path("changes.atom", views.Changes(), name="changes"),
    path("everything/", everything.index, name="archives"),
    path("everything/<str:day>.zip", everything.archive, name="archive"),
    path("latest/<str:name>.<str:ext>", views.latest, name="latest"),
    path("<str:day>/<str:name>.csv-metadata.json", views.metadata, name="metadata"),
    path("<str:day>/<str:name>.<str:ext>", views.file, name="file"),
]
