"""What operators do with a proposed incident: look at its evidence, accept it, dismiss it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Operator
from disclosure.models import Building, ResourceSupplier
from requests_app.incidents import opening
from requests_app.lifecycle import Refused
from requests_app.models import (
    Category,
    Incident,
    IncidentKind,
    IncidentProposal,
    ProposalScope,
    ProposalState,
    Request,
)
from requests_app.querysets import ProposalQuerySet
from requests_app.typed_text import one_line

# Evidence of the largest fault; the rest hangs on the incident by its own page.
SHOWN = 200
COUNTED = 100
REASON_MAX = 300
CALLED, WHOLE_STREET = "called", "street"
NEWEST = ["-raised_at", "-id"]


@dataclass(frozen=True)
class Evidence:
    """The requests behind a proposal, newest first, and the houses they came from."""

    requests: list[Request]
    houses: list[tuple[Building, int]]
    total: int

    @property
    def category(self) -> Category | None:
        """What most of the requests are about."""
        counted = Counter(item.category for item in self.requests)
        return counted.most_common(1)[0][0] if counted else None


def waiting_count(by: Operator) -> int:
    """Return how many proposals wait for a decision; nobody needs a number above a hundred."""
    rows = IncidentProposal.objects.visible_to(by).waiting()
    return len(rows.values_list("pk", flat=True)[:COUNTED])


def listed(by: Operator, *, decided: bool = False) -> ProposalQuerySet:
    """Return what waits for a decision, or what has one; each gains `count` of its requests."""
    rows = IncidentProposal.objects.visible_to(by)
    rows = rows.exclude(state=ProposalState.OPEN) if decided else rows.waiting()
    joined = rows.select_related("building", "street", "decided_by", "incident")
    return joined.annotate(count=Count("heard"))


def evidence_of(proposal: IncidentProposal) -> Evidence:
    """Return the evidence as it stands now; it grows while the burst goes on."""
    rows = Request.objects.filter(heard__proposal=proposal)
    requests = list(
        rows.select_related("category__parent", "building", "incident")
        .without_texts()
        .order_by("-registered_at", "-id")[:SHOWN]
    )
    counted = Counter(rows.order_by().values_list("building_id", flat=True))
    houses = Building.objects.filter(pk__in=counted).order_by("address", "id")
    return Evidence(
        requests, [(house, counted[house.pk]) for house in houses], sum(counted.values())
    )


def later_count(proposal: IncidentProposal, evidence: Evidence, *, at: datetime) -> int:
    """Return how many requests came after it was accepted and would hang on its incident."""
    incident = proposal.incident
    if incident is None or (incident.ended_at and incident.ended_at <= at):
        return 0
    return sum(one.incident_id is None and one.is_open for one in evidence.requests)


def zone_names(items: Iterable[IncidentProposal]) -> dict[str, str]:
    """Return the names of the supply zones of these proposals, in one query."""
    zones = {item.zone for item in items if item.scope == ProposalScope.ZONE}
    parts = {zone: zone.partition("|") for zone in zones}
    ids = [int(supplier) for supplier, _bar, _rest in parts.values() if supplier.isdecimal()]
    suppliers = {str(row.pk): str(row) for row in ResourceSupplier.objects.filter(pk__in=ids)}
    return {
        zone: ", ".join(part for part in (district, suppliers.get(supplier, "")) if part)
        or _("the whole city")
        for zone, (supplier, _bar, district) in parts.items()
    }


def place_of(proposal: IncidentProposal, names: Mapping[str, str] | None = None) -> str:
    """
    Return the place in words: the house, the street, or the supplier's houses of a district.

    `names` are those of `zone_names`; without them the zone is looked up.
    """
    if proposal.scope == ProposalScope.HOUSE:
        return proposal.building.address
    if proposal.scope == ProposalScope.STREET:
        return str(proposal.street)
    return (zone_names([proposal]) if names is None else names)[proposal.zone]


def title_of(proposal: IncidentProposal, evidence: Evidence) -> str:
    """Return what the incident would be called: the matter, the place, how many houses called."""
    place, category = place_of(proposal), evidence.category
    matter = category.name if category else proposal.get_utility_display()
    if proposal.scope == ProposalScope.HOUSE:
        return f"{matter}: {place}"
    houses = len(evidence.houses)
    count = ngettext("%(count)d house", "%(count)d houses", houses) % {"count": houses}
    return f"{matter}: {place}, {count}"


def has_street(proposal: IncidentProposal) -> bool:
    """Whether its incident may take a whole street."""
    return proposal.scope != ProposalScope.ZONE


def accept(
    proposal_id: int, *, by: Operator, at: datetime, houses: str = CALLED
) -> tuple[Incident, int]:
    """
    Open the incident over the houses that called or the whole street; hang the requests on it.

    Return it and how many requests hang on it now. Raise Refused if it was decided already.
    """
    with transaction.atomic():
        proposal = _open(proposal_id)
        if houses == WHOLE_STREET and not has_street(proposal):
            raise Refused("houses", _("A supply zone is no street: take its houses."), "no_street")
        evidence = evidence_of(proposal)
        category = evidence.category
        if category is None:
            raise Refused("", _("The requests of this proposal are gone."), "no_evidence")
        buildings = [house.pk for house, _count in evidence.houses]
        if houses == WHOLE_STREET:
            buildings += Building.objects.filter(
                street=proposal.street_id, is_open=True
            ).values_list("pk", flat=True)
        incident = opening.open_incident(
            kind=IncidentKind.FAULT,
            utility=proposal.utility,
            category=category.pk,
            title=title_of(proposal, evidence),
            started_at=proposal.first_at,
            buildings=buildings,
            by=by,
            at=at,
        )
        attached = opening.attach(incident, reversed(evidence.requests), by=by, at=at)
        proposal.incident = incident
        _decide(proposal, ProposalState.ACCEPTED, by=by, at=at)
    return incident, attached


def attach_later(proposal_id: int, *, by: Operator, at: datetime) -> int:
    """Hang on the incident what came after the proposal was accepted; return how many."""
    with transaction.atomic():
        proposal = IncidentProposal.objects.select_for_update(of=("self",)).get(pk=proposal_id)
        incident = proposal.incident
        if incident is None or (incident.ended_at and incident.ended_at <= at):
            raise Refused("", _("This incident is over."), "over")
        touched = set(incident.buildings.values_list("pk", flat=True))
        later = [item for item in evidence_of(proposal).requests if item.building_id in touched]
        return opening.attach(incident, reversed(later), by=by, at=at)


def dismiss(proposal_id: int, *, by: Operator, at: datetime, reason: str) -> IncidentProposal:
    """Put the proposal aside for good; its burst raises no other. The reason is kept."""
    reason = one_line(reason)
    if not reason:
        raise Refused("reason", _("Say why this is no incident."), "reason")
    if len(reason) > REASON_MAX:
        raise Refused("reason", _("The reason is too long."), "reason")
    with transaction.atomic():
        proposal = _open(proposal_id)
        proposal.reason = reason
        return _decide(proposal, ProposalState.DISMISSED, by=by, at=at)


def _open(proposal_id: int) -> IncidentProposal:
    # Lock before reading: two operators who press at once must not open two incidents.
    proposal = (
        IncidentProposal.objects.select_for_update(of=("self",))
        .select_related("building", "street")
        .get(pk=proposal_id)
    )
    if proposal.state != ProposalState.OPEN:
        raise Refused("", _("Somebody has decided on this proposal already."), "decided")
    return proposal


def _decide(
    proposal: IncidentProposal, state: str, *, by: Operator, at: datetime
) -> IncidentProposal:
    proposal.state, proposal.decided_by_id, proposal.decided_at = state, by.id, at
    proposal.save()
    return proposal
