"""Addresses of open data."""

from django.urls import path

from accounts.feeds import Kind
from disclosure import feeds
from disclosure.open_data import views
from disclosure.open_data.everything import pages as everything

app_name = "open_data"
urlpatterns = [
    path("", views.index, name="index"),
    path("catalog.jsonld", views.catalogue, name="catalogue"),
    # Readers took this address before there was /feeds/.
    path("changes.atom", feeds.view, {"kind": Kind.ATOM}, name="changes"),
    path("everything/", everything.index, name="archives"),
    path("everything/<str:day>.zip", everything.archive, name="archive"),
    path("latest/<str:name>.<str:ext>", views.latest, name="latest"),
    path("<str:day>/<str:name>.csv-metadata.json", views.metadata, name="metadata"),
    path("<str:day>/<str:name>.<str:ext>", views.file, name="file"),
]
