"""Pages of this room."""

from django.urls import path

from outreach.guides import views

app_name = "outreach"
urlpatterns = [
    path("guides/", views.index, name="guides"),
    path("guides/<slug:slug>/", views.guide, name="guide"),
    path("guides/<slug:slug>/helped/", views.helped, name="helped"),
]
