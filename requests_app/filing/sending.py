"""Sending a draft: one request comes of it, however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import idempotency
from accounts.actors import Actor, Operator, Resident
from disclosure.models import Residence
from requests_app import access, intake
from requests_app.filing import drafts, steps
from requests_app.models import Draft, Request


@dataclass(frozen=True)
class Sent:
    """The request that came of a draft."""

    number: str
    code_hash: str


def send(draft: Draft, *, by: Actor, address: str, at: datetime) -> Sent:
    """
    File what the draft says and return the request; a draft sent before gives the same one.

    Raise intake.Invalid, access.TooManyRequests, drafts.Gone.
    """
    earlier = drafts.number_of(draft)
    if not earlier and not isinstance(by, Operator):
        try:
            access.count_filing(address=address, at=at)
        except access.TooManyRequests:
            # The first press of two may have taken the last place: then all is well.
            with transaction.atomic():
                earlier = _sent_number(draft)
            if not earlier:
                raise
    if earlier:
        return _sent(earlier)
    with transaction.atomic():
        # Lock first: a twin of this call waits here and then finds the number.
        row = Draft.objects.select_for_update().filter(pk=draft.pk).first()
        if row is None:
            raise drafts.Gone
        earlier = drafts.number_of(row)
        if earlier:
            return _sent(earlier)
        uploads = tuple(upload.pk for upload in drafts.uploads_of(row))
        new = steps.new_request(row.answers, uploads, by=by, holder=drafts.holder_of(row))
        try:
            filed = intake.file(new, by=by, at=at, idempotency_key=str(row.key))
        except idempotency.KeyReused:
            # Only a draft restored by hand could come here; its request exists already.
            raise intake.Invalid({}, code="sent_already") from None
        if isinstance(by, Resident) and row.answers.get("home"):
            Residence.objects.update_or_create(
                user_id=by.id,
                defaults={
                    "building_id": filed.request.building_id,
                    "flat": filed.request.flat,
                },
            )
        drafts.spend(row, filed.request.number, at=at)
    return Sent(filed.request.number, filed.request.code_hash)


def _sent_number(draft: Draft) -> str:
    row = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    return drafts.number_of(row) if row else ""


def _sent(number: str) -> Sent:
    return Sent(number, Request.objects.values_list("code_hash", flat=True).get(number=number))
