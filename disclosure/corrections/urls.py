"""Addresses of «this is wrong»."""

from django.urls import path

from disclosure.corrections import views

app_name = "corrections"
urlpatterns = [
    path("buildings/<int:pk>/wrong/", views.of_house, name="of_house"),
    path("companies/<str:reference>/wrong/", views.of_company, name="of_company"),
]
