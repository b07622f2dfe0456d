"""A company looks at the draft of its rating: every request behind it, and what it objects to."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import ActorRequest
from disclosure.cabinet import tabs
from disclosure.cabinet.doors import company_of
from disclosure.models import ManagementCompany
from ratings import objecting, showing
from ratings.methodology import OF_REQUESTS
from ratings.models import Objection, RatingResult, RatingSnapshot
from ratings.objecting import LONGEST
from ratings.publishing import Refused
from requests_app.models import Request

PAGE = 50
WORDS = {
    "requests": gettext_lazy("counted"),
    "faults": gettext_lazy("a fault of its own"),
    "due": gettext_lazy("its limit has come"),
    "in_time": gettext_lazy("fixed in time"),
    "presented": gettext_lazy("said to be done"),
    "reopened": gettext_lazy("returned by the resident"),
    "repeated": gettext_lazy("the same again within the set days"),
    "emergencies": gettext_lazy("an emergency with a limit"),
    "reacted": gettext_lazy("reacted in time"),
    "scanned": gettext_lazy("act with a document"),
    "answered": gettext_lazy("the resident answered"),
    "confirmed": gettext_lazy("confirmed at once"),
    "marked": gettext_lazy("marked by the resident"),
    "marked_good": gettext_lazy("a good mark"),
}


class ObjectionForm(forms.Form):
    """Why a request must not count."""

    reason = forms.CharField(
        label=gettext_lazy("Why must this request not count?"),
        help_text=gettext_lazy(
            "Only the staff of the contact centre read this. Name what proves it: an act, a date."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


def _draft(http: ActorRequest, inn: str, period: date) -> tuple[ManagementCompany, RatingSnapshot]:
    """Return the company and the edition it may see here: the one in comments, else published."""
    mine = company_of(http, inn)
    rows = RatingSnapshot.objects.of_month(period).light()
    found = rows.filter(published_at=None, comments_from__isnull=False).first()
    found = found or rows.published().first()
    if found is None or not RatingResult.objects.filter(snapshot=found, company=mine).exists():
        raise Http404
    return mine, found


@never_cache
@login_required
@require_safe
def rows(
    http: ActorRequest, inn: str, period: date, makers: Sequence[tabs.Maker] = ()
) -> HttpResponse:
    """Show the company's standing and, page by page, the requests behind it."""
    mine, snapshot = _draft(http, inn, period)
    asked = http.GET.get("after", "")
    after = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 19 else 0
    counted = objecting.rows_of(snapshot, mine, after=after, limit=PAGE + 1)
    more, counted = len(counted) > PAGE, counted[:PAGE]
    ids = [one.request_id for one in counted]
    known = Request.objects.select_related("category", "building").in_bulk(ids)
    objected = {
        one.request_id: one
        for one in Objection.objects.of_month(period).filter(company=mine, request_id__in=ids)
    }
    result = RatingResult.objects.get(snapshot=snapshot, company=mine)
    result.snapshot = snapshot
    method = showing.method_of(snapshot)
    at = now()
    address = reverse("rating_cabinet:rows", args=[inn, period])
    return render(
        http,
        "ratings/cabinet/rows.html",
        {
            "company": mine,
            "snapshot": snapshot,
            "row": showing.row(result, method),
            "reasons": showing.reasons(result, method),
            "is_open": _is_open(snapshot),
            "rows": [
                {
                    "request": known[one.request_id],
                    "at": localtime(one.registered_at, at.tzinfo),
                    "said": [WORDS[code] for code in OF_REQUESTS[1:] if one.counts[code]],
                    "late": one.counts["due"] and not one.counts["in_time"],
                    "objection": objected.get(one.request_id),
                }
                for one in counted
            ],
            "first": address if after else "",
            "after": f"{address}?after={ids[-1]}" if more else "",
            "tabs": tabs.made(makers, mine, "rating", by=http.actor),
        },
    )


def _is_open(snapshot: RatingSnapshot) -> bool:
    until = snapshot.comments_until
    return not snapshot.is_published and until is not None and now() < until


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def object_page(http: ActorRequest, inn: str, period: date, number: str) -> HttpResponse:
    """Ask why a request must not count; a POST files the objection."""
    mine, snapshot = _draft(http, inn, period)
    about = Request.objects.filter(number=number, company=mine).select_related("category").first()
    if about is None or not _is_open(snapshot):
        raise Http404
    form = ObjectionForm(http.POST or None)
    back = reverse("rating_cabinet:rows", args=[inn, period])
    if http.method == "POST" and form.is_valid():
        try:
            objecting.object_to(
                snapshot,
                company=mine,
                request_id=about.pk,
                reason=form.cleaned_data["reason"],
                by=http.actor,
                at=now(),
            )
        except Refused as refused:
            form.add_error("reason", str(refused))
        else:
            messages.success(http, _("The objection is filed. Staff decide it and write to you."))
            return redirect(back)
    context = {"company": mine, "snapshot": snapshot, "about": about, "form": form, "back": back}
    return render(http, "ratings/cabinet/object.html", context)


@never_cache
@login_required
@require_safe
def rows_file(http: ActorRequest, inn: str, period: date) -> StreamingHttpResponse:
    """Give the company its requests as a table: number, day, and what each counted as."""
    mine, snapshot = _draft(http, inn, period)

    class Echo:
        def write(self, text: str) -> str:
            return text

    writer = csv.writer(Echo(), lineterminator="\r\n")

    def lines() -> Iterator[Any]:
        yield "\ufeff" + writer.writerow(["number", "registered_at", *OF_REQUESTS])
        last = 0
        while counted := objecting.rows_of(snapshot, mine, after=last, limit=5000):
            last = counted[-1].request_id
            numbers = dict(
                Request.objects.filter(pk__in=[one.request_id for one in counted]).values_list(
                    "pk", "number"
                )
            )
            for one in counted:
                values = [one.counts[code] for code in OF_REQUESTS]
                at = localtime(one.registered_at).isoformat(timespec="minutes")
                yield writer.writerow([numbers[one.request_id], at, *values])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="rating-{snapshot}-{inn}.csv"'
    return response
