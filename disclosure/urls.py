"""Pages of this room."""

app_name = "disclosure"
urlpatterns: list = []
