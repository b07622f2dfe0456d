"""Letters to companies about drafts of their rating: a draft is open for comments; a decision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_noop as noop

from accounts.models import CompanyRepresentative
from notifications import outbox
from notifications.said import moment, month, words
from ratings.models import Objection, RatingSnapshot


def rows_link(place: str) -> str:
    """Return the path of a company's rows, of "inn/2026-10"; for notifications.rendering."""
    inn, _slash, month = place.partition("/")
    return reverse("rating_cabinet:rows", args=[inn, date.fromisoformat(f"{month}-01")])


def invite_comments(snapshot: RatingSnapshot, *, at: datetime) -> None:
    """Write to every representative of every company in the draft; each once."""
    names = dict(snapshot.results.values_list("reference", "name"))
    outbox.enqueue_many(
        [
            _letter(
                "comments",
                reader,
                names[reader.inn],
                snapshot.period,
                key=f"rating-comments:{snapshot.period}:{snapshot.edition}",
                until=moment(snapshot.comments_until),
            )
            for reader in CompanyRepresentative.objects.reading(*names)
        ],
        at=at,
    )


def decided(objection: Objection, *, at: datetime) -> None:
    """Tell the company's representatives what was decided."""
    outbox.enqueue_many(
        [
            _letter(
                "decided",
                reader,
                str(objection.company),
                objection.period,
                key=f"rating-decided:{objection.pk}",
                number=objection.request.number,
                verdict=words("verdict", objection.verdict),
                decision=objection.decision,
            )
            for reader in CompanyRepresentative.objects.reading(objection.company.inn or "")
        ],
        at=at,
    )


def _letter(
    name: str, reader: CompanyRepresentative, company: str, period: date, *, key: str, **said: Any
) -> outbox.Letter:
    """Return the letter `name` to one reader; all of them lead to the company's rows."""
    return outbox.Letter(
        event=f"rating.{name}",
        template=f"ratings/mail/{name}",
        to=reader.user.email,
        user_id=reader.user_id,
        context={
            "company": company,
            "month": month(period),
            "link": {"link": "rating_rows", "id": f"{reader.inn}/{period:%Y-%m}"},
            **said,
        },
        topic=f"rating:{reader.inn}",
        dedupe_key=f"{key}:{reader.user_id}:{reader.inn}",
        why=noop("You represent %(company)s on the portal."),
        why_of={"company": company},
    )


def verdict_words(code: str) -> str:
    """Return the word of what was decided; for notifications.said."""
    return str(dict(Objection._meta.get_field("verdict").flatchoices)[code])
