"""
Showing a draft to its companies and making it public.

Apart from working it out, so that web processes load no arithmetic.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

import structlog
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.actors import Actor, user_id_of
from accounts.training import real_only
from ratings import followed, inputs, letters, signing
from ratings.models import Objection, RatingSnapshot
from requests_app.calendar import WorkCalendar

log = structlog.get_logger(__name__)


class Refused(Exception):
    """Nothing was made or published; the message is for people."""


COMMENT_DAYS = 10


@transaction.atomic
def open_comments(
    snapshot_id: int, *, calendar: WorkCalendar, by: Actor, at: datetime
) -> RatingSnapshot:
    """
    Show the draft to its companies for ten working days and write to them; once.

    The period ends with the city's tenth working day after today.
    """
    snapshot = _locked(snapshot_id)
    if snapshot.published_at is not None:
        raise Refused(_("This rating is published already."))
    if snapshot.comments_from is None:
        today = timezone.localtime(at).date()
        ends = calendar.add_working_days(today, COMMENT_DAYS) + timedelta(days=1)
        snapshot.comments_from = at
        snapshot.comments_until = timezone.make_aware(datetime.combine(ends, time()))
        snapshot.save(update_fields=["comments_from", "comments_until"])
        letters.invite_comments(snapshot, at=at)
        log.info("rating_in_comments", snapshot=snapshot.pk, by=user_id_of(by))
    return snapshot


@transaction.atomic
def publish(snapshot_id: int, *, by: Actor, at: datetime, waiver: str = "") -> RatingSnapshot:
    """
    Make a draft public, signed and final; a published one stays as it is.

    Refuse while companies may still object or an objection waits. `waiver` says, for everybody to
    read, why there was no time for comments; a decision that changes the rating is never waived.
    """
    real_only("publishing a rating")
    snapshot = _locked(snapshot_id)
    if snapshot.published_at is not None:
        return snapshot
    waiver = waiver.strip()
    if not waiver and snapshot.comments_until is None:
        raise Refused(_("Companies have not seen this draft: open it for comments first."))
    if not waiver and snapshot.comments_until and at < snapshot.comments_until:
        until = formats.date_format(timezone.localtime(snapshot.comments_until), "j E Y, H:i")
        raise Refused(_("Companies may object until %(until)s.") % {"until": until})
    objections = Objection.objects.of_month(snapshot.period)
    if waiting := objections.undecided().count():
        raise Refused(
            ngettext(
                "%(count)s objection waits for a decision.",
                "%(count)s objections wait for a decision.",
                waiting,
            )
            % {"count": waiting}
        )
    if objections.upheld_since(snapshot.frozen_at).exists():
        raise Refused(_("An objection was upheld after the draft was made: make the draft anew."))
    snapshot.published_at, snapshot.published_by_id = at, user_id_of(by)
    snapshot.waiver = waiver
    signed = signing.sign(inputs.json_text(snapshot.manifest))
    snapshot.signature, snapshot.public_key = signed.signature, signed.public_key
    snapshot.save(
        update_fields=["published_at", "published_by", "waiver", "signature", "public_key"]
    )
    followed.published(snapshot, at=at)
    log.info("rating_published", snapshot=snapshot.pk)
    return snapshot


def _locked(snapshot_id: int) -> RatingSnapshot:
    found = (
        RatingSnapshot.objects.defer("inputs", "rows")
        .select_for_update()
        .filter(pk=snapshot_id)
        .first()
    )
    if found is None:
        raise Refused(_("There is no such draft."))
    return found
