"""What this room stores."""

from claims.models.claims import Claim, ClaimEvent, ClaimSpan
from claims.models.court import CaseDocument, CaseEvent, CaseHearing, CaseParty, CourtCase
from claims.models.figures import FigureRow
from claims.models.legal_aid import AidGround, DutyStep, GroundLevel, GroundPart
from claims.models.offers import ClaimPaper, IncidentClaim, IncidentOffer, Offer
from claims.models.recounts import ClaimVersion, Recount, RecountState
from claims.models.tariffs import Tariff, TariffKind, TariffUnit
from claims.models.totals import Won, WonGroup, WonMark
from claims.models.works import WorkWon

__all__ = [
    "AidGround",
    "CaseDocument",
    "CaseEvent",
    "CaseHearing",
    "CaseParty",
    "Claim",
    "ClaimEvent",
    "ClaimPaper",
    "ClaimSpan",
    "ClaimVersion",
    "CourtCase",
    "DutyStep",
    "FigureRow",
    "GroundLevel",
    "GroundPart",
    "IncidentClaim",
    "IncidentOffer",
    "Offer",
    "Recount",
    "RecountState",
    "Tariff",
    "TariffKind",
    "TariffUnit",
    "Won",
    "WonGroup",
    "WonMark",
    "WorkWon",
]
