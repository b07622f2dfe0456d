"""Pages of outages, below /outages/."""

from django.urls import path

from requests_app.incidents.pages import follow, views

app_name = "outages"

urlpatterns = [
    path("", views.index, name="list"),
    path("points.geojson", views.points, name="points"),
    path("confirm/<str:token>/", follow.confirm, name="confirm"),
    path("subscribe/<int:pk>/", follow.subscribe, name="subscribe"),
    path("<int:pk>/", views.outage, name="outage"),
    path("<int:pk>/follow/", follow.follow, name="follow"),
    path("<int:pk>/points.geojson", views.points_of, name="points_of"),
]
