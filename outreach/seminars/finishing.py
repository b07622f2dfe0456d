"""When a seminar is over: certificates, thanks, and the question what people thought."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from outreach import senders
from outreach.models import Feedback, Seminar, SeminarState, SignUp
from outreach.seminars import certificates, letters, signing_up
from requests_app.typed_text import paragraphs

TEXT_MAX = 2_000
MARKS = range(1, 6)


@transaction.atomic
def finish(seminar: Seminar, *, at: datetime) -> bool:
    """
    Close a seminar whose last meeting has begun: certificates and letters leave, once.

    Return False for one that is finished, not begun, or called off.
    """
    row = signing_up.locked(seminar.pk)
    last = seminar.meetings.order_by("-starts_at").first()
    if row is None or row.state != SeminarState.OPEN or row.finished_at is not None:
        return False
    if last is None or last.starts_at > at:
        return False
    row.finished_at = at
    row.save(update_fields=["finished_at"])
    certificates.issue_due(row, at=at)
    came = SignUp.objects.filter(seminar=row).annotate(came=Count("attendances")).filter(came__gt=0)
    letters.tell(came, "over", seminar=row, at=at)
    return True


def finish_all(*, at: datetime) -> int:
    """Finish every seminar whose last meeting has ended; return how many."""
    due = Seminar.objects.filter(state=SeminarState.OPEN, finished_at=None).with_times().over(at)
    return sum(finish(seminar, at=at) for seminar in due)


def may_judge(sign_up: SignUp) -> bool:
    """Return whether the person was there and the seminar is over."""
    return sign_up.seminar.finished_at is not None and sign_up.attendances.exists()


def judge(sign_up: SignUp, *, mark: object, text: str, at: datetime) -> None:
    """Keep what the person thought; said again it replaces the former. Raise Invalid."""
    if not may_judge(sign_up):
        raise senders.Invalid(
            {"mark": _("Only who was there can judge, once the seminar is over.")}
        )
    errors = {}
    number = int(str(mark)) if str(mark) in {str(one) for one in MARKS} else 0
    words = paragraphs(text)
    if not number:
        errors["mark"] = _("Choose a mark from one to five.")
    if len(words) > TEXT_MAX:
        errors["text"] = _("At most %(limit)d characters.") % {"limit": TEXT_MAX}
    if errors:
        raise senders.Invalid(errors)
    Feedback.objects.update_or_create(
        sign_up=sign_up, defaults={"mark": number, "text": words, "at": at}
    )
