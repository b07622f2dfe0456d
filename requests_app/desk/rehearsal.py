"""
What people would receive if a step were made now: the step is made, its letters are read, and all
of it is rolled back. So the preview can never differ from what goes out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actors import Operator
from notifications import rendering
from notifications.models import Message
from requests_app import letters, lifecycle
from requests_app.models import Request, RequestEvent

_LINK = re.compile(r"https?://\S+")
_BLANKS = re.compile(r"\n\s*\n(\s*\n)+")


@dataclass(frozen=True)
class Preview:
    """A letter as its reader would see it; `is_residents` tells the two readers apart."""

    subject: str
    text: str
    is_residents: bool


def letters_of_step(
    item: Request, target: str, details: lifecycle.Details, *, by: Operator, at: datetime
) -> list[Preview]:
    """
    Return the letters that the step would write; raise Refused where it would be refused.

    Nothing stays behind.
    """
    with transaction.atomic():
        lifecycle.move(item, target, by=by, at=at, details=details)
        found = _letters_of_last_event(item)
        transaction.set_rollback(True)
    return found


def letters_of_comment(item: Request, text: str, *, by: Operator, at: datetime) -> list[Preview]:
    """Return the letters that a word to the resident would write."""
    with transaction.atomic():
        lifecycle.comment(item, by=by, at=at, text=text)
        found = _letters_of_last_event(item)
        transaction.set_rollback(True)
    return found


def _letters_of_last_event(item: Request) -> list[Preview]:
    events = RequestEvent.objects.filter(request=item).order_by("-id")
    keys = letters.keys_of(events.values_list("pk", flat=True)[0])
    written = Message.objects.filter(dedupe_key__in=keys).order_by("id")
    previews = []
    for message in written.select_related("user"):
        letter = rendering.render(message)
        previews.append(
            Preview(
                subject=letter.subject,
                # The tracking link opens the request for anybody: an operator must not hold it.
                text=_BLANKS.sub("\n\n", _LINK.sub("[…]", letter.text)).strip(),
                is_residents=message.event.startswith("request."),
            )
        )
    return previews
