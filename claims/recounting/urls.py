"""The offer of a claim counted anew, below /requests/<number>/money/<place>/."""

from django.urls import path

from claims.recounting import views

app_name = "claims_recounting"

urlpatterns = [path("", views.offer, name="offer")]
