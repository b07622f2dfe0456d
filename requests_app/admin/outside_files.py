"""A file of letters: looked through first, then taken in by a worker, with what was refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from disclosure.sheets import writing
from disclosure.sheets.reading import Unreadable
from requests_app.admin import access
from requests_app.cabinet.batch_pages import refusal_lines
from requests_app.exchange import sending
from requests_app.models import BatchState, ExchangeBatch, ExchangeKind, OutsideSource, RowAnswer
from requests_app.outside import letters, placing, reading
from requests_app.outside.sources import SOURCES

TAKE = "requests_app.take_outsideletter"
BATCH = "admin:requests_app_outsideletter_batch"
# The first rows say whether the file is the right one; each costs a search of its address.
LOOKED_AT = 20
SHOWN = 100


class FileForm(forms.Form):
    """A file that a portal exported."""

    source = forms.ChoiceField(label=gettext_lazy("Portal"), choices=OutsideSource.choices)
    file = forms.FileField(label=gettext_lazy("File: CSV, XLSX or JSON, at most 10 MB"))


@access.needs(TAKE)
def upload(http: HttpRequest) -> HttpResponse:
    """Read a file; nothing is taken in yet."""
    form = FileForm(http.POST, http.FILES) if http.method == "POST" else FileForm()
    status = 200
    if http.method == "POST" and form.is_valid():
        source, at = SOURCES[form.cleaned_data["source"]], timezone.now()
        sent = form.cleaned_data["file"]
        try:
            rows = reading.rows_of(
                sent.read(reading.LIMITS.megabytes * 1024 * 1024 + 1), source, at=at
            )
            batch = sending.store(
                ExchangeKind.LETTERS,
                rows,
                by=access.operator_of(http),
                at=at,
                source=source.code,
                file_name=str(sent.name or ""),
                most=reading.LIMITS.rows - 1,
                is_seen_first=True,
            )
        except (Unreadable, sending.NotTaken) as refused:
            form.add_error("file", str(refused))
        else:
            return redirect(BATCH, batch.pk)
    if form.errors:
        status = 422
    values = access.frame(
        http,
        title=_("Take in a file of letters"),
        form=form,
        formats=[(one.code.label, one.headings.values()) for one in SOURCES.values()],
        most_rows=reading.LIMITS.rows - 1,
    )
    return TemplateResponse(http, "admin/requests_app/outside/upload.html", values, status=status)


@require_safe
@access.needs(TAKE)
def show(http: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Show what the file would do, how it goes, or how it went."""
    batch = _find(http, batch_id)
    is_seen = batch.state == BatchState.SEEN
    refused = list(batch.lines.filter(answer=RowAnswer.REFUSED).order_by("place")[:SHOWN])
    values = access.frame(
        http,
        title=batch.file_name or str(_("Letters sent by a program")),
        batch=batch,
        is_seen=is_seen,
        looked_at=_looked_at(batch) if is_seen else [],
        taken=batch.rows - batch.refused,
        refused=refused,
        more=max(0, batch.refused - len(refused)),
    )
    return TemplateResponse(http, "admin/requests_app/outside/batch.html", values)


def _looked_at(batch: ExchangeBatch) -> list[dict[str, Any]]:
    source, at = SOURCES[batch.source], timezone.now()
    found = []
    for line in batch.lines.filter(answer="").order_by("place")[:LOOKED_AT]:
        letter = letters.read(line.body, at=at)
        house = placing.house_of(letter)
        matter = placing.matter_of(letter, source, at=at)
        found.append(
            {
                "place": line.place,
                "letter": letter,
                "is_certain": bool(house and matter),
                "has_house": bool(house),
                "has_matter": bool(matter),
            }
        )
    return found


@require_POST
@access.needs(TAKE)
def go(http: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Let a worker take the letters in."""
    batch = _find(http, batch_id)
    if sending.go(batch, at=timezone.now()):
        messages.success(http, _("The letters are being taken in. This page shows how it goes."))
    return redirect(BATCH, batch.pk)


@require_safe
@access.needs(TAKE)
def refused(http: HttpRequest, batch_id: UUID) -> StreamingHttpResponse:
    """Send the refused rows with their reasons as a table."""
    batch = _find(http, batch_id)
    response = StreamingHttpResponse(refusal_lines(batch), content_type=writing.CSV_TYPE)
    response["Content-Disposition"] = f'attachment; filename="refused-{batch.sent_at:%Y-%m-%d}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _find(http: HttpRequest, batch_id: UUID) -> ExchangeBatch:
    rows = ExchangeBatch.objects.visible_to(access.operator_of(http))
    for batch in rows.filter(pk=batch_id, kind=ExchangeKind.LETTERS)[:1]:
        return batch
    raise Http404
