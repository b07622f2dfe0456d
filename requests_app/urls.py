"""Pages of this room."""

app_name = "requests_app"
urlpatterns: list = []
