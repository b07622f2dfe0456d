"""Tables of this room."""

from outreach.models.guides import Guide, Opinion, Topic, UnansweredSearch
from outreach.models.hotline import Call, CallBack, CallBackState, HotlineHours, Outcome
from outreach.models.meetings import AgendaGroup, AgendaKind
from outreach.models.questions import Question
from outreach.models.reception import (
    HOLDING,
    Booking,
    BookingState,
    Host,
    MeetingKind,
    ReceptionHours,
    Slot,
    Waiting,
    Weekday,
)
from outreach.models.tos import (
    HouseCouncil,
    OfficeHolder,
    OfficeRole,
    ProjectState,
    Tos,
    TosHouse,
    TosKind,
    TosNews,
    TosProject,
)

__all__ = [
    "HOLDING",
    "AgendaGroup",
    "AgendaKind",
    "Booking",
    "BookingState",
    "Call",
    "CallBack",
    "CallBackState",
    "Guide",
    "Host",
    "HotlineHours",
    "HouseCouncil",
    "MeetingKind",
    "OfficeHolder",
    "OfficeRole",
    "Opinion",
    "Outcome",
    "ProjectState",
    "Question",
    "ReceptionHours",
    "Slot",
    "Topic",
    "Tos",
    "TosHouse",
    "TosKind",
    "TosNews",
    "TosProject",
    "UnansweredSearch",
    "Waiting",
    "Weekday",
]
