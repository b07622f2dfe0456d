"""Lists of seminars are kept a year; then who it was is erased, that somebody came stays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from notifications import outbox
from outreach.models import Feedback, SignUp
from outreach.seminars import letters

# Lists of seminars: no longer than their aim needs (152-ФЗ, ст. 5, ч. 7).
KEPT_FOR = timedelta(days=365)


@transaction.atomic
def forget(*, at: datetime, batch: int = 500) -> int:
    """
    Erase up to `batch` sign-ups whose seminar is long over; return how many.

    A certificate goes on being confirmed by its number, without a name.
    """
    old = list(
        SignUp.objects.filter(
            erased_at=None,
            pk__in=SignUp.objects.filter(erased_at=None)
            .annotate(over=Max("seminar__meetings__ends_at"))
            .filter(over__lt=at - KEPT_FOR)
            .values("pk"),
        )
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")[:batch]
    )
    return erase(old, at=at)


def erase(rows: Collection[SignUp], *, at: datetime) -> int:
    """Erase who these sign-ups name, in the caller's transaction; return how many."""
    outbox.forget([letters.topic_of(row) for row in rows])
    ids = [row.pk for row in rows]
    Feedback.objects.filter(sign_up__in=ids).update(text="")
    return SignUp.objects.filter(pk__in=ids).update(
        name="", email="", phone="", user=None, erased_at=at
    )
