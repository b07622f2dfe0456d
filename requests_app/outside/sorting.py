"""What staff decide of a letter whose house or matter was not certain."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Operator
from requests_app import intake
from requests_app.lifecycle import NotFound, Refused
from requests_app.models import Category, LetterState, OutsideLetter, OutsideMatter
from requests_app.outside import taking
from requests_app.typed_text import paragraphs

REASON_MAX = 1_000
# What waits goes the longest waiting first, what is decided the newest first.
ORDERS = {
    LetterState.TO_SORT: ["received_at", "id"],
    LetterState.FILED: ["-changed_at", "-id"],
    LetterState.DECLINED: ["-changed_at", "-id"],
}


def file(
    letter: OutsideLetter,
    *,
    building: int,
    category: str,
    always: bool,
    by: Operator,
    at: datetime,
) -> OutsideLetter:
    """
    Make it a request; `always` keeps the matter there as this one for letters to come.

    Raise Refused, also when somebody was quicker.
    """
    with transaction.atomic():
        row = _locked(letter, by)
        try:
            with transaction.atomic():
                taking.file(row, building=building, category=category, at=at)
        except intake.Invalid as invalid:
            field, message = next(iter(invalid.errors.items()))
            raise Refused(field, message, invalid.code) from None
        row.sorted_by_id = by.id
        row.save(update_fields=["sorted_by"])
        if always and row.matter:
            OutsideMatter.objects.update_or_create(
                source=row.source,
                name=row.matter,
                defaults={"category": Category.objects.get(slug=category)},
            )
    return row


def decline(letter: OutsideLetter, *, reason: str, by: Operator, at: datetime) -> OutsideLetter:
    """Say that it becomes no request, and why; the portal it came from reads the reason."""
    said = paragraphs(reason)
    if not said:
        raise Refused("reason", _("Say why: the outside portal tells the person."), "reason_needed")
    if len(said) > REASON_MAX:
        raise Refused("reason", _("The reason is too long."), "reason_too_long")
    with transaction.atomic():
        row = _locked(letter, by)
        row.state, row.reason, row.sorted_by_id = LetterState.DECLINED, said, by.id
        # Nobody works on it, so nobody needs to know who wrote it.
        row.payload, row.unclear, row.changed_at = {}, "", at
        row.save(update_fields=["state", "reason", "sorted_by", "payload", "unclear", "changed_at"])
    return row


def _locked(letter: OutsideLetter, by: Operator) -> OutsideLetter:
    # Lock before reading: two of the staff may have it open.
    rows = OutsideLetter.objects.visible_to(by).select_for_update().filter(pk=letter.pk)
    row = rows.first()
    if row is None:
        raise NotFound
    if row.state != LetterState.TO_SORT:
        raise Refused("", _("Somebody has sorted this letter out already."), "sorted")
    return row
