"""
Offering the recalculation to everybody an ended incident touched: thousands, each once.

The incident's end is the row that this room reads; a batch and the place where it stopped are one
transaction, so a worker killed in the middle of one leaves no trace of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from claims import known_bills
from claims.incidents import offer_letters, showing
from claims.incidents.due import SERVICES, MonthDue
from claims.models import ClaimSpan, FigureRow, IncidentOffer, Offer
from claims.recalculation.values import Service
from notifications.models import ENDED, Follow, WorkState
from requests_app.models import (
    Ending,
    Incident,
    IncidentBuilding,
    IncidentJob,
    JobStage,
    Request,
    RequestContact,
)
from requests_app.statuses import Outcome
from requests_app.topics import incident_topic

log = structlog.get_logger(__name__)

BATCH = 500
# What ended before is history: a portal that begins to offer writes to nobody about last year.
OFFERED_WITHIN = timedelta(days=14)
# Their residents said, or the inspection found, that there was nothing to pay for.
NOTHING_TO_OFFER = (Outcome.WITHDRAWN, Outcome.NOT_CONFIRMED, Outcome.DUPLICATE)


def begin_due(*, at: datetime, limit: int = 20) -> int:
    """Begin offering for incidents that ended and were not offered yet; return how many."""
    unfinished = IncidentJob.objects.filter(incident=OuterRef("pk")).exclude(state__in=ENDED)
    ended = Incident.objects.filter(
        # Its people are first told that it is over, and asked.
        ~Exists(unfinished),
        money_offer=None,
        ending=Ending.OVER,
        utility__in=sorted(SERVICES),
        ended_at__gt=at - OFFERED_WITHIN,
        ended_at__lte=at,
    ).order_by("ended_at", "pk")
    return sum(_begin(incident, at) for incident in ended[:limit])


def _begin(incident: Incident, at: datetime) -> bool:
    is_due = any(month.is_due for month in showing.months_of(incident))
    _offer, is_new = IncidentOffer.objects.get_or_create(
        incident=incident,
        defaults={
            "is_due": is_due,
            "state": WorkState.WAITING if is_due else WorkState.FINISHED,
            "created_at": at,
            "finished_at": None if is_due else at,
        },
    )
    return is_new


def run(*, at: datetime, batches: int | None = None) -> int:
    """Go on with what is begun, oldest first, for at most `batches`; return how many made."""
    made = 0
    while (batches is None or made < batches) and _one_batch(at):
        made += 1
    return made


@transaction.atomic
def _one_batch(at: datetime) -> bool:
    # Two workers never hold one incident: the second takes the next one.
    whole = (
        IncidentOffer.objects.exclude(state__in=[*ENDED, WorkState.PAUSED])
        .select_related("incident")
        .order_by("id")
        .select_for_update(of=("self",), skip_locked=True)
        .first()
    )
    if whole is None:
        return False
    whole.state, whole.moved_at = WorkState.RUNNING, at
    months = [month for month in showing.months_of(whole.incident) if month.is_due]
    if whole.stage == JobStage.REQUESTS:
        count = _to_requests(whole, months, at)
    else:
        count = _to_others(whole, months, at)
        whole.told += count
    if count < BATCH:
        _next_stage(whole, at)
    whole.save()
    return True


def _next_stage(whole: IncidentOffer, at: datetime) -> None:
    stages = list(JobStage)
    following = stages.index(JobStage(whole.stage)) + 1
    if following < len(stages):
        whole.stage, whole.place = stages[following], 0
        return
    whole.state, whole.finished_at = WorkState.FINISHED, at
    log.info("incident_money_offered", incident=whole.incident_id)


def _to_requests(whole: IncidentOffer, months: Sequence[MonthDue], at: datetime) -> int:
    """Offer to the next page of the incident's requests; return how many the page held."""
    incident = whole.incident
    page = list(
        Request.objects.filter(incident=incident, pk__gt=whole.place)
        .select_related("building")
        .only(
            *("number", "building_id", "building__address", "flat", "outcome", "resident_id"),
        )
        .order_by("pk")[:BATCH]
    )
    if not page:
        return 0
    service = SERVICES[incident.utility]
    claimed = _claimed(page, incident, service)
    wanted = [
        item for item in page if item.outcome not in NOTHING_TO_OFFER and item.pk not in claimed
    ]
    known = known_bills.of(wanted, service)
    # Read once for the page: a bill is known of many.
    law = (
        {month.month: FigureRow.objects.figures_on(month.month) for month in months}
        if known
        else {}
    )
    offers = []
    for item in wanted:
        bill = known.get(known_bills.key_of(item))
        offers.append(
            Offer(
                whole=whole,
                request=item,
                charge_rub=bill.charge_rub if bill else None,
                amount_rub=showing.amount(incident, law, bill) if bill else None,
                offered_at=at,
            )
        )
    Offer.objects.bulk_create(offers, ignore_conflicts=True)
    offer_letters.to_residents(incident, months, offers, at=at)
    whole.place = page[-1].pk
    return len(page)


def _claimed(page: Sequence[Request], incident: Incident, service: Service) -> set[int]:
    """Return the requests (ids) whose household has claimed hours of the incident already."""
    taken = set(
        ClaimSpan.objects.filter(
            building__in={item.building_id for item in page},
            service=service,
            is_living=True,
            during__overlap=(incident.started_at, incident.ended_at),
        ).values_list("building_id", "household")
    )
    return {item.pk for item in page if (item.building_id, item.flat or item.number) in taken}


def _to_others(whole: IncidentOffer, months: Sequence[MonthDue], at: datetime) -> int:
    """Tell the next page of followers or subscribers; return how many the page held."""
    page = list(_others(whole).filter(pk__gt=whole.place).order_by("pk")[:BATCH])
    if page:
        offer_letters.to_others(whole.incident, months, page, at=at)
        whole.place = page[-1].pk
    return len(page)


def _others(whole: IncidentOffer) -> QuerySet[Follow]:
    rows = Follow.objects.confirmed()
    if whole.stage == JobStage.FOLLOWERS:
        rows = rows.filter(topic=incident_topic(whole.incident_id))
    else:
        # Who follows a whole street has no bill of the house to be reduced.
        houses = IncidentBuilding.objects.filter(incident=whole.incident).values_list(
            Concat(Value("house:"), Cast("building_id", CharField()), output_field=CharField())
        )
        rows = rows.filter(topic__in=houses)
    # Who was offered by the own request has a better letter.
    offered = RequestContact.objects.filter(
        email=OuterRef("email"), request__money_offers__whole=whole
    )
    return rows.filter(~Exists(offered))
