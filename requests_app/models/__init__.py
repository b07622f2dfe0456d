"""Models of the requests room, one module a notion."""

from requests_app.models.categories import CalendarDay, Category, Norm
from requests_app.models.desk import Presence, RefusedSave
from requests_app.models.destruction import Destruction
from requests_app.models.drafts import Draft
from requests_app.models.incidents import Incident, IncidentBuilding, IncidentKind
from requests_app.models.requests import (
    Act,
    Attachment,
    Author,
    EventKind,
    PauseReason,
    Request,
    RequestContact,
    RequestEvent,
)

__all__ = [
    "Act",
    "Attachment",
    "Author",
    "CalendarDay",
    "Category",
    "Destruction",
    "Draft",
    "EventKind",
    "Incident",
    "IncidentBuilding",
    "IncidentKind",
    "Norm",
    "PauseReason",
    "Presence",
    "RefusedSave",
    "Request",
    "RequestContact",
    "RequestEvent",
]
