"""Tables of this room."""

from outreach.models.guides import Guide, Opinion, Topic, UnansweredSearch
from outreach.models.hotline import Call, CallBack, CallBackState, HotlineHours, Outcome
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

__all__ = [
    "HOLDING",
    "Booking",
    "BookingState",
    "Call",
    "CallBack",
    "CallBackState",
    "Guide",
    "Host",
    "HotlineHours",
    "MeetingKind",
    "Opinion",
    "Outcome",
    "Question",
    "ReceptionHours",
    "Slot",
    "Topic",
    "UnansweredSearch",
    "Waiting",
    "Weekday",
]
