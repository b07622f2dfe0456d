"""
Listens to new requests and proposes incidents; runs beside filing, never inside it.

A task hears what was filed since the last time. It finds requests by what it has not heard yet and
not by a number it has reached: a slow transaction may commit behind a faster one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from disclosure.models import SupplyPeriod
from requests_app.incidents import bursts, bursts_grouping, bursts_past
from requests_app.incidents.bursts import Finding, Scope
from requests_app.incidents.bursts_grouping import Decision, Known, State
from requests_app.incidents.bursts_history import FLATS
from requests_app.incidents.bursts_recent import MEMORY, Mark, Recent
from requests_app.models import (
    HeardRequest,
    IncidentBuilding,
    IncidentProposal,
    ProposalState,
    Request,
)
from requests_app.statuses import Outcome

log = structlog.get_logger(__name__)

# After a standstill of the workers requests of these hours are still news; imported ones are not.
LOOKS_BACK = timedelta(hours=6)
# A request from the future waits until the clock has come there.
_AHEAD = timedelta(minutes=1)
HEARD_KEPT_FOR = timedelta(days=3)
_AT_ONCE = 5_000
_LOCK = 0xB0256
_NO_NEWS = (Outcome.DUPLICATE, Outcome.WITHDRAWN)


def listen(*, at: datetime) -> int:
    """Hear the requests filed since the last time; return how many. One process at a time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        fresh = _fresh(at)
        heard = _heard(fresh, at=at)
        HeardRequest.objects.bulk_create(heard)
        news: dict[str, list[Mark]] = defaultdict(list)
        for row in heard:
            if row.is_counted:
                news[row.utility].append(_mark(row))
        if news:
            limit = bursts.limit(bursts_past.requests_a_month())
            days = {utility: _day_of(utility, marks) for utility, marks in news.items()}
            pasts = bursts_past.histories(
                dict(news.items()),
                day=timezone.localtime(at).date(),
            )
            for utility, marks in news.items():
                told, day = days[utility]
                recent = Recent.of(pasts[utility], timezone.get_current_timezone(), day)
                recent.told = told
                _Watch(utility, recent, at).hear(sorted(marks), limit=limit)
    return len(fresh)


def forget(*, at: datetime) -> None:
    """Drop what was heard and belongs to no proposal; drop who called where it does."""
    old = HeardRequest.objects.filter(at__lt=at - HEARD_KEPT_FOR)
    old.filter(proposal=None).delete()
    old.exclude(caller="").update(caller="")


class _New(NamedTuple):
    """What is read of a request that was not heard yet."""

    id: int
    at: datetime
    building: int
    street: int
    district: str
    flats: int | None
    utility: str
    flat: str
    resident: int | None
    phone: str | None
    incident: int | None
    outcome: str


def _fresh(at: datetime) -> list[_New]:
    rows = (
        Request.objects.filter(
            registered_at__gt=at - LOOKS_BACK, registered_at__lte=at + _AHEAD, heard=None
        )
        .exclude(norm=None)
        .exclude(norm__utility="")
        .order_by("registered_at", "id")
        .values_list(
            "id",
            "registered_at",
            "building_id",
            "building__street_id",
            "building__district",
            "building__flats",
            "norm__utility",
            "flat",
            "resident_id",
            "contact__phone",
            "incident_id",
            "outcome",
        )
    )
    return [_New(*row) for row in rows[:_AT_ONCE]]


def _heard(fresh: list[_New], *, at: datetime) -> list[HeardRequest]:
    if not fresh:
        return []
    buildings = {item.building for item in fresh}
    suppliers = {
        (building, utility): supplier
        for building, utility, supplier in SupplyPeriod.objects.filter(
            building__in=buildings, during__contains=timezone.localtime(at).date()
        ).values_list("building_id", "utility", "supplier_id")
    }
    known = set(
        IncidentBuilding.objects.filter(
            building__in=buildings, incident__started_at__lte=at, incident__ended_at=None
        ).values_list("building_id", "incident__utility")
    )
    return [
        HeardRequest(
            request_id=item.id,
            at=item.at,
            utility=item.utility,
            building_id=item.building,
            street_id=item.street,
            zone=bursts_past.zone_name(suppliers.get((item.building, item.utility)), item.district),
            caller=_caller(item),
            flats=item.flats or FLATS,
            is_counted=item.incident is None
            and item.outcome not in _NO_NEWS
            and (item.building, item.utility) not in known,
        )
        for item in fresh
    ]


def _caller(item: _New) -> str:
    """Return what is the same for one flat, else one account, else one phone of a house."""
    said = (
        f"flat {item.flat.strip().lower()}"
        if item.flat.strip()
        else f"user {item.resident}"
        if item.resident
        else f"phone {item.phone}"
        if item.phone
        else f"request {item.id}"
    )
    return salted_hmac("bursts", said).hexdigest()[:16]


