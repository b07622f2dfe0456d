"""A request and its claim in one go, for whoever sat without service and had filed nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts.actors import Actor, CodeHolder, Resident
from claims import letters, lifecycle
from claims.models import Claim
from requests_app import intake
from requests_app.intake import RECALCULATION, NewRequest
from requests_app.models import Incident, Request


@dataclass(frozen=True)
class Filed:
    """The request that hangs on the incident, its code, and its claims."""

    request: Request
    claims: list[Claim]


def new_request(incident: Incident, **fields: Any) -> NewRequest:
    """Return what intake takes in: the matter is the money, the words are the incident's own."""
    with translation.override(letters.LANGUAGE):
        said = _(
            "It was so with me too: “%(title)s”, from %(since)s to %(until)s. "
            "I ask to reduce the charge."
        ) % {
            "title": incident.title,
            "since": _moment(incident.started_at),
            "until": _moment(incident.ended_at) if incident.ended_at else "…",
        }
    return NewRequest(category=RECALCULATION, description=said, incident=incident.pk, **fields)


def _moment(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def file(
    new: NewRequest,
    body: dict[str, Any],
    *,
    by: Actor,
    at: datetime,
    key: str,
    account: str = "",
    bills: Sequence[UUID] = (),
    holder: str = "",
) -> Filed:
    """
    File the request and the claim on it in one transaction; the same `key` again gives the first.

    `holder` is the form that took the photos of the bill in. Raise intake.Invalid,
    lifecycle.Refused and parse.Invalid, writing nothing at all.
    """
    with transaction.atomic():
        filed = intake.file(new, by=by, at=at, idempotency_key=key)
        if filed.is_repeat:
            return Filed(filed.request, list(filed.request.claims.order_by("place")))
        owner: Actor = (
            by
            if isinstance(by, Resident)
            else CodeHolder(number=filed.request.number, code_hash=filed.request.code_hash)
        )
        claims = lifecycle.file_parts(
            filed.request, body, by=owner, at=at, account=account, bills=bills, holder=holder
        )
    return Filed(filed.request, claims)
