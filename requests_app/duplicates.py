"""
One fault told many times: duplicates hang on one original, never on each other.

Chains are flattened as they arise, and a link that would close a loop is never made.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from requests_app.models import Request
from requests_app.typed_text import one_line

_TURNS = 5


def lock_family(pk: int, number: str) -> None:
    """
    Lock the request, the one it is to hang on, that one's original, and those that hang on it.

    In the order of their ids, before any is judged: A→B and B→A at once would otherwise wait for
    each other, or both be made. Must run in a transaction.
    """
    for _turn in range(_TURNS):
        with transaction.atomic():
            wanted = _family(pk, number)
            rows = Request.objects.filter(pk__in=wanted).order_by("pk").select_for_update()
            list(rows.values_list("pk", flat=True))
            if _family(pk, number) == wanted:
                return
            # Somebody linked meanwhile: let go of all, or the order would be lost.
            transaction.set_rollback(True)


def original(pk: int, number: str) -> Request | None:
    """Return the first of the chain that `number` belongs to; None if there is none or it is pk."""
    found = Request.objects.filter(number=one_line(number)).defer("search").first()
    seen = {pk}
    while found is not None:
        if found.pk in seen:
            return None
        if found.duplicate_of_id is None:
            return found
        seen.add(found.pk)
        found = found.duplicate_of
    return None


def flatten(item: Request) -> int:
    """Hang what hung on `item` on its original; return how many there were."""
    return Request.objects.filter(duplicate_of_id=item.pk).update(
        duplicate_of_id=item.duplicate_of_id
    )


def _family(pk: int, number: str) -> list[int]:
    root = original(pk, number)
    found = Request.objects.filter(
        Q(pk=pk)
        | Q(number=one_line(number))
        | Q(duplicate_of_id=pk)
        | Q(pk=root.pk if root else pk)
    )
    return sorted(found.values_list("pk", flat=True))
