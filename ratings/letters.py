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
                _letter(
                    "comments",
                    reader,
                    names[reader.inn],
                    snapshot.period,
                    key=f"rating-comments:{snapshot.period}:{snapshot.edition}",
                    until=until,
                )
                for reader in CompanyRepresentative.objects.reading(*names)
            ],
            at=at,
        )


def decided(objection: Objection, *, at: datetime) -> None:
    """Tell the company's representatives what was decided."""
    with translation.override(LANGUAGE):
        outbox.enqueue_many(
            [
                _letter(
                    "decided",
                    reader,
                    str(objection.company),
                    objection.period,
                    key=f"rating-decided:{objection.pk}",
                    number=objection.request.number,
                    verdict=objection.get_verdict_display(),
                    decision=objection.decision,
                )
                for reader in CompanyRepresentative.objects.reading(objection.company.inn or "")
            ],
            at=at,
        )


def _letter(
    name: str, reader: CompanyRepresentative, company: str, period: date, *, key: str, **said: str
) -> outbox.Letter:
    """Return the letter `name` to one reader; all of them lead to the company's rows."""
    return outbox.Letter(
        event=f"rating.{name}",
        template=f"ratings/mail/{name}",
        to=reader.user.email,
        user_id=reader.user_id,
        context={
            "company": company,
            "month": formats.date_format(period, "F Y").lower(),
            "link": {"link": "rating_rows", "id": f"{reader.inn}/{period:%Y-%m}"},
            **said,
        },
        topic=f"rating:{reader.inn}",
        dedupe_key=f"{key}:{reader.user_id}:{reader.inn}",
        why=_("You represent %(company)s on the portal.") % {"company": company},
    )
