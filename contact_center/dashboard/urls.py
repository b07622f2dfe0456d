"""Addresses of the dashboard; the converter of months is the ratings'."""

from django.urls import path

from contact_center.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.for_everybody, name="everybody"),
    path("head/", views.for_the_head, name="head"),
    path("head/<month:period>/report.xlsx", views.report_xlsx, name="report_xlsx"),
    path("head/<month:period>/report.pdf", views.report_pdf, name="report_pdf"),
]