def _mark(row: HeardRequest) -> Mark:
    return Mark(
        row.at, row.request_id, row.building_id, row.street_id, row.zone, row.caller, row.flats
    )


def _day_of(utility: str, marks: Iterable[Mark]) -> tuple[set[int], list[Mark]]:
    """Return the day before the oldest of `marks`, without what came now, and what was told."""
    fresh = {mark.request for mark in marks}
    rows = HeardRequest.objects.filter(
        utility=utility,
        at__gt=min(mark.at for mark in marks) - MEMORY,
        is_counted=True,
        # An operator may have hung it on an incident since.
        request__incident=None,
    ).exclude(proposal__state__in=[ProposalState.ACCEPTED, ProposalState.DISMISSED])
    found = [row for row in rows if row.request_id not in fresh]
    return {row.request_id for row in found if row.proposal_id}, [_mark(row) for row in found]


class _Watch:
    """The requests of one utility that were just heard, against the day before them."""

    def __init__(self, utility: str, recent: Recent, at: datetime) -> None:
        self.utility, self.recent, self.at = utility, recent, at

    def hear(self, marks: list[Mark], *, limit: float) -> None:
        """Judge each in the order of time."""
        rows = IncidentProposal.objects.filter(
            utility=self.utility, last_at__gte=marks[0].at - bursts_grouping.OVER_AFTER
        ).exclude(state=ProposalState.MERGED)
        self.rows = {row.pk: row for row in rows.select_for_update(of=("self",))}
        known = [_known(row) for row in self.rows.values()]
        for mark in marks:
            self.recent.add(mark)
            finding = self.recent.judge(mark, limit=limit)
            decision = bursts_grouping.decide(mark, finding, known)
            if decision.raise_new and finding is not None:
                known.append(self._raise(mark, finding))
            elif decision.known is not None:
                self._join(mark, finding, decision)

    def _raise(self, mark: Mark, finding: Finding) -> Known:
        evidence = self._evidence(mark, finding)
        row = IncidentProposal(
            utility=self.utility,
            building_id=mark.house,
            street_id=mark.street,
            zone=mark.zone,
            first_at=min(one.at for one in evidence),
            last_at=mark.at,
            raised_at=self.at,
        )
        _say(row, finding)
        row.save()
        self.rows[row.pk] = row
        self._take(row, evidence)
        log.info("burst_proposed", proposal=row.pk, utility=self.utility, scope=row.scope)
        return _known(row)

    def _join(self, mark: Mark, finding: Finding | None, decision: Decision) -> None:
        assert decision.known is not None
        row = self.rows[decision.known.id]
        evidence = [mark]
        if decision.widen and finding is not None:
            evidence += self._evidence(mark, finding)
            _say(row, finding)
            row.building_id, row.street_id, row.zone = mark.house, mark.street, mark.zone
            decision.known.scope = finding.scope
            decision.known.house, decision.known.street = mark.house, mark.street
            for taken in decision.absorbed:
                HeardRequest.objects.filter(proposal=taken.id).update(proposal=row)
                IncidentProposal.objects.filter(pk=taken.id).update(
                    state=ProposalState.MERGED, merged_into=row
                )
                row.first_at = min(row.first_at, self.rows[taken.id].first_at)
                taken.state = State.MERGED
        row.first_at = min(row.first_at, *(one.at for one in evidence))
        row.last_at = decision.known.last_at = max(row.last_at, mark.at)
        row.save()
        self._take(row, evidence)
        if row.state != ProposalState.OPEN:
            # Decided: it must not count towards a burst next door.
            self.recent.drop({mark.request})

    def _evidence(self, mark: Mark, finding: Finding) -> list[Mark]:
        key = mark.key(finding.scope)
        return self.recent.within(finding.scope, key, mark.at - finding.window, mark.at)

    def _take(self, row: IncidentProposal, evidence: list[Mark]) -> None:
        requests = {one.request for one in evidence}
        HeardRequest.objects.filter(request__in=requests).update(proposal=row)
        self.recent.told |= requests


def _say(row: IncidentProposal, finding: Finding) -> None:
    row.scope, row.counted = finding.scope, finding.counted
    row.window_minutes = round(finding.window.total_seconds() / 60)
    row.seen, row.expected, row.chance = finding.seen, finding.expected, finding.chance


def _known(row: IncidentProposal) -> Known:
    return Known(
        id=row.pk,
        scope=Scope(row.scope),
        house=row.building_id,
        street=row.street_id,
        zone=row.zone,
        state=State(row.state),
        last_at=row.last_at,
    )
