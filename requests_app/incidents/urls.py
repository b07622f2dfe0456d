"""Pages of outages, below /outages/."""

from collections.abc import Sequence

from django.urls import path

from disclosure.panels import Maker
from notifications.follow_pages import page
from requests_app import followed
from requests_app.incidents.pages import follow, views

app_name = "outages"

urlpatterns = [
    path("", views.index, name="list"),
    path("points.geojson", views.points, name="points"),
    path("confirm/<str:token>/", follow.confirm, name="confirm"),
    path("subscribe/<int:pk>/", follow.subscribe, name="subscribe"),
    path("follow/street/<int:pk>/", page(followed.street), name="follow_street"),
    path("follow/district/<str:name>/", page(followed.district), name="follow_district"),
    path("<int:pk>/points.geojson", views.points_of, name="points_of"),
]


def with_panels(*, outage: Sequence[Maker]) -> tuple[list, str]:
    """Return these addresses; the page of an incident shows what higher rooms say of it."""
    panels = {"panels": tuple(outage)}
    pages = [
        path("<int:pk>/", views.outage, panels, name="outage"),
        path("<int:pk>/follow/", follow.follow, panels, name="follow"),
    ]
    return [*urlpatterns, *pages], app_name
