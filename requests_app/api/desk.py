"""The operators' work list for programs: by key, two statements, five by a saved filter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Operator
from accounts.rest import asked, caller, pages
from accounts.rest.call import Call
from accounts.rest.refusals import wrong
from requests_app.api import door
from requests_app.api.shapes import DeskPageShape
from requests_app.desk import saved_filters, search
from requests_app.desk.tabs import BY_DUE
from requests_app.models import Request
from requests_app.querysets import RequestQuerySet
from requests_app.statuses import OPEN, Status

_COLUMNS = (
    "id",
    "number",
    "status",
    "outcome",
    "category__slug",
    "building__address",
    "executor_name",
    "executor_inn",
    "registered_at",
    "due_at",
    "paused_at",
    "is_emergency",
    "version",
)


class DeskRequests(Call):
    """GET /api/v1/desk/requests/: what staff work on, the most pressing first."""

    admits = (Operator,)
    scope_read = "desk:read"

    @extend_schema(
        operation_id="desk_requests",
        parameters=[
            OpenApiParameter(
                "status",
                str,
                description="One status or several, by commas; `open` (without `q` the default) "
                "or `all`",
                enum=["open", "all", *Status.values],
            ),
            OpenApiParameter("category", str, description="Slug of a matter or of a top matter"),
            OpenApiParameter("company", str, description="ИНН of the executor"),
            OpenApiParameter("overdue", bool, description="Only those whose promise is broken"),
            OpenApiParameter(
                "filter",
                int,
                description="Id of desk/filters/: its view and order, all statuses unless named",
            ),
            OpenApiParameter(
                "q", str, description="Number, phone, address or words of the description"
            ),
            pages.CURSOR,
        ],
        responses={200: DeskPageShape},
        tags=["desk"],
    )
    def get(self, http: HttpRequest) -> Response:
        at = timezone.now()
        rows, order = _kept(Request.objects.visible_to(caller.actor_of(http)), http, at)
        rows = _wanted(rows, http, at)
        # Rows, not models: three objects a row would be half of the answer's cost.
        page = pages.page(http, rows.values_list(*_COLUMNS, named=True), list(order))
        return Response(pages.body(page, (_row(item, at) for item in page)))


def _kept(
    rows: RequestQuerySet, http: HttpRequest, at: datetime
) -> tuple[RequestQuerySet, Sequence[str]]:
    """Return what the saved filter that the call names keeps of `rows`, and in which order."""
    wanted = asked.number(http, "filter")
    if wanted is None:
        return rows, BY_DUE
    by = door.operator_of(http)
    saved = saved_filters.usable_by(by).filter(pk=wanted).first()
    if saved is None:
        raise wrong("filter", _("There is no such filter."), code="unknown_filter")
    try:
        return saved_filters.narrowed(saved, rows, by=by, at=at)
    except saved_filters.CannotSave as problem:
        raise wrong("filter", str(problem), code="filter_unreadable") from None


def _wanted(rows: RequestQuerySet, http: HttpRequest, at: datetime) -> RequestQuerySet:
    if asked.flag(http, "overdue"):
        rows = rows.overdue(at)
    words = search.read(http.query_params.get("q", "").replace("\x00", ""))
    statuses = [
        code.strip() for code in http.query_params.get("status", "").split(",") if code.strip()
    ]
    if not statuses:
        statuses = ["all" if words or "filter" in http.query_params else "open"]
    if statuses == ["open"]:
        rows = rows.still_open()
    elif statuses != ["all"]:
        if set(statuses) - set(Status.values):
            raise wrong("status", _("There is no such status."))
        rows = rows.filter(status__in=statuses)
    if category := asked.words(http, "category"):
        rows = rows.about(category)
    if company := asked.words(http, "company"):
        rows = rows.filter(executor_inn=company)
    return search.narrow(rows, words, at=at) if words else rows


def _row(item: Any, at: datetime) -> dict[str, Any]:
    return {
        "number": item.number,
        "status": item.status,
        "outcome": item.outcome,
        "category": item.category__slug,
        "address": item.building__address,
        "company": item.executor_name,
        "executor_inn": item.executor_inn,
        "registered_at": item.registered_at,
        "due_at": item.due_at,
        "overdue": item.status in OPEN and item.paused_at is None and item.due_at < at,
        "emergency": item.is_emergency,
        "version": item.version,
    }
