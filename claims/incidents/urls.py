"""Pages below /outages/<id>/money/."""

from django.urls import path

from claims.incidents import views

app_name = "claims_of_incident"

urlpatterns = [
    path("", views.money, name="money"),
    path("claim/", views.claim, name="claim"),
]
