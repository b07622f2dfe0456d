"""Addresses of the record."""

from django.urls import path

from contact_center.record import views

app_name = "record"
urlpatterns = [
    path("", views.record, name="record"),
    path("record.csv", views.record_csv, name="csv"),
]
