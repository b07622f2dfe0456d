"""Addresses of one's own data, beside the account's."""

from django.urls import path

from contact_center.own_data import views

app_name = "own_data"
urlpatterns = [
    path("", views.page, name="page"),
    path("copy/", views.copy, name="copy"),
    path("close/", views.close, name="close"),
    path("again/", views.again, name="again"),
    path("keep/", views.keep, name="keep"),
    path("call-off/<str:token>/", views.call_off, name="call_off"),
]
