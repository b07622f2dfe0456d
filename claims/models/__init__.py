"""What this room stores."""

from claims.models.claims import Claim, ClaimEvent, ClaimSpan
from claims.models.figures import FigureRow

__all__ = ["Claim", "ClaimEvent", "ClaimSpan", "FigureRow"]
