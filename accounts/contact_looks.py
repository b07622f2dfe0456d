"""The log of looks at contacts and files of court cases: evidence for the person read about."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor, user_id_of
from accounts.models import ContactLook


def record(subject: str, *, by: Actor, at: datetime) -> None:
    """
    Note that `by` is shown the contact of `subject` ("request:123"); call before showing it.

    Raise ValueError for somebody without an account: such a look must not happen at all.
    """
    user_id = user_id_of(by)
    if user_id is None:
        raise ValueError(f"{type(by).__name__} has no account to note a look under")
    ContactLook.objects.create(looked_by_id=user_id, subject=subject, at=at)


def record_by_code(subject: str, *, at: datetime) -> None:
    """Note that whoever holds the code of a request is shown `subject`; nobody's name is known."""
    ContactLook.objects.create(looked_by=None, subject=subject, at=at)
