"""Pages of this room, below /recalculation/."""

from django.urls import path

from claims.calculator import views as calculator

app_name = "claims"

urlpatterns = [path("", calculator.calculator, name="calculator")]
