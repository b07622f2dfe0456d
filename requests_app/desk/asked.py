"""What the executor asks of the centre, until an operator answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from requests_app import clock_words
from requests_app.models import Author, EventKind, RequestEvent

_ASKS = {EventKind.ASKED_TIME: "clock-extend", EventKind.ASKED_PASS: "step-redirect"}


@dataclass(frozen=True)
class Asked:
    """The asking in words, and the part of the page (its id) where it is granted."""

    title: str
    sentence: str
    text: str
    granted_in: str


def waiting(events: Sequence[RequestEvent], *, zone: tzinfo) -> Asked | None:
    """
    Return what was asked last, None once anything an operator says to the resident follows it.

    `events` are the request's lines, oldest first. A note for colleagues answers nobody.
    """
    for event in reversed(events):
        if event.author == Author.OPERATOR and event.public:
            return None
        if event.kind in _ASKS:
            kind = EventKind(event.kind)
            return Asked(
                title=str(clock_words.TITLES[kind]),
                sentence=clock_words.sentence(kind, event.data, zone=zone),
                text=event.text,
                granted_in=_ASKS[kind],
            )
    return None
