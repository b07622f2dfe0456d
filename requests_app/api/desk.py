"""The operators' work list for programs: by key, two statements at most."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import keyset
from accounts.actors import Operator
from accounts.problems import Problem
from requests_app.api.requests import PROBLEM, require
from requests_app.api.shapes import DeskPageShape
from requests_app.desk import search
from requests_app.desk.tabs import BY_DUE
from requests_app.models import Request
from requests_app.querysets import RequestQuerySet
from requests_app.statuses import OPEN, Status

SIZE = 50
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
_YES, _NO = {"1", "true", "yes"}, {"", "0", "false", "no"}


class DeskRequests(APIView):
    """GET /api/v1/desk/requests/: what staff work on, the most pressing first."""

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
                "q", str, description="Number, phone, address or words of the description"
            ),
            OpenApiParameter("cursor", str, description="`next` or `previous` of another page"),
        ],
        responses={200: DeskPageShape, 400: PROBLEM, 401: PROBLEM, 403: PROBLEM},
    )
    def get(self, http: HttpRequest) -> Response:
        actor = require(http, Operator)
        at = timezone.now()
        rows = _wanted(Request.objects.visible_to(actor), http.query_params, at)
        try:
            page = keyset.page(
                # Rows, not models: three objects a row would be half of the answer's cost.
                rows.values_list(*_COLUMNS, named=True),
                BY_DUE,
                size=SIZE,
                cursor=http.query_params.get("cursor", "")[:500],
            )
        except keyset.BadCursor as bad:
            raise _wrong("cursor", str(bad)) from None
        return Response(
            {
                "results": [_row(item, at) for item in page],
                "next": page.next,
                "previous": page.previous,
            }
        )


def _wanted(rows: RequestQuerySet, asked: Any, at: datetime) -> RequestQuerySet:
    overdue = asked.get("overdue", "").strip().lower()
    if overdue not in _YES | _NO:
        raise _wrong("overdue", _("Write true or false."))
    if overdue in _YES:
        rows = rows.overdue(at)
    words = search.read(asked.get("q", "").replace("\x00", ""))
    statuses = [code.strip() for code in asked.get("status", "").split(",") if code.strip()]
    if not statuses:
        statuses = ["all" if words else "open"]
    if statuses == ["open"]:
        rows = rows.still_open()
    elif statuses != ["all"]:
        if set(statuses) - set(Status.values):
            raise _wrong("status", _("There is no such status."))
        rows = rows.filter(status__in=statuses)
    if category := asked.get("category", "").strip():
        rows = rows.about(category.replace("\x00", ""))
    if company := asked.get("company", "").strip():
        rows = rows.filter(executor_inn=company.replace("\x00", ""))
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


def _wrong(field: str, message: str) -> Problem:
    return Problem(_("The question has mistakes."), code="invalid", errors={field: message})
