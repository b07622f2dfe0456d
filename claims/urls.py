"""Pages of this room, below /recalculation/."""

app_name = "claims"
urlpatterns: list = []
