"""Addresses of the repairman's page; whoever holds the token holds the way in."""

from django.urls import path

from requests_app.repair import pages

app_name = "repair"
urlpatterns = [
    path("<str:token>/", pages.job, name="job"),
    path("<str:token>/start/", pages.start, name="start"),
    path("<str:token>/act/", pages.act, name="act"),
    path("<str:token>/photos/<uuid:upload_id>/", pages.file, name="photo"),
]
