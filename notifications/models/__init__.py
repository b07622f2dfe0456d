"""What the room keeps: messages, where people may be reached, what they stopped, who relays."""

from notifications.models.channels import ChannelCode
from notifications.models.destinations import Destination, StopReason
from notifications.models.messages import Message, Priority, SentLetter, State
from notifications.models.relays import RelayBeat
from notifications.models.subscriptions import Subscription

__all__ = [
    "ChannelCode",
    "Destination",
    "Message",
    "Priority",
    "RelayBeat",
    "SentLetter",
    "State",
    "StopReason",
    "Subscription",
]
