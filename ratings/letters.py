"""Letters to companies about drafts of their rating: a draft is open for comments; a decision."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts.models import CompanyRepresentative
from notifications import outbox
from ratings.models import Objection, RatingSnapshot

LANGUAGE = "ru"


def rows_link(place: str) -> str:
    """Return the path of a company's rows, of "inn/2026-10"; for notifications.rendering."""
    inn, _slash, month = place.partition("/")
    return reverse("rating_cabinet:rows", args=[inn, date.fromisoformat(f"{month}-01")])


def invite_comments(snapshot: RatingSnapshot, *, at: datetime) -> None:
    """Write to every representative of every company in the draft; each once."""
    names = dict(snapshot.results.values_list("reference", "name"))
    with translation.override(LANGUAGE):
        until = formats.date_format(timezone.localtime(snapshot.comments_until), "j E Y, H:i")
        outbox.enqueue_many(
            [
                outbox.Letter(
                    event="rating.comments",
                    template="ratings/mail/comments",
                    to=email,
                    user_id=user_id,
                    context={
                        "company": names[inn],
                        "month": formats.date_format(snapshot.period, "F Y").lower(),
                        "until": until,
                        "link": {"link": "rating_rows", "id": f"{inn}/{snapshot}"},
                    },
                    topic=f"rating:{inn}",
                    dedupe_key=f"rating-comments:{snapshot.period}:{snapshot.edition}:{user_id}:{inn}",
                    why=_("You represent %(company)s on the portal.") % {"company": names[inn]},
                )
                for inn, user_id, email in CompanyRepresentative.objects.filter(
                    inn__in=names, user__is_active=True
                )
                .order_by("inn", "user_id")
                .values_list("inn", "user_id", "user__email")
            ],
            at=at,
        )


def decided(objection: Objection, *, at: datetime) -> None:
    """Tell the company's representatives what was decided."""
    company = objection.company
    with translation.override(LANGUAGE):
        outbox.enqueue_many(
            [
                outbox.Letter(
                    event="rating.objection_decided",
                    template="ratings/mail/decided",
                    to=email,
                    user_id=user_id,
                    context={
                        "company": str(company),
                        "month": formats.date_format(objection.period, "F Y").lower(),
                        "number": objection.request.number,
                        "verdict": objection.get_verdict_display(),
                        "decision": objection.decision,
                        "link": {
                            "link": "rating_rows",
                            "id": f"{company.inn}/{objection.period:%Y-%m}",
                        },
                    },
                    topic=f"rating:{company.inn}",
                    dedupe_key=f"rating-decided:{objection.pk}:{user_id}",
                    why=_("You represent %(company)s on the portal.") % {"company": str(company)},
                )
                for user_id, email in CompanyRepresentative.objects.filter(
                    inn=company.inn, user__is_active=True
                )
                .order_by("user_id")
                .values_list("user_id", "user__email")
            ],
            at=at,
        )
