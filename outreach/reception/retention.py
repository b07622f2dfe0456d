"""What a person told us for a reception is erased when its time is over; the count stays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction

from notifications import outbox
from outreach.models import Booking, BookingStep, Waiting

# As long as an answer to an appeal may be contested, and one may come back to it.
KEPT_FOR = timedelta(days=365)


@transaction.atomic
def forget(*, at: datetime, batch: int = 500) -> int:
    """Erase up to `batch` bookings whose time is long over, and old waiting; return how many."""
    old = list(
        Booking.objects.filter(erased_at=None, slot__during__endswith__lt=at - KEPT_FOR)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")[:batch]
    )
    erase(old, at=at)
    waited = Waiting.objects.filter(asked_at__lt=at - KEPT_FOR).order_by("pk")
    gone, _by_model = Waiting.objects.filter(
        pk__in=list(waited.values_list("pk", flat=True)[:batch])
    ).delete()
    return len(old) + gone


def erase(bookings: Collection[Booking], *, at: datetime) -> None:
    """Erase who these bookings name, in the caller's transaction; that they were stays."""
    outbox.forget([f"reception:{booking.uid}" for booking in bookings])
    Booking.objects.filter(pk__in=[booking.pk for booking in bookings]).update(
        name="", email="", phone="", question="", record="", user=None, erased_at=at
    )
    BookingStep.objects.filter(booking__in=[booking.pk for booking in bookings]).update(reason="")
