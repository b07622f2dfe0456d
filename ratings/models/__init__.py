"""Tables of the ratings."""

from ratings.models.objections import Objection, Verdict
from ratings.models.snapshots import Methodology, RatingResult, RatingSnapshot

__all__ = ["Methodology", "Objection", "RatingResult", "RatingSnapshot", "Verdict"]
