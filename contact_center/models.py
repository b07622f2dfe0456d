"""Models of the project itself: what a drill remembers, and the standing reports."""

from contact_center.dashboard.models import StandingReport
from contact_center.drill.models import Drill, DrillCall, Speed
from contact_center.own_data.models import Erasure, ErasureState
from contact_center.record.models import RecordCode, YearFigure

__all__ = [
    "Drill",
    "DrillCall",
    "Erasure",
    "ErasureState",
    "RecordCode",
    "Speed",
    "StandingReport",
    "YearFigure",
]
