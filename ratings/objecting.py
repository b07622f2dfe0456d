"""A company objects to a request counted in its draft, and staff decide; each once."""

from __future__ import annotations

from datetime import date, datetime

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, Executor, user_id_of
from disclosure.models import ManagementCompany
from ratings import freezing, letters, methodology
from ratings.freezing import Judged, Window
from ratings.models import Objection, RatingSnapshot, Verdict
from ratings.publishing import Refused

log = structlog.get_logger(__name__)
LONGEST = 2000


def window_of(snapshot: RatingSnapshot) -> Window:
    """Return the days and the moment that a snapshot was made for."""
    manifest = snapshot.manifest
    return Window(
        snapshot.period,
        date.fromisoformat(manifest["from"]),
        date.fromisoformat(manifest["before"]),
        snapshot.frozen_at,
    )


def rows_of(
    snapshot: RatingSnapshot,
    company: ManagementCompany,
    *,
    after: int = 0,
    limit: int | None = None,
) -> list[Judged]:
    """Return the requests behind a company's standing, as they are counted now; one query."""
    method = methodology.read(snapshot.methodology.document)
    return freezing.rows_of(company.pk, method, window_of(snapshot), after=after, limit=limit)


@transaction.atomic
def object_to(
    snapshot: RatingSnapshot,
    *,
    company: ManagementCompany,
    request_id: int,
    reason: str,
    by: Actor,
    at: datetime,
) -> Objection:
    """
    File an objection to one request of the draft; a second to the same one is refused.

    Only a representative of the company, and only while the draft is open for comments.
    """
    if not isinstance(by, Executor) or company.inn not in by.inns:
        raise Refused(_("Only a representative of the company may object."))
    reason = reason.strip()
    if not reason or len(reason) > LONGEST:
        raise Refused(_("Write why, in no more than %(count)s characters.") % {"count": LONGEST})
    if not RatingSnapshot.objects.in_comments(at).filter(pk=snapshot.pk).exists():
        raise Refused(_("The time for comments is over."))
    counted = rows_of(snapshot, company, after=request_id - 1, limit=1)
    if not counted or counted[0].request_id != request_id:
        raise Refused(_("This request is not counted in the company's rating."))
    try:
        with transaction.atomic():
            objection = Objection.objects.create(
                period=snapshot.period,
                company=company,
                request_id=request_id,
                reason=reason,
                filed_by_id=by.id,
                filed_at=at,
            )
    except IntegrityError:
        raise Refused(_("The company has objected to this request already.")) from None
    log.info("rating_objection_filed", objection=objection.pk)
    return objection


@transaction.atomic
def decide(objection_id: int, *, verdict: str, decision: str, by: Actor, at: datetime) -> Objection:
    """
    Say yes or no to an objection, in words that everybody may read; once.

    An upheld one takes the request out of the month's rating when the draft is made anew.
    """
    objection = (
        Objection.objects.select_for_update(of=("self",))
        .select_related("company", "request")
        .filter(pk=objection_id)
        .first()
    )
    if objection is None:
        raise Refused(_("There is no such objection."))
    if objection.is_decided:
        raise Refused(_("It was decided already."))
    if verdict not in Verdict.values or not decision.strip() or len(decision) > LONGEST:
        raise Refused(_("A decision needs a verdict and its grounds."))
    objection.verdict, objection.decision = verdict, decision.strip()
    objection.decided_by_id, objection.decided_at = user_id_of(by), at
    objection.save(update_fields=["verdict", "decision", "decided_by", "decided_at"])
    letters.decided(objection, at=at)
    log.info("rating_objection_decided", objection=objection.pk, verdict=verdict)
    return objection
