"""Proposed incidents for programs: what the watch for bursts found, its evidence, one decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Operator
from accounts.rest import asked, pages, repeats
from accounts.rest.refusals import not_found
from disclosure.utilities import Utility
from requests_app.api import door
from requests_app.api.desk_card import OtherShape, other
from requests_app.api.door import ID_MAX, DeskCall
from requests_app.api.requests import refused
from requests_app.incidents import bursts, proposals
from requests_app.lifecycle import Refused
from requests_app.models import IncidentProposal, ProposalScope, ProposalState

VIEW = "requests_app.view_incidentproposal"
CHANGE = "requests_app.change_incidentproposal"
_VIEWS = ("waiting", "decided")


class ProposalShape(serializers.Serializer[Any]):
    """A burst of requests that looks like an incident."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ProposalState.choices)
    utility = serializers.ChoiceField(choices=Utility.choices)
    scope = serializers.ChoiceField(choices=ProposalScope.choices, help_text="How wide it is")
    place = serializers.CharField(help_text="In words")
    requests = serializers.IntegerField(help_text="By now; they grow while the burst goes on")
    first_at = serializers.DateTimeField(help_text="The first request")
    last_at = serializers.DateTimeField(help_text="The newest request")
    raised_at = serializers.DateTimeField()
    counted = serializers.ChoiceField(
        choices=[str(one) for one in bursts.Counted], help_text="What `seen` counts"
    )
    seen = serializers.IntegerField(help_text="When it was raised")
    window_minutes = serializers.IntegerField(help_text="Within how long they were seen")
    expected = serializers.FloatField(help_text="How many the past explains")
    chance = serializers.FloatField(help_text="How likely chance alone shows as many, from 0 to 1")
    reason = serializers.CharField(help_text="Why it was dismissed, or empty")
    decided_by = serializers.IntegerField(allow_null=True, help_text="Account")
    decided_at = serializers.DateTimeField(allow_null=True)
    incident = serializers.IntegerField(allow_null=True, help_text="What it became")


class ProposalPageShape(pages.PageShape):
    """A page of proposals."""

    results = ProposalShape(many=True)


class EvidenceRequestShape(OtherShape):
    """A request behind a proposal."""

    building = serializers.IntegerField()
    incident = serializers.IntegerField(allow_null=True, help_text="What it hangs on")


class EvidenceHouseShape(serializers.Serializer[Any]):
    """A house from which requests came."""

    id = serializers.IntegerField()
    address = serializers.CharField()
    requests = serializers.IntegerField()


class WholeProposalShape(ProposalShape):
    """A proposal with its evidence as it stands now."""

    title = serializers.CharField(help_text="What the incident would be called")
    may_take_street = serializers.BooleanField(help_text="Whether accept/ may say `street`")
    later = serializers.IntegerField(
        help_text="Requests that came after it was accepted: attach/ hangs them on the incident"
    )
    houses = EvidenceHouseShape(many=True)
    evidence = EvidenceRequestShape(many=True, help_text=f"Newest first, at most {proposals.SHOWN}")


class AcceptShape(serializers.Serializer[Any]):
    """Over which houses the incident opens."""

    houses = serializers.ChoiceField(
        choices=[proposals.CALLED, proposals.WHOLE_STREET],
        required=False,
        default=proposals.CALLED,
        help_text="Those that called, or the whole street",
    )


class DismissShape(serializers.Serializer[Any]):
    """Why this is no incident."""

    reason = serializers.CharField(max_length=2_000)


