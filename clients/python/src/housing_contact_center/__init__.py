"""A typed client of a housing contact centre's REST API."""

from .client import Portal
from .errors import Conflict, NotAllowed, NotFound, PortalError, TooMany, Unreachable
from .shapes import (
    Building,
    Company,
    Contact,
    Filed,
    FoundBuilding,
    Incident,
    ListedCompany,
    OwnRequest,
    PublicRequest,
    Rating,
    Standing,
    Tracked,
    Upload,
)

__all__ = [
    "Building",
    "Company",
    "Conflict",
    "Contact",
    "Filed",
    "FoundBuilding",
    "Incident",
    "ListedCompany",
    "NotAllowed",
    "NotFound",
    "OwnRequest",
    "Portal",
    "PortalError",
    "PublicRequest",
    "Rating",
    "Standing",
    "TooMany",
    "Tracked",
    "Unreachable",
    "Upload",
]
