"""Papers of a case: a scan or photo taken in, shown and taken out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, user_id_of
from accounts.models import Upload
from accounts.uploads import sweeping
from claims.court import story
from claims.court.people import side_of
from claims.court.refusals import NotFound, Refused
from claims.court.statuses import Side
from claims.court.typed import needed_line
from claims.models import CaseDocument, CourtCase

MOST_PAPERS = 200
TITLE_MAX = 300


def attach(case: CourtCase, upload: Upload, title: str, *, by: Actor, at: datetime) -> CaseDocument:
    """
    Put an accepted file into the case under `title`; raise Refused.

    The same bytes once more are the paper that is there: a double click sends a file twice.
    """
    with transaction.atomic():
        row = story.locked(case, by)
        side = side_of(row, by)
        if side is None:
            raise NotFound
        named = needed_line(title, "title", TITLE_MAX)
        there = row.documents.filter(upload__sha256=upload.sha256).first()
        if there is not None:
            return there
        if row.documents.count() >= MOST_PAPERS:
            raise Refused("", _("A case can carry no more papers."), "too_many")
        # Not by the object in hand: the sweep may have taken the file meanwhile.
        if not Upload.objects.filter(pk=upload.pk, claimed_at=None).update(claimed_at=at):
            raise Refused("file", _("The file is gone; choose it again."), "gone")
        paper = CaseDocument.objects.create(
            case=row, upload=upload, title=named, added_by=side, user_id=user_id_of(by), added_at=at
        )
        story.event(row, "paper", side, by, at, text=named)
    return paper


def of_case(case: CourtCase, upload_id: UUID) -> CaseDocument:
    """Return a paper of the case by its file; raise NotFound."""
    paper = (
        CaseDocument.objects.filter(case=case, upload=upload_id).select_related("upload").first()
    )
    if paper is None:
        raise NotFound
    return paper


def take_out(case: CourtCase, upload_id: UUID, *, by: Actor, at: datetime) -> None:
    """Destroy a paper: its lawyer any, its plaintiff their own; the story keeps its title."""
    with transaction.atomic():
        row = story.locked(case, by)
        side = side_of(row, by)
        paper = of_case(row, upload_id)
        if side != Side.LAWYER and not (side == paper.added_by == Side.PLAINTIFF):
            raise NotFound
        if row.is_over:
            raise Refused("", _("The case is over."), "over")
        upload, title = paper.upload, paper.title
        paper.delete()
        sweeping.destroy([upload])
        story.event(row, "paper_removed", Side(side), by, at, text=title)
