"""Public pages of the ratings, and the files anybody may recompute them from."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import keyset
from accounts.middleware import ActorRequest
from ratings import files, inputs, methodology, showing
from ratings.exporting import results_csv, results_values
from ratings.models import Objection, RatingResult, RatingSnapshot
from ratings.verifier import SCRIPT

PAGE = 50
MONTHS = 24
_BY_LINE = ["position"]
_LONGEST = 100


def _snapshot(http: ActorRequest, period: date, *, with_inputs: bool = False) -> RatingSnapshot:
    """Return the edition asked for, else the newest published, else the draft; 404 if unseen."""
    rows = RatingSnapshot.objects.visible_to(http.actor).of_month(period)
    rows = rows.select_related("methodology") if with_inputs else rows.light()
    edition = http.GET.get("edition", "")
    if edition:
        if not (edition.isascii() and edition.isdecimal() and len(edition) < 4):
            raise Http404
        return get_object_or_404(rows, edition=int(edition))
    found = rows.published().first() or rows.first()
    if found is None:
        raise Http404
    return found


@require_safe
def current(http: ActorRequest) -> HttpResponse:
    """Show the newest published rating, or say that there is none yet."""
    newest = RatingSnapshot.objects.published().light().order_by("-period", "-edition").first()
    if newest is None:
        return render(http, "ratings/none.html")
    return _listed(http, newest, reverse("ratings:current"))


@require_safe
def of_month(http: ActorRequest, period: date) -> HttpResponse:
    """Show the rating of a month."""
    snapshot = _snapshot(http, period)
    return _listed(http, snapshot, snapshot.get_absolute_url())


def _listed(http: ActorRequest, snapshot: RatingSnapshot, address: str) -> HttpResponse:
    method = showing.method_of(snapshot)
    everybody = RatingResult.objects.filter(snapshot=snapshot)
    counted = dict(everybody.values_list("group").annotate(count=Count("pk")).order_by())
    group = http.GET.get("group", "")
    group = group if group in counted else ""
    asked = " ".join(http.GET.get("q", "").replace("\x00", " ").split())[:_LONGEST]
    edition = http.GET.get("edition", "")
    rows = everybody.filter(group=group) if group else everybody
    if asked:
        rows = rows.filter(name__icontains=asked)

    def link(**more: str) -> str:
        parts = {"edition": edition, "group": group, "q": asked, **more}
        chosen = {name: value for name, value in parts.items() if value}
        return address + (f"?{urlencode(chosen)}" if chosen else "")

    try:
        page = keyset.page(rows, _BY_LINE, size=PAGE, cursor=http.GET.get("cursor", "")[:2000])
    except keyset.BadCursor:
        return redirect(link())
    tabs = [(_("All sizes"), "", sum(counted.values()))]
    tabs += [(each.name, each.code, counted.get(each.code, 0)) for each in method.groups]
    return render(
        http,
        "ratings/list.html",
        {
            "snapshot": snapshot,
            "method": method,
            "files": _files(snapshot, edition),
            "rated": showing.rows((one for one in page if one.is_rated), method),
            "unrated": showing.rows((one for one in page if not one.is_rated), method),
            "bands": showing.legend(method),
            "q": asked,
            "group": group,
            "edition": edition,
            "address": address,
            "tabs": [
                {"href": link(group=code), "word": word, "count": count, "now": code == group}
                for word, code, count in tabs
                if count or not code
            ],
            "before": link(cursor=page.previous) if page.previous else "",
            "after": link(cursor=page.next) if page.next else "",
            "history": RatingSnapshot.objects.published().defer("inputs", "manifest", "rows")[
                :MONTHS
            ],
        },
    )


@require_safe
def company(http: ActorRequest, period: date, reference: str) -> HttpResponse:
    """Show why a company has its score."""
    snapshot = _snapshot(http, period)
    result = get_object_or_404(RatingResult, snapshot=snapshot, reference=reference[:24])
    result.snapshot = snapshot
    method = showing.method_of(snapshot)
    return render(
        http,
        "ratings/company.html",
        {
            "snapshot": snapshot,
            "method": method,
            "row": showing.row(result, method),
            "reasons": showing.reasons(result, method),
            "next": showing.to_next_band(result, method),
            "company_url": reverse("disclosure:company", args=[reference]),
            "edition": http.GET.get("edition", ""),
        },
    )


@require_safe
def methodology_page(http: ActorRequest) -> HttpResponse:
    """Tell in plain words how companies are rated; the newest methodology of the portal."""
    method = methodology.read(methodology.newest())
    return render(
        http, "ratings/methodology.html", {"method": method, "bands": showing.legend(method)}
    )


@require_safe
def inputs_file(http: ActorRequest, period: date) -> HttpResponse:
    """Give the frozen input away, byte for byte."""
    snapshot = _snapshot(http, period, with_inputs=True)
    return _file(snapshot, "inputs.csv", snapshot.inputs, "text/csv")


@require_safe
def results_file(http: ActorRequest, period: date) -> HttpResponse:
    """Give the results away as a table."""
    snapshot = _snapshot(http, period)
    return _file(snapshot, "results.csv", results_csv(snapshot), "text/csv")


@require_safe
def results_json(http: ActorRequest, period: date) -> HttpResponse:
    """Give the results away for programs."""
    return JsonResponse(results_values(_snapshot(http, period)))


@require_safe
def methodology_file(http: ActorRequest, period: date) -> HttpResponse:
    """Give the month's own methodology away."""
    snapshot = _snapshot(http, period)
    text = inputs.json_text(snapshot.methodology.document)
    return _file(snapshot, "methodology.json", text, "application/json")


