"""States and acts by the thousand, from executors' own systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from accounts.actors import Executor
from accounts.problems import Problem
from accounts.rest import pages
from accounts.rest.call import Call
from accounts.rest.caller import actor_of
from accounts.rest.refusals import MEDIA_TYPE, PROBLEM, not_found, problems
from accounts.rest.repeats import KEY, key_of
from requests_app.api.exchange_shapes import (
    BatchHeadShape,
    StateRowShape,
    StatesBatchShape,
    StatesShape,
)
from requests_app.exchange import sending
from requests_app.exchange.sending import Sent
from requests_app.models import BatchState, ExchangeBatch, ExchangeKind, ExchangeRow


class BatchPageShape(pages.PageShape):
    """A page of batches."""

    results = BatchHeadShape(many=True)


class StateBatches(Call):
    """/api/v1/cabinet/batch/: send a batch; see those sent before."""

    admits = (Executor,)
    scope_read = "bulk:write"
    scope_write = "bulk:write"

    @extend_schema(
        operation_id="cabinet_batches_list",
        tags=["cabinet"],
        parameters=[pages.CURSOR],
        responses={200: BatchPageShape},
    )
    def get(self, http: HttpRequest) -> Response:
        rows = ExchangeBatch.objects.visible_to(actor_of(http))
        page = pages.page(http, rows, ["-sent_at", "-id"])
        return Response(pages.body(page, (head(batch) for batch in page)))

    @extend_schema(
        operation_id="cabinet_batches_send",
        tags=["cabinet"],
        parameters=[KEY],
        request=StatesShape,
        responses={202: StatesBatchShape, (413, MEDIA_TYPE): PROBLEM, **problems(409)},
    )
    def post(self, http: HttpRequest) -> Response:
        rows = [_state(record) for record in rows_in(http.data)]
        batch = stored(ExchangeKind.STATES, rows, http)
        address = reverse("api-cabinet-batch", args=[batch.pk])
        return Response(
            _whole(batch), status=status.HTTP_202_ACCEPTED, headers={"Location": address}
        )


class StateBatch(Call):
    """GET /api/v1/cabinet/batch/<id>/: how a batch goes, with the answers so far."""

    admits = (Executor,)
    scope_read = "bulk:write"
    scope_write = "bulk:write"

    @extend_schema(
        operation_id="cabinet_batches_read", tags=["cabinet"], responses={200: StatesBatchShape}
    )
    def get(self, http: HttpRequest, batch_id: UUID) -> Response:
        for batch in ExchangeBatch.objects.visible_to(actor_of(http)).filter(pk=batch_id)[:1]:
            return Response(_whole(batch))
        raise not_found()


def rows_in(body: Any) -> list[Any]:
    """Return the rows of a batch; raise Problem for what is none, or too many at once."""
    rows = body.get("rows") if isinstance(body, Mapping) else None
    if not isinstance(rows, list):
        words = _("Send the rows as a list under «rows».")
        raise Problem(words, code="no_rows", errors={"rows": words})
    if len(rows) > sending.MOST_ROWS:
        raise _not_taken(
            sending.NotTaken(
                _("At most %(count)d rows at once.") % {"count": sending.MOST_ROWS},
                "too_many_rows",
            )
        )
    return rows


def stored(
    kind: ExchangeKind, rows: list[Sent], http: HttpRequest, *, source: str = ""
) -> ExchangeBatch:
    """Store the batch of the caller; raise Problem where it is not taken."""
    try:
        return sending.store(
            kind,
            rows,
            by=actor_of(http),
            at=now(),
            source=source,
            idempotency_key=key_of(http),
        )
    except sending.NotTaken as refused:
        raise _not_taken(refused) from None


def _not_taken(refused: sending.NotTaken) -> Problem:
    too_many = refused.code == "too_many_rows"
    return Problem(
        str(refused),
        code=refused.code,
        status_code=status.HTTP_413_REQUEST_ENTITY_TOO_LARGE if too_many else 400,
        errors={"rows": str(refused)},
    )


def head(batch: ExchangeBatch) -> dict[str, Any]:
    """Return what BatchHeadShape describes."""
    return {
        "id": batch.pk,
        "status": BatchState(batch.state).value,
        "sent_at": batch.sent_at,
        "finished_at": batch.finished_at,
        "rows": batch.rows,
        "done": batch.done,
        "same": batch.same,
        "refused": batch.refused,
    }


def _whole(batch: ExchangeBatch) -> dict[str, Any]:
    return {**head(batch), "results": [_answer(line) for line in batch.lines.order_by("place")]}


def _answer(line: ExchangeRow) -> dict[str, Any]:
    return {
        "client_id": line.key,
        "number": line.number,
        "status": line.answer or "waiting",
        "code": line.code,
        "field": line.field,
        "message": line.message,
        "version": line.version,
    }


def _state(record: Any) -> Sent:
    """Return a row; what is wrong with its shape is its own answer and no other's."""
    said = record if isinstance(record, Mapping) else {}
    key, number = _plain(said.get("client_id")), _plain(said.get("number"))
    shape = StateRowShape(data=record)
    if not shape.is_valid():
        return Sent(key=key, number=number, fault=_first(shape.errors))
    values = shape.validated_data
    act = values["act"]
    return Sent(
        key=values["client_id"],
        number=values["number"],
        body={
            "to": values["to"],
            "text": values["text"],
            "act": {
                "signed_on": act["signed_on"].isoformat(),
                "signer": act["signer"],
                "upload": str(act["upload"]) if act["upload"] else "",
            }
            if act
            else None,
            "planned_at": values["planned_at"].isoformat() if values["planned_at"] else "",
            "version": values["version"],
        },
    )


def _plain(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode(errors="replace").decode()


def _first(errors: Any, before: str = "") -> tuple[str, str]:
    """Return the first field of a shape that is wrong, and the words."""
    if isinstance(errors, Mapping):
        name, inner = next(iter(errors.items()))
        part = "" if name == "non_field_errors" else str(name)
        return _first(inner, ".".join(filter(None, (before, part))))
    if isinstance(errors, list):
        return _first(errors[0], before)
    return before, str(errors)
