"""The files of a month: everything its rating is made of, as it was counted and signed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.middleware import ActorRequest
from ratings import editions, files, inputs
from ratings.exporting import results_csv, results_values, results_xlsx
from ratings.models import RatingResult, RatingSnapshot
from ratings.verifier import SCRIPT

UTF8 = "charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def inputs_file(http: ActorRequest, period: date) -> HttpResponseBase:
    """Give the frozen input away, byte for byte."""
    snapshot = editions.asked_for(http, period, with_inputs=True)
    return _file(snapshot, "inputs.csv", snapshot.inputs, "text/csv")


@require_safe
def results_file(http: ActorRequest, period: date) -> HttpResponseBase:
    """Give the results away as a table."""
    snapshot = editions.asked_for(http, period)
    return _file(snapshot, "results.csv", results_csv(snapshot), "text/csv")


@require_safe
def results_json(http: ActorRequest, period: date) -> HttpResponseBase:
    """Give the results away for programs."""
    return JsonResponse(results_values(editions.asked_for(http, period)))


@require_safe
def methodology_file(http: ActorRequest, period: date) -> HttpResponseBase:
    """Give the month's own methodology away."""
    snapshot = editions.asked_for(http, period)
    text = inputs.json_text(snapshot.methodology.document)
    return _file(snapshot, "methodology.json", text, "application/json")


@require_safe
def manifest_file(http: ActorRequest, period: date) -> HttpResponseBase:
    """Give the manifest away: what was counted, when, and the digests of the files."""
    snapshot = editions.asked_for(http, period)
    text = inputs.json_text(snapshot.manifest)
    return _file(snapshot, "manifest.json", text, "application/json")


@require_safe
def rows_csv(http: ActorRequest, period: date) -> HttpResponseBase:
    """Give away every request that counted, without person, house and number; streamed."""
    snapshot = editions.asked_for(http, period)
    answer = StreamingHttpResponse(files.unpacked(snapshot), content_type=f"text/csv; {UTF8}")
    return _named(answer, snapshot, "rows.csv")


@require_safe
def company_rows_csv(http: ActorRequest, period: date, reference: str) -> HttpResponseBase:
    """Give away the requests that counted for one company."""
    snapshot = editions.asked_for(http, period)
    result = get_object_or_404(RatingResult, snapshot=snapshot, reference=reference[:24])
    rows = files.rows_of(snapshot, result.reference)
    answer = StreamingHttpResponse(rows, content_type=f"text/csv; {UTF8}")
    return _named(answer, snapshot, f"{result.reference}-rows.csv")


@require_safe
def signature_file(http: ActorRequest, period: date) -> HttpResponseBase:
    """Give the signature of the manifest away; 404 for a draft, which nobody has signed."""
    snapshot = editions.asked_for(http, period)
    if not snapshot.signature:
        raise Http404
    values = {
        "algorithm": "Ed25519",
        "of": "manifest.json",
        "public_key": snapshot.public_key,
        "signature": snapshot.signature,
    }
    return _file(snapshot, "signature.json", inputs.json_text(values), "application/json")


@require_safe
def verifier_file(http: ActorRequest, period: date) -> HttpResponseBase:
    """Give away the script that checks this month; it needs nothing of the portal."""
    return _file(editions.asked_for(http, period), "verify.py", SCRIPT.read_text(), "text/x-python")


@require_safe
def results_sheet(http: ActorRequest, period: date) -> HttpResponseBase:
    """Give the results away as a spreadsheet; no cell is a formula."""
    snapshot = editions.asked_for(http, period)
    answer = HttpResponse(results_xlsx(snapshot), content_type=XLSX)
    return _named(answer, snapshot, "results.xlsx")


def _file(snapshot: RatingSnapshot, name: str, text: str, kind: str) -> HttpResponseBase:
    return _named(HttpResponse(text.encode(), content_type=f"{kind}; {UTF8}"), snapshot, name)


def _named(answer: HttpResponseBase, snapshot: RatingSnapshot, name: str) -> HttpResponseBase:
    """Return the answer as a file that says which month and edition it is of."""
    whole = f"rating-{snapshot}-{snapshot.edition}-{name}"
    answer["Content-Disposition"] = f'attachment; filename="{whole}"'
    return answer


def links(snapshot: RatingSnapshot, edition: str) -> list[dict[str, Any]]:
    """Return the address and the words of each file of the month."""
    names = {
        "results": _("Results, table (CSV)"),
        "results_sheet": _("Results, spreadsheet (XLSX)"),
        "results_json": _("Results for programs (JSON)"),
        "inputs": _("What was counted, table (CSV)"),
        "rows": _("Each request that counted, without person, house and number (CSV)"),
        "methodology_file": _("Methodology (JSON)"),
        "manifest": _("Manifest with check sums (JSON)"),
        "signature": _("Signature of the manifest (JSON)"),
        "verifier": _("Script that works everything out anew (Python)"),
    }
    more = f"?edition={snapshot.edition}" if edition else ""
    month = snapshot.period
    return [
        {"href": reverse(f"ratings:{name}", args=[month]) + more, "word": word}
        for name, word in names.items()
        if name != "signature" or snapshot.is_published
    ]
