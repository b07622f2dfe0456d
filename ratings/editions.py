"""Which edition of a month's rating an address means, for whoever asks."""

from __future__ import annotations

from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.middleware import ActorRequest
from ratings.models import RatingSnapshot
from ratings.querysets import SnapshotQuerySet


def asked_for(http: ActorRequest, period: date, *, with_inputs: bool = False) -> RatingSnapshot:
    """Return the edition asked for, else the newest published, else the draft; 404 if unseen."""
    rows = RatingSnapshot.objects.visible_to(http.actor).of_month(period)
    rows = rows.select_related("methodology") if with_inputs else rows.light()
    return of_rows(rows, http.GET.get("edition", ""))


def of_rows(rows: SnapshotQuerySet, edition: str) -> RatingSnapshot:
    """Return the `edition` of a month's `rows`; without one as `asked_for` does; 404 if none."""
    if edition:
        if not (edition.isascii() and edition.isdecimal() and len(edition) < 4):
            raise Http404
        return get_object_or_404(rows, edition=int(edition))
    found = rows.published().first() or rows.first()
    if found is None:
        raise Http404
    return found
