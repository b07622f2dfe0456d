"""Models of the requests room, one module a notion."""

from requests_app.models.answers import AnswerTemplate, SavedFilter
from requests_app.models.bursts import (
    HeardRequest,
    IncidentProposal,
    ProposalScope,
    ProposalState,
    QuietPast,
    QuietPlace,
)
from requests_app.models.categories import CalendarDay, Category, Norm
from requests_app.models.chats import ChatFollow
from requests_app.models.desk import Presence, RefusedSave
from requests_app.models.destruction import Destruction
from requests_app.models.drafts import Draft
from requests_app.models.escalations import Escalation, EscalationRule, Rung
from requests_app.models.exchange import (
    BatchState,
    ExchangeBatch,
    ExchangeKind,
    ExchangeRow,
    RowAnswer,
)
from requests_app.models.figures import Figure, FigureMark, FigureScope, Span
from requests_app.models.incidents import (
    Ending,
    Incident,
    IncidentBuilding,
    IncidentJob,
    IncidentKind,
    IncidentUpdate,
    JobKind,
    JobStage,
    UpdateKind,
)
from requests_app.models.marks import BEST, WORST, Mark
from requests_app.models.outside import (
    LetterState,
    OutsideLetter,
    OutsideMatter,
    OutsideSource,
)
from requests_app.models.quality import CallState, QualityCall
from requests_app.models.queue import QueuePlace
from requests_app.models.remote_photos import RemotePhoto
from requests_app.models.repair_links import RepairLink
from requests_app.models.requests import (
    Act,
    Attachment,
    Author,
    EventKind,
    PauseReason,
    Request,
    RequestContact,
    RequestEvent,
    Shows,
)
from requests_app.models.suggestion import SuggestionModel
from requests_app.models.ties import Batch, BatchPart, RequestLink, Tie

__all__ = [
    "BEST",
    "WORST",
    "Act",
    "AnswerTemplate",
    "Attachment",
    "Author",
    "Batch",
    "BatchPart",
    "BatchState",
    "CalendarDay",
    "CallState",
    "Category",
    "ChatFollow",
    "Destruction",
    "Draft",
    "Ending",
    "Escalation",
    "EscalationRule",
    "EventKind",
    "ExchangeBatch",
    "ExchangeKind",
    "ExchangeRow",
    "Figure",
    "FigureMark",
    "FigureScope",
    "HeardRequest",
    "Incident",
    "IncidentBuilding",
    "IncidentJob",
    "IncidentKind",
    "IncidentProposal",
    "IncidentUpdate",
    "JobKind",
    "JobStage",
    "LetterState",
    "Mark",
    "Norm",
    "OutsideLetter",
    "OutsideMatter",
    "OutsideSource",
    "PauseReason",
    "Presence",
    "ProposalScope",
    "ProposalState",
    "QualityCall",
    "QueuePlace",
    "QuietPast",
    "QuietPlace",
    "RefusedSave",
    "RemotePhoto",
    "RepairLink",
    "Request",
    "RequestContact",
    "RequestEvent",
    "RequestLink",
    "RowAnswer",
    "Rung",
    "SavedFilter",
    "Shows",
    "Span",
    "SuggestionModel",
    "Tie",
    "UpdateKind",
]
