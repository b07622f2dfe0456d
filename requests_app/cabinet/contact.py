"""
The resident's contact as far as the work needs it, and a note of each look at it.

An executor reads a name and a phone, to be let in; the e-mail stays with the portal, which carries
letters both ways. Nothing is shown before the request is taken on or after the work is proved done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts import contact_looks
from accounts.actors import Executor
from requests_app.models import Request, RequestContact
from requests_app.statuses import WORKED_ON


@dataclass(frozen=True)
class Reachable:
    """Whom to call before coming; both may be empty."""

    name: str
    phone: str
    gets_letters: bool = False


def is_needed(item: Request) -> bool:
    """Whether the work on the request needs the resident's phone now."""
    return item.status in WORKED_ON


def look(item: Request, *, by: Executor, at: datetime) -> Reachable:
    """Note the look, then return name and phone; the caller asked `is_needed`."""
    contact_looks.record(f"request:{item.pk}", by=by, at=at)
    return of(item)


def of(item: Request) -> Reachable:
    """Return name and phone, for whom the look was noted already."""
    found = RequestContact.objects.filter(request_id=item.pk).values_list("name", "phone", "email")
    for name, phone, email in found:
        return Reachable(name, phone, gets_letters=bool(email))
    return Reachable("", "")