class Proposals(DeskCall):
    """GET /api/v1/desk/proposals/: proposed incidents, the last raised first."""

    needs_read = VIEW

    @extend_schema(
        operation_id="desk_proposals",
        parameters=[
            OpenApiParameter(
                "view", str, enum=list(_VIEWS), description="`waiting` (default) or `decided`"
            ),
            pages.CURSOR,
        ],
        responses={200: ProposalPageShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List them."""
        decided = asked.one_of(http, "view", _VIEWS, "waiting") == "decided"
        rows = proposals.listed(door.operator_of(http), decided=decided)
        page = pages.page(http, rows, proposals.NEWEST)
        names = proposals.zone_names(page)
        return Response(
            pages.body(page, (_row(one, proposals.place_of(one, names), one.count) for one in page))
        )


class OneProposal(DeskCall):
    """GET /api/v1/desk/proposals/<id>/: a proposal with the requests and houses behind it."""

    needs_read = VIEW

    @extend_schema(operation_id="desk_proposal", responses={200: WholeProposalShape}, tags=["desk"])
    def get(self, http: HttpRequest, pk: int) -> Response:
        """Return it."""
        return _stands(_find(http, pk))


class _Decides(DeskCall):
    """What may be done with a proposal; each a subclass with its operation."""

    needs_read = VIEW
    needs_write = CHANGE

    def carry_out(
        self, http: HttpRequest, pk: int, deed: str, do: Callable[[Operator, datetime], Any]
    ) -> Response:
        """Do it once and say how it stands."""
        found, by, at = _find(http, pk), door.operator_of(http), timezone.now()

        def make() -> dict[str, Any]:
            do(by, at)
            return {}

        try:
            repeats.once(http, name=f"proposal.{deed}:{found.pk}", at=at, do=make)
        except Refused as problem:
            raise refused(problem, http) from None
        return _stands(_find(http, pk))


class AcceptProposal(_Decides):
    """POST /api/v1/desk/proposals/<id>/accept/: open the incident; its requests hang on it."""

    @extend_schema(
        operation_id="desk_proposal_accept",
        description="Whoever decides first decides: then it is 409 `decided`.",
        request=AcceptShape,
        parameters=[repeats.KEY],
        responses={200: WholeProposalShape},
        examples=[OpenApiExample("request", value={"houses": "called"}, request_only=True)],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Open it."""
        said = door.read(AcceptShape, http)
        return self.carry_out(
            http, pk, "accept", lambda by, at: proposals.accept(pk, **said, by=by, at=at)
        )


class DismissProposal(_Decides):
    """POST /api/v1/desk/proposals/<id>/dismiss/: it is no incident; its burst raises no other."""

    @extend_schema(
        operation_id="desk_proposal_dismiss",
        description="Whoever decides first decides: then it is 409 `decided`.",
        request=DismissShape,
        parameters=[repeats.KEY],
        responses={200: WholeProposalShape},
        examples=[
            OpenApiExample(
                "request", value={"reason": "Промывка сети по графику"}, request_only=True
            )
        ],
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Put it aside for good."""
        said = door.read(DismissShape, http)
        return self.carry_out(
            http, pk, "dismiss", lambda by, at: proposals.dismiss(pk, **said, by=by, at=at)
        )


class AttachLater(_Decides):
    """POST /api/v1/desk/proposals/<id>/attach/: hang on its incident what came afterwards."""

    @extend_schema(
        operation_id="desk_proposal_attach",
        request=None,
        parameters=[repeats.KEY],
        responses={200: WholeProposalShape},
        tags=["desk"],
    )
    def post(self, http: HttpRequest, pk: int) -> Response:
        """Hang them; 409 `over` where no incident of it goes on."""
        return self.carry_out(
            http, pk, "attach", lambda by, at: proposals.attach_later(pk, by=by, at=at)
        )


def _find(http: HttpRequest, pk: int) -> IncidentProposal:
    rows = IncidentProposal.objects.visible_to(door.operator_of(http))
    found = rows.select_related("building", "street", "incident").filter(pk=min(pk, ID_MAX)).first()
    if found is None:
        raise not_found()
    return found


def _stands(proposal: IncidentProposal) -> Response:
    evidence, place = proposals.evidence_of(proposal), proposals.place_of(proposal)
    return Response(
        {
            **_row(proposal, place, evidence.total),
            "title": proposals.title_of(proposal, evidence),
            "may_take_street": proposals.has_street(proposal),
            "later": proposals.later_count(proposal, evidence, at=timezone.now()),
            "houses": [
                {"id": house.pk, "address": house.address, "requests": count}
                for house, count in evidence.houses
            ],
            "evidence": [
                {**other(one), "building": one.building_id, "incident": one.incident_id}
                for one in evidence.requests
            ],
        }
    )


def _row(proposal: IncidentProposal, place: str, count: int) -> dict[str, Any]:
    same = (
        *("state", "utility", "scope", "first_at", "last_at", "raised_at", "counted", "seen"),
        *("window_minutes", "expected", "chance", "reason", "decided_at"),
    )
    return {
        "id": proposal.pk,
        **{name: getattr(proposal, name) for name in same},
        "place": place,
        "requests": count,
        "decided_by": proposal.decided_by_id,
        "incident": proposal.incident_id,
    }
