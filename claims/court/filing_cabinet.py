"""Editing the file of a case: sums and texts, and its parties; steps are made elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from claims.court import story
from claims.court.people import side_of
from claims.court.refusals import NotFound, Refused, Stale
from claims.court.statuses import CaseStatus, PartyRole, Side
from claims.court.typed import email_of, needed_line, phone_of
from claims.models import CaseParty, CourtCase
from requests_app.typed_text import one_line, paragraphs


def edit(
    case: CourtCase, values: dict[str, Any], *, by: Actor, at: datetime, seen_version: int
) -> CourtCase:
    """
    Write the fields of the file that no step writes; raise Refused and write nothing.

    `values` holds fields of FILE_FIELDS, cleaned by the form.
    """
    with transaction.atomic():
        row = story.locked(case, by)
        if side_of(row, by) != Side.LAWYER:
            raise NotFound
        if row.version != seen_version:
            raise Stale
        for name in FILE_FIELDS:
            # The table of steps knows kinds: once filed, a suit stays a suit.
            if name in values and (name != "kind" or row.status == CaseStatus.PREPARING):
                setattr(row, name, _kept(name, values[name]))
        row.changed_at, row.version = max(at, row.changed_at), row.version + 1
        row.save(update_fields=[*FILE_FIELDS, "changed_at", "version"])
    return row


_TEXTS = {"facts", "demands", "attachments"}


def _kept(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return paragraphs(value) if name in _TEXTS else one_line(value)


FILE_FIELDS = (
    "subject",
    "court",
    "court_address",
    "facts",
    "demands",
    "attachments",
    "principal_rub",
    "damage_rub",
    "moral_rub",
    "penalty_price_rub",
    "penalty_from",
    "penalty_until",
    "asks_works",
    "is_consumer",
    "authority",
    "kind",
)


def put_party(
    case: CourtCase, values: dict[str, str], *, by: Actor, party_id: int | None = None
) -> CaseParty:
    """Add a party or change one; raise Refused. A second plaintiff is refused."""
    with transaction.atomic():
        row = story.locked(case, by)
        if side_of(row, by) != Side.LAWYER:
            raise NotFound
        party = CaseParty(case=row)
        if party_id is not None:
            found = CaseParty.objects.filter(case=row, pk=party_id).first()
            if found is None:
                raise NotFound
            party = found
        party.role = PartyRole(values["role"])
        party.name = needed_line(values["name"], "name", 300)
        party.inn = one_line(values.get("inn", ""))[:12]
        party.address = one_line(values.get("address", ""))[:300]
        party.phone, party.email = (
            phone_of(values.get("phone", "")),
            email_of(values.get("email", "")),
        )
        try:
            with transaction.atomic():
                party.save()
        except IntegrityError:
            said = _("The case has a plaintiff already.")
            raise Refused("role", said, "second_plaintiff") from None
    return party


def drop_party(case: CourtCase, party_id: int, *, by: Actor) -> None:
    """Take a party out; the plaintiff stays. Raise NotFound."""
    with transaction.atomic():
        row = story.locked(case, by)
        if side_of(row, by) != Side.LAWYER:
            raise NotFound
        CaseParty.objects.filter(case=row, pk=party_id).exclude(role=PartyRole.PLAINTIFF).delete()
