"""Following the ratings: who asked is told when a month is published."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from notifications import fan_out
from notifications.follow_pages import Subject
from notifications.said import month
from notifications.webhooks.emitting import emit
from ratings.models import RatingSnapshot

TOPIC = "ratings"


def ratings() -> Subject:
    """Return what may be followed of the ratings."""
    return Subject(
        topic=TOPIC,
        label=_("Rating of management companies"),
        told=_("Once a month: the new rating is published, and where to read it."),
        back=reverse("ratings:current"),
    )


def rating_link(month: str) -> str:
    """Return the path of a month's rating, of "2026-10"; for notifications.rendering."""
    return reverse("ratings:period", args=[date.fromisoformat(f"{month}-01")])


def published(snapshot: RatingSnapshot, *, at: datetime) -> None:
    """Leave the news of a published rating for those who follow them, people and systems."""
    fan_out.start(
        topic=TOPIC,
        event="rating.published",
        template="ratings/mail/published",
        context={
            "month": month(snapshot.period),
            "erratum": snapshot.erratum,
            "link": {"link": "published_rating", "id": f"{snapshot.period:%Y-%m}"},
        },
        dedupe_key=f"rating-published:{snapshot.pk}",
        at=at,
    )
    emit("rating.published", snapshot.pk, at=at)
