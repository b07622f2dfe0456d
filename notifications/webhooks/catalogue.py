"""What a system may subscribe to: the codes it names, and which filters hold for each."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REQUEST, INCIDENT, RATING, DISCLOSURE, PING = (
    *("request", "incident", "rating", "disclosure"),
    "ping",
)


@dataclass(frozen=True, kw_only=True)
class EventType:
    """
    A kind of event: `subject` names what it is about, as settings.WEBHOOK_SUBJECTS does.

    `is_inner` ones are told only to staff and to whoever works on the request: to everybody else
    they would say what no page shows.
    """

    code: str
    subject: str
    label: Promise
    hint: Promise | str = ""
    is_inner: bool = False


_ALL = [
    EventType(
        code="request.filed",
        subject=REQUEST,
        label=pgettext_lazy("webhook", "A request is filed"),
        hint=_("those whose residents let everybody see them; executors get all of theirs"),
    ),
    EventType(
        code="request.status_changed",
        subject=REQUEST,
        label=pgettext_lazy("webhook", "The status of a request changes"),
        hint=_("taken in, in work, done, closed, taken up again"),
    ),
    EventType(
        code="request.comment_added",
        subject=REQUEST,
        label=pgettext_lazy("webhook", "Somebody writes on a request"),
        hint=_("only for its executor and for staff"),
        is_inner=True,
    ),
    EventType(
        code="request.deadline_passed",
        subject=REQUEST,
        label=pgettext_lazy("webhook", "The deadline of a request has passed"),
        hint=_("only for its executor and for staff"),
        is_inner=True,
    ),
    EventType(
        code="incident.opened",
        subject=INCIDENT,
        label=pgettext_lazy("webhook", "An outage begins or is announced"),
    ),
    EventType(
        code="incident.updated",
        subject=INCIDENT,
        label=pgettext_lazy("webhook", "There is news of an outage"),
        hint=_("words, another expected end, other houses"),
    ),
    EventType(
        code="incident.ended",
        subject=INCIDENT,
        label=pgettext_lazy("webhook", "An outage is over"),
        hint=_("over, cancelled, or gone into another one"),
    ),
    EventType(
        code="rating.published",
        subject=RATING,
        label=pgettext_lazy("webhook", "A rating is published"),
    ),
    EventType(
        code="disclosure.published",
        subject=DISCLOSURE,
        label=pgettext_lazy("webhook", "A company discloses a form"),
    ),
]
TYPES: dict[str, EventType] = {one.code: one for one in _ALL}
# Sent by the button that tries a subscription out; nobody subscribes to it.
TEST = EventType(code="ping", subject=PING, label=pgettext_lazy("webhook", "Test call"))