@require_safe
def manifest_file(http: ActorRequest, period: date) -> HttpResponse:
    """Give the manifest away: what was counted, when, and the digests of the files."""
    snapshot = _snapshot(http, period)
    text = inputs.json_text(snapshot.manifest)
    return _file(snapshot, "manifest.json", text, "application/json")


@require_safe
def rows_csv(http: ActorRequest, period: date) -> StreamingHttpResponse:
    """Give away every request that counted, without person, house and number; streamed."""
    snapshot = _snapshot(http, period)
    response = StreamingHttpResponse(
        files.unpacked(snapshot), content_type="text/csv; charset=utf-8"
    )
    whole = f"rating-{snapshot}-{snapshot.edition}-rows.csv"
    response["Content-Disposition"] = f'attachment; filename="{whole}"'
    return response


@require_safe
def company_rows_csv(http: ActorRequest, period: date, reference: str) -> StreamingHttpResponse:
    """Give away the requests that counted for one company."""
    snapshot = _snapshot(http, period)
    result = get_object_or_404(RatingResult, snapshot=snapshot, reference=reference[:24])
    response = StreamingHttpResponse(
        files.rows_of(snapshot, result.reference), content_type="text/csv; charset=utf-8"
    )
    whole = f"rating-{snapshot}-{snapshot.edition}-{result.reference}-rows.csv"
    response["Content-Disposition"] = f'attachment; filename="{whole}"'
    return response


@require_safe
def objections(http: ActorRequest, period: date) -> HttpResponse:
    """Show each decision on what companies objected to; never the company's own words."""
    snapshot = _snapshot(http, period)
    rows = (
        Objection.objects.filter(period=period)
        .decided()
        .select_related("company", "request__category")
    )
    address = reverse("ratings:objections", args=[period])
    try:
        page = keyset.page(
            rows, ["decided_at", "id"], size=PAGE, cursor=http.GET.get("cursor", "")[:2000]
        )
    except keyset.BadCursor:
        return redirect(address)
    told = list(page)
    references = dict(
        RatingResult.objects.filter(
            snapshot=snapshot, company_id__in=[one.company_id for one in told]
        ).values_list("company_id", "reference")
    )
    for one in told:
        one.reference = references.get(one.company_id, one.company.reference)
    return render(
        http,
        "ratings/objections.html",
        {
            "snapshot": snapshot,
            "objections": told,
            "before": f"{address}?cursor={page.previous}" if page.previous else "",
            "after": f"{address}?cursor={page.next}" if page.next else "",
        },
    )


@require_safe
def signature_file(http: ActorRequest, period: date) -> HttpResponse:
    """Give the signature of the manifest away; 404 for a draft, which nobody has signed."""
    snapshot = _snapshot(http, period)
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
def verifier_file(http: ActorRequest, period: date) -> HttpResponse:
    """Give away the script that checks this month; it needs nothing of the portal."""
    return _file(_snapshot(http, period), "verify.py", SCRIPT.read_text(), "text/x-python")


def _file(snapshot: RatingSnapshot, name: str, text: str, kind: str) -> HttpResponse:
    response = HttpResponse(text.encode(), content_type=f"{kind}; charset=utf-8")
    whole = f"rating-{snapshot}-{snapshot.edition}-{name}"
    response["Content-Disposition"] = f'attachment; filename="{whole}"'
    return response


def _files(snapshot: RatingSnapshot, edition: str) -> list[dict[str, Any]]:
    names = {
        "results": _("Results, table (CSV)"),
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
