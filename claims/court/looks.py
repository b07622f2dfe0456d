"""Every look at a file of a case or at a paper of it is noted, whoever looks."""

from __future__ import annotations

from datetime import datetime

from accounts import contact_looks
from accounts.actors import Actor, CodeHolder
from claims.models import CourtCase


def subject_of(case: CourtCase, what: str = "") -> str:
    """Return what the log says was looked at: «court:17» or «court:17:suit»."""
    return f"court:{case.pk}:{what}" if what else f"court:{case.pk}"


def note(case: CourtCase, what: str, *, by: Actor, at: datetime) -> None:
    """Note that `by` is shown the case, or `what` of it; call before showing."""
    subject = subject_of(case, what)
    if isinstance(by, CodeHolder) and by.account is None:
        contact_looks.record_by_code(subject, at=at)
    else:
        contact_looks.record(subject, by=by, at=at)
