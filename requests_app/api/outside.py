"""Letters of outside portals: sent by the thousand, and where each of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import now
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Operator
from accounts.rest import asked, pages
from accounts.rest.call import Call
from accounts.rest.caller import actor_of, require
from accounts.rest.refusals import MEDIA_TYPE, PROBLEM, not_found, problems
from accounts.rest.repeats import KEY
from requests_app.api.batches import head, rows_in, stored
from requests_app.api.exchange_shapes import (
    OutsideBatchShape,
    OutsideLettersShape,
    OutsideStateShape,
)
from requests_app.models import ExchangeBatch, ExchangeKind, ExchangeRow, OutsideLetter
from requests_app.outside import answers, reading, sources
from requests_app.outside.sources import SOURCES, Source

_SOURCE = OpenApiParameter(
    "source", str, OpenApiParameter.PATH, enum=list(SOURCES), description="The outside portal"
)


class OutsideStatePageShape(pages.PageShape):
    """A page of letters."""

    results = OutsideStateShape(many=True)


class _OfStaff(Call):
    admits = (Operator,)
    scope_read = "outside:write"
    scope_write = "outside:write"

    def source(self, http: HttpRequest, name: str) -> Source:
        """Return the portal; refuse whoever only reads requests."""
        actor = require(http, Operator)
        if name not in SOURCES or not getattr(actor, "may_change", False):
            raise not_found()
        return SOURCES[name]


class OutsideRequests(_OfStaff):
    """/api/v1/outside/<source>/requests/: send letters; ask where they stand."""

    @extend_schema(
        operation_id="outside_letters_list",
        tags=["outside"],
        parameters=[
            _SOURCE,
            OpenApiParameter(
                "updated_since", str, description="Only what changed since: 2026-11-29T12:00:00Z"
            ),
            pages.CURSOR,
        ],
        responses={200: OutsideStatePageShape},
    )
    def get(self, http: HttpRequest, source: str) -> Response:
        found = self.source(http, source)
        rows = answers.rows_of(
            OutsideLetter.objects.visible_to(actor_of(http)),
            found.code,
            since=asked.moment(http, "updated_since"),
        )
        page = pages.page(http, rows, ["changed_at", "id"])
        return Response(pages.body(page, (asdict(answers.told(row)) for row in page)))

    @extend_schema(
        operation_id="outside_letters_send",
        tags=["outside"],
        parameters=[_SOURCE, KEY],
        request=OutsideLettersShape,
        responses={202: OutsideBatchShape, (413, MEDIA_TYPE): PROBLEM, **problems(409)},
    )
    def post(self, http: HttpRequest, source: str) -> Response:
        found, at = self.source(http, source), now()
        rows = [
            reading.sent(sources.flat(found, one) if isinstance(one, Mapping) else {}, at=at)
            for one in rows_in(http.data)
        ]
        batch = stored(ExchangeKind.LETTERS, rows, http, source=found.code)
        address = reverse("api-outside-batch", args=[found.code, batch.pk])
        return Response(
            _whole(batch), status=status.HTTP_202_ACCEPTED, headers={"Location": address}
        )


class OutsideBatch(_OfStaff):
    """GET /api/v1/outside/<source>/batches/<id>/: how a batch goes, with the answers so far."""

    @extend_schema(
        operation_id="outside_batches_read",
        tags=["outside"],
        parameters=[_SOURCE],
        responses={200: OutsideBatchShape},
    )
    def get(self, http: HttpRequest, source: str, batch_id: UUID) -> Response:
        found = self.source(http, source)
        rows = ExchangeBatch.objects.visible_to(actor_of(http))
        for batch in rows.filter(pk=batch_id, kind=ExchangeKind.LETTERS, source=found.code)[:1]:
            return Response(_whole(batch))
        raise not_found()


def _whole(batch: ExchangeBatch) -> dict[str, Any]:
    return {
        **head(batch),
        "to_sort": batch.to_sort,
        "results": [_answer(line) for line in batch.lines.order_by("place")],
    }


def _answer(line: ExchangeRow) -> dict[str, Any]:
    return {
        "outside_number": line.key,
        # While it waits, the row is known by the number there alone.
        "number": line.number if line.answer in ("done", "same") else "",
        "status": line.answer or "waiting",
        "code": line.code,
        "field": line.field,
        "message": line.message,
    }
