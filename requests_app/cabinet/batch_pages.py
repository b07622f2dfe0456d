"""What the organisation's own system pushed: who, when, how many rows, and which were refused."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import keyset
from accounts.middleware import ActorRequest
from disclosure.sheets import writing
from requests_app.cabinet.doors import executor_of
from requests_app.models import ExchangeBatch, RowAnswer
from requests_app.tracking.views import private

SIZE = 20
# More refusals than a person reads are in the file.
SHOWN = 100


@never_cache
@login_required
@require_safe
def listing(http: ActorRequest) -> HttpResponse:
    """List the batches, newest first."""
    rows = ExchangeBatch.objects.visible_to(executor_of(http)).select_related("user")
    try:
        page = keyset.page(
            rows, ["-sent_at", "-id"], size=SIZE, cursor=http.GET.get("cursor", "")[:500]
        )
    except keyset.BadCursor:
        return redirect("requests_cabinet:batches")
    return private(render(http, "requests_app/cabinet/batches.html", {"page": page}))


@never_cache
@login_required
@require_safe
def one(http: ActorRequest, batch_id: UUID) -> HttpResponse:
    """Show how a batch goes and what was refused."""
    batch = _of(http, batch_id)
    refused = list(batch.lines.filter(answer=RowAnswer.REFUSED).order_by("place")[:SHOWN])
    values = {"batch": batch, "refused": refused, "more": max(0, batch.refused - len(refused))}
    return private(render(http, "requests_app/cabinet/batch.html", values))


@never_cache
@login_required
@require_safe
def refusals(http: ActorRequest, batch_id: UUID) -> StreamingHttpResponse:
    """Send the refused rows as a table."""
    batch = _of(http, batch_id)
    response = StreamingHttpResponse(refusal_lines(batch), content_type=writing.CSV_TYPE)
    response["Content-Disposition"] = f'attachment; filename="refused-{batch.sent_at:%Y-%m-%d}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def refusal_lines(batch: ExchangeBatch) -> Iterator[str]:
    """Yield the lines of a CSV of what was refused."""
    head = [_("Row"), "client_id", _("Number"), _("Field"), _("Code"), _("Reason")]
    yield "\ufeff" + writing.csv_line(head)
    rows = batch.lines.filter(answer=RowAnswer.REFUSED).order_by("place")
    for line in rows.iterator(chunk_size=500):
        cells: list[writing.Cell] = [
            line.place,
            line.key,
            line.number,
            line.field,
            line.code,
            line.message,
        ]
        yield writing.csv_line(cells)


def _of(http: ActorRequest, batch_id: UUID) -> ExchangeBatch:
    rows = ExchangeBatch.objects.visible_to(executor_of(http)).select_related("user")
    for batch in rows.filter(pk=batch_id)[:1]:
        return batch
    raise Http404
