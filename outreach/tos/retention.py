"""Who held an office is erased when the consent is withdrawn or the office is long over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from outreach.models import OfficeHolder

# 152-ФЗ, ст. 21: thirty days after a withdrawal; not shown from its day on.
AFTER_WITHDRAWAL = timedelta(days=30)
# As long as decisions of the body are still asked about.
AFTER_OFFICE = timedelta(days=365)
# Counted by entering this without a consent: an editor forgot to record one, or there is none.
WITHOUT_CONSENT = timedelta(days=365)


@transaction.atomic
def forget(*, at: datetime, batch: int = 500) -> int:
    """Erase name and contacts of up to `batch` people; the office and its dates stay."""
    day = timezone.localtime(at).date()
    due = Q(withdrawn_on__lte=day - AFTER_WITHDRAWAL) | Q(until__lte=day - AFTER_OFFICE)
    due |= Q(consent_on=None, since__lte=day - WITHOUT_CONSENT)
    old = list(
        OfficeHolder.objects.filter(due, erased_at=None)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")
        .values_list("pk", flat=True)[:batch]
    )
    OfficeHolder.objects.filter(pk__in=old).update(
        name="", phone="", email="", entrances="", consent_paper="", erased_at=at
    )
    return len(old)
