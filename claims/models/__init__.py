"""What this room stores."""

from claims.models.claims import Claim, ClaimEvent, ClaimSpan
from claims.models.figures import FigureRow
from claims.models.totals import Won, WonGroup, WonMark
from claims.models.works import WorkWon

__all__ = [
    "Claim",
    "ClaimEvent",
    "ClaimSpan",
    "FigureRow",
    "Won",
    "WonGroup",
    "WonMark",
    "WorkWon",
]
