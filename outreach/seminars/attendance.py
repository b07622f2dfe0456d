"""Who came: marks of the staff's phones, each once however often it is sent, and walk-ins."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.actors import Operator
from outreach import senders
from outreach.models import (
    Attendance,
    Meeting,
    Seminar,
    SignUp,
    SignUpState,
)
from outreach.seminars import certificates, signing_up
from outreach.seminars.signing_up import Person


@dataclass(frozen=True, kw_only=True)
class Mark:
    """That somebody is here, or is not after all; `at` is the phone's own clock."""

    uid: str
    is_here: bool
    at: datetime


@transaction.atomic
def mark(meeting: Meeting, marks: list[Mark], *, by: Operator, at: datetime) -> list[str]:
    """
    Take marks in; return the uids that are settled, whether by this call or an earlier one.

    A mark of somebody who is not on the list is settled too: sending it again helps nobody. The
    time of a phone whose clock runs ahead is now.
    """
    signing_up.locked(meeting.seminar_id)
    wanted = {one.uid: one for one in marks if _is_uid(one.uid)}
    rows = SignUp.objects.filter(
        seminar=meeting.seminar_id, uid__in=list(wanted), erased_at=None
    ).in_bulk(field_name="uid")
    came = [
        Attendance(
            sign_up=row, meeting=meeting, at=min(wanted[str(uid)].at, at), marked_by_id=by.id
        )
        for uid, row in rows.items()
        if wanted[str(uid)].is_here
    ]
    Attendance.objects.bulk_create(came, ignore_conflicts=True)
    not_here = [row.pk for uid, row in rows.items() if not wanted[str(uid)].is_here]
    Attendance.objects.filter(meeting=meeting, sign_up__in=not_here).delete()
    # Marks that come after the end still bring their certificate.
    seminar = Seminar.objects.get(pk=meeting.seminar_id)
    if seminar.finished_at is not None:
        certificates.issue_due(seminar, at=at)
    return [one.uid for one in marks]


def walk_in(
    meeting: Meeting, person: Person, *, key: str, by: Operator, at: datetime, came_at: datetime
) -> SignUp:
    """
    Put somebody on the list who came without signing up, and mark them here; raise Invalid.

    `key` is a UUID that the phone made: sent again it is the same person. Whoever signed up by this
    address or phone, or waits for a seat, is that person.
    """
    found = signing_up.checked(person, needs_contact=False)
    uid = uuid.UUID(key)
    with transaction.atomic():
        seminar = signing_up.locked(meeting.seminar_id)
        assert seminar is not None  # the meeting names it
        row = SignUp.objects.filter(uid=uid).first()
        if row is not None and row.seminar_id != seminar.pk:
            raise senders.Invalid({"key": "another seminar"})
        if row is None:
            row = _signed_up(seminar, found)
        if row is None:
            row = SignUp.objects.create(
                uid=uid,
                seminar=seminar,
                state=SignUpState.SEATED,
                is_walk_in=True,
                code=signing_up.new_code(seminar),
                name=found.name,
                email=found.email,
                phone=found.phone,
                district=found.district,
                made_at=at,
            )
        mark(meeting, [Mark(uid=str(row.uid), is_here=True, at=came_at)], by=by, at=at)
        return row


def _signed_up(seminar: Seminar, person: Person) -> SignUp | None:
    rows = SignUp.objects.alive().filter(seminar=seminar)
    if person.email and (row := rows.filter(email=person.email).first()):
        return row
    return rows.filter(phone=person.phone).first() if person.phone else None


def _is_uid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
