"""Addresses of open data."""

from django.urls import path

from disclosure.open_data import views

app_name = "open_data"
urlpatterns = [
    path("", views.index, name="index"),
    path("catalog.jsonld", views.catalogue, name="catalogue"),
    path("changes.atom", views.Changes(), name="changes"),
    path("latest/<str:name>.<str:ext>", views.latest, name="latest"),
    path("<str:day>/<str:name>.csv-metadata.json", views.metadata, name="metadata"),
    path("<str:day>/<str:name>.<str:ext>", views.file, name="file"),
]
