"""
What a claim keeps of a person goes when the request's own personal data is destroyed.

The request's room destroys without knowing of claims; the missing contact is the row read here.
Sums, dates, utility, house and organisation stay for the statistics.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from claims import letters, papers
from claims.models import Claim, ClaimEvent, ClaimSpan
from notifications import outbox


def forget_destroyed(*, batch: int = 200) -> int:
    """Empty up to `batch` claims whose requests name nobody any more; return how many."""
    with transaction.atomic():
        due = list(
            Claim.objects.filter(request__contact=None, is_forgotten=False)
            .order_by("pk")
            .select_for_update(of=("self",), skip_locked=True)
            .values_list("pk", flat=True)[:batch]
        )
        papers.destroy(due)
        ClaimSpan.objects.filter(claim__in=due).update(household=F("claim_id"))
        lines = ClaimEvent.objects.filter(claim__in=due)
        outbox.forget_written(
            [key for pk in lines.values_list("pk", flat=True) for key in letters.keys_of(pk)]
        )
        lines.update(text="", user=None)
        Claim.objects.filter(pk__in=due).update(account="", is_forgotten=True)
    return len(due)
