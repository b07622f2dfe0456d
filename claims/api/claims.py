"""Claims for programs of whoever answers them and of staff: the list, one claim, its steps."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.problems import Problem
from accounts.rest import asked, caller, etags, pages, repeats
from accounts.rest.call import Call
from accounts.rest.refusals import not_found, stale, wrong
from claims import lifecycle
from claims.models import Claim
from claims.of_request.forms import months_to_choose
from claims.querysets import ClaimQuerySet
from claims.recalculation.values import Service
from claims.statuses import AWAITED, UNANSWERED, ClaimStatus
from claims.steps import Need
from requests_app.api.door import CabinetCall, DeskCall

_OLDEST = ["filed_at", "id"]
_CONFLICTS = {"forbidden", "decided"}


class ClaimRowShape(serializers.Serializer[Any]):
    """A claim: what is demanded of whom, and where it stands. No person."""

    number = serializers.CharField(help_text="«26-000123/1»: of the request, and which of it")
    claim_status = serializers.ChoiceField(choices=ClaimStatus.choices)
    service = serializers.ChoiceField(choices=[(str(one), str(one)) for one in Service])
    month = serializers.DateField(help_text="First day of the month of the bill")
    amount_rub = serializers.DecimalField(max_digits=12, decimal_places=2)
    granted_rub = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    paid_rub = serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True)
    executor = serializers.CharField()
    executor_inn = serializers.CharField()
    filed_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    overdue = serializers.BooleanField()
    version = serializers.IntegerField()


class ClaimPageShape(pages.PageShape):
    """A page of claims."""

    results = ClaimRowShape(many=True)


class ClaimStepShape(serializers.Serializer[Any]):
    """A step that the caller may make now."""

    name = serializers.CharField()
    to = serializers.CharField()
    needs = serializers.ListField(child=serializers.ChoiceField(choices=[str(n) for n in Need]))


class ClaimCardShape(ClaimRowShape):
    """A claim with the steps open now."""

    steps = ClaimStepShape(many=True)


class MoveClaimShape(serializers.Serializer[Any]):
    """A step of a claim with what it brings."""

    to = serializers.CharField(max_length=20)
    text = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=20_000, trim_whitespace=False
    )
    amount_rub = serializers.DecimalField(
        max_digits=12, decimal_places=2, required=False, allow_null=True, default=None
    )
    credited_in = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="The month of the bill: any day"
    )

    def validate_credited_in(self, day: date | None) -> date | None:
        """Want a month in whose bill money may stand, as the page offers it."""
        offered = {code for code, _word in months_to_choose(timezone.localdate())}
        if day is not None and f"{day.replace(day=1):%Y-%m-%d}" not in offered:
            raise serializers.ValidationError(_("Name the month of the bill with the money."))
        return day


class _Claims(Call):
    """A list of claims, the oldest first."""

    def listed(self, http: HttpRequest) -> Response:
        """Return the page that is asked for; `visible_to` comes first."""
        at = timezone.now()
        rows = _wanted(Claim.objects.visible_to(caller.actor_of(http)), http)
        page = pages.page(http, rows.defer("body", "found", "figures"), _OLDEST)
        return Response(pages.body(page, (_row(one, at) for one in page)))


_FILTERS = [
    OpenApiParameter(
        "status",
        {"type": "array", "items": {"enum": ["open", "all", *ClaimStatus.values]}},
        explode=False,
        description="By commas; `open`, the default: those that wait for an answer",
    ),
    OpenApiParameter("overdue", bool, description="Only those that nobody answered in time"),
    OpenApiParameter("service", str, enum=[str(one) for one in Service]),
    OpenApiParameter("incident", int, description="Id of the incident they are about"),
    OpenApiParameter("inn", str, description="ИНН of who answers"),
    pages.CURSOR,
]


def _wanted(rows: ClaimQuerySet, http: HttpRequest) -> ClaimQuerySet:
    said = asked.some_of(http, "status", ["open", "all", *ClaimStatus.values]) or ["open"]
    if "all" not in said:
        codes = {code for code in said if code != "open"}
        rows = rows.filter(
            status__in=sorted(codes | (set(UNANSWERED) if "open" in said else set()))
        )
    if asked.flag(http, "overdue"):
        rows = rows.overdue(timezone.now())
    if service := asked.one_of(http, "service", [str(one) for one in Service]):
        rows = rows.filter(service=service)
    if (incident := asked.number(http, "incident")) is not None:
        rows = rows.filter(of_incident__incident=incident)
    if inn := asked.words(http, "inn"):
        rows = rows.filter(executor_inn=inn)
    return rows


def _row(item: Claim, at: Any) -> dict[str, Any]:
    late = item.status in AWAITED and item.due_at is not None and item.due_at < at
    return {
        "number": item.number,
        "claim_status": item.status,
        "service": item.service,
        "month": item.month,
        "amount_rub": item.amount_rub,
        "granted_rub": item.granted_rub,
        "paid_rub": item.paid_rub,
        "executor": item.executor_name,
        "executor_inn": item.executor_inn,
        "filed_at": item.filed_at,
        "due_at": item.due_at,
        "overdue": late or item.status == ClaimStatus.SILENT,
        "version": item.version,
    }


class _OneClaim(Call):
    """A claim, and a step of it."""

    def shown(self, http: HttpRequest, number: str, place: int) -> Response:
        """Return the claim with the steps open to the caller."""
        item, actor = _find(http, number, place), caller.actor_of(http)
        open_now = [
            {"name": step.name, "to": step.target, "needs": sorted(step.needs)}
            for step in lifecycle.steps_open_to(item, actor)
        ]
        body = {**_row(item, timezone.now()), "steps": open_now}
        return etags.versioned(Response(body), item.version)

    def moved(self, http: HttpRequest, number: str, place: int) -> Response:
        """Make the step once, on the version that was seen."""
        found = MoveClaimShape(data=http.data)
        found.is_valid(raise_exception=True)
        said, item = dict(found.validated_data), _find(http, number, place)
        seen, at, by = etags.version_seen(http), timezone.now(), caller.actor_of(http)
        to = said.pop("to")

        def move() -> dict[str, Any]:
            details = lifecycle.Details(**said)
            lifecycle.move(item, to, by=by, at=at, details=details, seen_version=seen)
            return {}

        try:
            repeats.once(http, name=f"claim:{item.pk}", at=at, do=move)
        except lifecycle.Refused as refused:
            raise _refusal(refused) from None
        return self.shown(http, number, place)


def _find(http: HttpRequest, number: str, place: int) -> Claim:
    rows = Claim.objects.visible_to(caller.actor_of(http)).defer("body", "found", "figures")
    wanted = f"{number}/{place}".replace("\x00", "")[:40]
    for item in rows.filter(number=wanted)[:1]:
        return item
    raise not_found(_("There is no such claim."))


def _refusal(refused: lifecycle.Refused) -> Problem:
    if isinstance(refused, lifecycle.NotFound):
        return not_found(refused.message)
    if refused.code == "stale":
        return stale()
    named = {"amount": "amount_rub", "month": "credited_in"}
    field = named.get(refused.field, refused.field)
    if refused.code in _CONFLICTS:
        return Problem(
            refused.message,
            code="forbidden_step",
            status_code=status.HTTP_409_CONFLICT,
            errors={field: refused.message} if field else None,
        )
    return wrong(field, refused.message, code=refused.code)


_MOVE: dict[str, Any] = {
    "request": MoveClaimShape,
    "parameters": [repeats.KEY, etags.IF_MATCH],
    "responses": {200: ClaimCardShape},
    "examples": [
        OpenApiExample(
            "a part",
            value={"to": "partly", "amount_rub": "120.50", "credited_in": "2026-12-01"},
            request_only=True,
        )
    ],
}  # fmt: skip


class CabinetClaims(CabinetCall, _Claims):
    """GET /api/v1/cabinet/claims/: claims to the caller's organisations."""

    @extend_schema(
        operation_id="cabinet_claims",
        parameters=_FILTERS,
        responses={200: ClaimPageShape},
        tags=["cabinet"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List them."""
        return self.listed(http)


class CabinetClaim(CabinetCall, _OneClaim):
    """GET, POST /api/v1/cabinet/claims/<number>/<place>/: a claim, and its answer."""

    @extend_schema(operation_id="cabinet_claim", responses={200: ClaimCardShape}, tags=["cabinet"])
    def get(self, http: HttpRequest, number: str, place: int) -> Response:
        """Return it."""
        return self.shown(http, number, place)

    @extend_schema(
        operation_id="cabinet_claim_move",
        description="Grant, grant a part or refuse; the resident gets a letter.",
        tags=["cabinet"],
        **_MOVE,
    )
    def post(self, http: HttpRequest, number: str, place: int) -> Response:
        """Answer."""
        return self.moved(http, number, place)


class DeskClaims(DeskCall, _Claims):
    """GET /api/v1/desk/claims/: all claims, the oldest that wait first."""

    needs_read = "claims.view_claim"

    @extend_schema(
        operation_id="desk_claims",
        parameters=_FILTERS,
        responses={200: ClaimPageShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        """List them."""
        return self.listed(http)


class DeskClaim(DeskCall, _OneClaim):
    """GET, POST /api/v1/desk/claims/<number>/<place>/: a claim, and a step of staff."""

    needs_read = "claims.view_claim"

    @extend_schema(operation_id="desk_claim", responses={200: ClaimCardShape}, tags=["desk"])
    def get(self, http: HttpRequest, number: str, place: int) -> Response:
        """Return it."""
        return self.shown(http, number, place)

    @extend_schema(
        operation_id="desk_claim_move",
        description="What the organisation or the resident said, or the next step for them.",
        tags=["desk"],
        **_MOVE,
    )
    def post(self, http: HttpRequest, number: str, place: int) -> Response:
        """Make the step."""
        return self.moved(http, number, place)
