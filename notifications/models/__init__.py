"""What the room keeps: messages, where people may be reached, what they stopped, who relays."""

from notifications.models.background import ENDED, BackgroundWork, Deed, WorkDeed, WorkState
from notifications.models.channels import ChannelCode
from notifications.models.destinations import Destination, StopReason
from notifications.models.follows import FanOut, Follow
from notifications.models.gates import Gate, GatePlace
from notifications.models.inbox import EndedMatter, InboxItem
from notifications.models.lateness import LateEpisode
from notifications.models.messages import Fold, Message, Priority, SentLetter, State
from notifications.models.preferences import Pace, Preference
from notifications.models.relays import RelayBeat
from notifications.models.reports import Report, Spill
from notifications.models.subscriptions import Subscription
from notifications.models.telegram import LinkCode, TelegramUpdate
from notifications.models.texts import LetterText
from notifications.models.webhooks import (
    WebhookAttempt,
    WebhookEvent,
    WebhookOff,
    WebhookSecret,
    WebhookSubscription,
)

__all__ = [
    "ENDED",
    "BackgroundWork",
    "ChannelCode",
    "Deed",
    "Destination",
    "EndedMatter",
    "FanOut",
    "Fold",
    "Follow",
    "Gate",
    "GatePlace",
    "InboxItem",
    "LateEpisode",
    "LetterText",
    "LinkCode",
    "Message",
    "Pace",
    "Preference",
    "Priority",
    "RelayBeat",
    "Report",
    "SentLetter",
    "Spill",
    "State",
    "StopReason",
    "Subscription",
    "TelegramUpdate",
    "WebhookAttempt",
    "WebhookEvent",
    "WebhookOff",
    "WebhookSecret",
    "WebhookSubscription",
    "WorkDeed",
    "WorkState",
]
