"""Models of the project itself: only what a drill remembers."""

from contact_center.drill.models import Drill, DrillCall, Speed

__all__ = ["Drill", "DrillCall", "Speed"]
