"""The letters that offer a recalculation: rows of the outbox, each reader of an incident once."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop as noop

from claims.incidents import showing
from claims.incidents.due import MonthDue
from claims.models import Offer
from notifications import outbox
from notifications.models import Follow, Priority
from notifications.said import moment, month, words
from requests_app.models import Incident, RequestContact

TEMPLATE = "claims/mail/offer"


def to_residents(
    incident: Incident, months: Sequence[MonthDue], offers: Sequence[Offer], *, at: datetime
) -> None:
    """Write to those who filed the requests and left an address; two requests of a flat, once."""
    emails = dict(
        RequestContact.objects.filter(request__in=[offer.request_id for offer in offers])
        .exclude(email="")
        .values_list("request_id", "email")
    )
    common = _context(incident, months)
    outbox.enqueue_many(
        [
            outbox.Letter(
                event="claim.offer",
                template=TEMPLATE,
                to=emails[offer.request_id],
                context={
                    **common,
                    "address": offer.request.building.address,
                    "amount": ""
                    if offer.amount_rub is None
                    else words("rubles", str(offer.amount_rub)),
                    "link": {"link": "money_of_request", "id": offer.request_id},
                },
                topic=f"request:{offer.request.number}",
                dedupe_key=_key(
                    incident,
                    emails[offer.request_id],
                    f"{offer.request.building_id}:{offer.request.flat}",
                ),
                user_id=offer.request.resident_id,
                why=noop("You filed request %(number)s."),
                why_of={"number": offer.request.number},
                priority=Priority.BULK,
            )
            for offer in offers
            if offer.request_id in emails
        ],
        at=at,
    )


def to_others(
    incident: Incident,
    months: Sequence[MonthDue],
    readers: Sequence[Follow],
    *,
    at: datetime,
) -> None:
    """Write to followers of the incident or subscribers of its houses."""
    common = _context(incident, months)
    outbox.enqueue_many(
        [
            outbox.Letter(
                event="claim.offer",
                template=TEMPLATE,
                to=row.email,
                context={
                    **common,
                    "address": row.label,
                    "amount": "",
                    "link": {"link": "money_of_incident", "id": incident.pk},
                },
                topic=row.topic,
                user_id=row.user_id,
                # Follower and subscriber of one address: told once.
                dedupe_key=_key(incident, row.email, ""),
                why=noop("You asked to be told about outages at %(address)s."),
                why_of={"address": row.label},
                priority=Priority.BULK,
            )
            for row in readers
        ],
        at=at,
    )


def _key(incident: Incident, email: str, flat: str) -> str:
    said = f"{email.strip().lower()}|{flat}".encode()
    return f"offer:{incident.pk}:{hashlib.sha256(said).hexdigest()[:32]}"


def _context(incident: Incident, months: Sequence[MonthDue]) -> dict[str, Any]:
    return {
        "title": incident.title,
        "service": words("service", str(showing.service_of(incident))),
        "hours": words("hours", str(showing.hours_of(incident))),
        "since": moment(incident.started_at),
        "until": moment(incident.ended_at),
        "months": [
            {
                "word": month(one.month),
                "metered": words("percent", str(one.metered_percent)),
                "norm": words("percent", str(one.norm_percent)),
                "same": one.metered_percent == one.norm_percent,
            }
            for one in months
        ],
    }
