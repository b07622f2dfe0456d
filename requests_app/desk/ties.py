"""Requests that hang together: duplicates merged, two matters split, related ones linked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import Operator
from requests_app import intake, lifecycle
from requests_app.models import Request, RequestContact, RequestLink, Tie
from requests_app.statuses import Channel, Outcome, Status
from requests_app.typed_text import one_line

SHOWN = 20


@dataclass(frozen=True)
class Tied:
    """Another request, and how it belongs to this one."""

    item: Request
    kind: str


def merge(
    item: Request,
    *,
    into: str,
    text: str,
    by: Operator,
    at: datetime,
    seen_version: int | None = None,
) -> Request:
    """
    Close the request as a duplicate of the one numbered `into`; the people of both are told.

    Returns the original: the first of the chain. Raise Refused and write nothing.
    """
    with transaction.atomic():
        merged = lifecycle.move(
            item,
            Status.CLOSED,
            by=by,
            at=at,
            details=lifecycle.Details(
                text=text or _("The same fault is already being worked on."),
                outcome=Outcome.DUPLICATE,
                duplicate_of=into,
            ),
            seen_version=seen_version,
        )
        original = merged.duplicate_of
        assert original is not None  # the lifecycle saw to it
        lifecycle.comment(
            original,
            by=by,
            at=at,
            text=_("One more request about the same fault was joined to yours: %(number)s.")
            % {"number": merged.number},
        )
        return original


def split(item: Request, *, category: str, description: str, by: Operator, at: datetime) -> Request:
    """
    File a second matter that the request also speaks of, and link the two.

    Its clock starts when the resident first asked: two matters in one letter win nobody time.
    Raise intake.Invalid or Refused and write nothing.
    """
    with transaction.atomic():
        row = _locked([item.pk], by)[0]
        if not row.is_open:
            raise lifecycle.Refused("category", _("A closed request is not split."), "closed")
        contact = RequestContact.objects.filter(request=row).first()
        if contact is None:
            raise lifecycle.Refused(
                "", _("The contact is erased: nobody could be told of a second request."), "erased"
            )
        filed = intake.file(
            intake.NewRequest(
                category=category,
                building=row.building_id,
                entrance=row.entrance,
                flat=row.flat,
                description=description,
                contact=intake.Contact(name=contact.name, email=contact.email, phone=contact.phone),
                consent=not contact.basis,
                basis=contact.basis,
                channel=Channel(row.channel),
                resident_id=row.resident_id,
            ),
            by=by,
            at=row.registered_at,
        ).request
        _tie(row, filed, Tie.SPLIT)
        lifecycle.comment(
            row,
            by=by,
            at=at,
            text=_("Your request speaks of two matters; the second has its own number: %(number)s.")
            % {"number": filed.number},
        )
        lifecycle.internal_note(
            filed, by=by, at=at, text=_("Split off %(number)s.") % {"number": row.number}
        )
        return filed


def link(
    item: Request, *, number: str, by: Operator, at: datetime, seen_version: int | None = None
) -> Request:
    """Note that two requests belong together, on both. Return the other one."""
    with transaction.atomic():
        other = (
            Request.objects.visible_to(by)
            .filter(number=one_line(number))
            .exclude(pk=item.pk)
            .defer("search")
            .first()
        )
        if other is None:
            raise lifecycle.Refused("number", _("There is no such other request."), "unknown")
        # Both, in one order: two operators linking crosswise must not wait for each other.
        rows = {row.pk: row for row in _locked([item.pk, other.pk], by)}
        current = rows[item.pk].version
        if seen_version is not None and seen_version != current:
            raise lifecycle.Stale(seen=seen_version, current=current)
        if not _tie(rows[item.pk], rows[other.pk], Tie.RELATED):
            raise lifecycle.Refused("number", _("These two are linked already."), "linked")
        for row, with_which in ((item, other), (other, item)):
            said = _("Linked with %(number)s.") % {"number": with_which.number}
            lifecycle.internal_note(row, by=by, at=at, text=said)
        return other


def unlink(item: Request, *, other: int, by: Operator) -> bool:
    """Take a link away; False when there is none."""
    seen = Request.objects.visible_to(by).filter(pk__in=[item.pk, other]).count() == 2
    first, second = sorted([item.pk, other])
    return seen and bool(RequestLink.objects.filter(first=first, second=second).delete()[0])


def tied_to(item: Request, *, by: Operator) -> list[Tied]:
    """Return the requests linked with this one, and those joined to it as duplicates."""
    links = RequestLink.objects.filter(Q(first=item) | Q(second=item))
    kinds = {
        (second if first == item.pk else first): kind
        for first, second, kind in links.values_list("first_id", "second_id", "kind")
    }
    rows = (
        Request.objects.visible_to(by)
        .filter(Q(pk__in=list(kinds)) | Q(duplicate_of=item))
        .select_related("category")
        .without_texts()
        .order_by("id")[:SHOWN]
    )
    return [Tied(row, kinds.get(row.pk, "")) for row in rows]


def _tie(one: Request, other: Request, kind: Tie) -> bool:
    first, second = sorted([one, other], key=lambda row: row.pk)
    _link, is_new = RequestLink.objects.get_or_create(
        first=first, second=second, defaults={"kind": kind}
    )
    return is_new


def _locked(ids: list[int], by: Operator) -> list[Request]:
    rows = Request.objects.visible_to(by).filter(pk__in=ids).order_by("pk").defer("search")
    found = list(rows.select_for_update())
    if len(found) != len(ids):
        raise lifecycle.NotFound
    return found
