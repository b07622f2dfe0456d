"""Reusable queries of this room; who sees what comes first."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Self

from django.db import connection, models
from django.db.models import Case, Count, Exists, ExpressionWrapper, F, OuterRef, Q, When

from accounts.actors import Actor, Operator, Resident
from requests_app import text_query

if TYPE_CHECKING:
    from outreach.models import (  # noqa: F401 - names of the querysets
        AgendaKind,
        Booking,
        Call,
        CallBack,
        Guide,
        HouseCouncil,
        OfficeHolder,
        Question,
        Slot,
        Tos,
        UnansweredSearch,
    )
    from requests_app.models import Category

# After this long, words nobody found an answer to tell the editors nothing new.
KEPT = timedelta(days=180)
# A flood of invented words must not fill the table.
MOST_ROWS = 5000
_COUNT = """
INSERT INTO outreach_unansweredsearch AS row (words, times, last_at)
SELECT %(words)s, 1, %(at)s
WHERE (SELECT count(*) FROM outreach_unansweredsearch) < %(most)s
    OR EXISTS (SELECT FROM outreach_unansweredsearch WHERE words = %(words)s)
ON CONFLICT (words) DO UPDATE SET times = row.times + 1, last_at = excluded.last_at
"""


class GuideQuerySet(models.QuerySet["Guide"]):
    """Guides."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the published ones; staff read the others too, before they are published."""
        return self if isinstance(actor, Operator) else self.filter(is_published=True)

    def for_matter(self, category: Category) -> Self:
        """
        Return the guides shown with a matter, the nearest first.

        Its own before those of its whole branch; among them those that begin a request in this
        branch; what holds for any trouble (whom to complain to, how to prove it) stands behind.
        """
        top = category.parent_id or category.pk
        return (
            self.filter(categories__in=[category.pk, top])
            .annotate(
                own=Count("categories", filter=Q(categories=category)),
                at_home=Case(
                    When(Q(filing_category=top) | Q(filing_category__parent=top), then=1),
                    default=0,
                ),
                general=Case(When(topic="rights", then=1), default=0),
            )
            .order_by("-own", "-at_home", "general", "title")
        )

    def light(self) -> Self:
        """Leave out what lists do not show."""
        return self.defer("body", "clauses", "sources", "search", "words")

    def due(self, day: date) -> Self:
        """Return the guides somebody should read again."""
        return self.filter(review_due_on__lte=day)

    def with_opinions(self) -> Self:
        """Add `helped` and `not_helped`: how many readers said so."""
        return self.annotate(
            helped=Count("opinions", filter=Q(opinions__helped=True), distinct=True),
            not_helped=Count("opinions", filter=Q(opinions__helped=False), distinct=True),
        )


class UnansweredQuerySet(models.QuerySet["UnansweredSearch"]):
    """Searches without an answer."""

    def count_one(self, words: str, *, at: datetime) -> None:
        """Count one more search for `words`; a full table takes no new ones."""
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"words": words, "at": at, "most": MOST_ROWS})

    def forget_old(self, *, at: datetime) -> int:
        """Delete what was last looked for long ago; return how many."""
        return self.filter(last_at__lt=at - KEPT).delete()[0]


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions to the experts."""

    def published(self) -> Self:
        """Return what everybody may read."""
        return self.filter(published_at__isnull=False)

    def visible_to(self, actor: Actor) -> Self:
        """Return to staff what is not erased, nothing to others: askers come by the link."""
        return self.filter(erased_at=None) if isinstance(actor, Operator) else self.none()

    def waiting(self) -> Self:
        """Return what nobody has answered or declined yet."""
        return self.filter(answered_at=None, declined_at=None)

    def for_the_desk(self) -> Self:
        """Annotate `taken_by`: who works on it, None for nobody; leave out who asks."""
        return self.defer("search", "name", "email").annotate(taken_by=F("taking__by"))

    def in_state(self, state: str, *, at: datetime) -> Self:
        """Return what stands so: waiting, late, answered, published, declined, or all for ""."""
        match state:
            case "waiting":
                return self.waiting()
            case "late":
                return self.waiting().filter(answer_by__lt=at)
            case "answered":
                return self.filter(answered_at__isnull=False)
            case "published":
                return self.published()
            case "declined":
                return self.filter(declined_at__isnull=False)
        return self

    def light(self) -> Self:
        """Read what lists show: nothing of the asker."""
        return self.only("topic", "public_question", "public_answer", "published_at")

    def with_words(self, words: str) -> Self:
        """Return the questions whose published texts hold all `words`, whatever their endings."""
        query = text_query.of(words)
        return self.none() if query is None else self.filter(search=query)


class SlotQuerySet(models.QuerySet["Slot"]):
    """Times of the receptions."""

    def standing(self) -> Self:
        """Return the times that were not called off."""
        return self.filter(cancelled_at=None)

    def bookable(self, after: datetime) -> Self:
        """Return the free times of open hosts that begin after a moment."""
        from outreach.models import HOLDING, Booking

        held = Booking.objects.filter(slot=OuterRef("pk"), state__in=HOLDING)
        return (
            self.standing()
            .filter(host__is_open=True, during__startswith__gt=after)
            .exclude(Exists(held))
        )

    def with_start(self) -> Self:
        """Annotate `begins`: the moment a time begins, which pages by key go by."""
        return self.annotate(begins=F("during__startswith"))

    def in_order(self) -> Self:
        """Return the soonest first."""
        return self.order_by("during", "pk")


class BookingQuerySet(models.QuerySet["Booking"]):
    """Bookings; strangers come to one by the link of its letter only."""

    def visible_to(self, actor: Actor) -> Self:
        """Return to staff what is not erased, nothing to anybody else."""
        return self.filter(erased_at=None) if isinstance(actor, Operator) else self.none()

    def with_start(self) -> Self:
        """Annotate `begins`: the moment of the visit, which pages by key go by."""
        return self.annotate(begins=F("slot__during__startswith"))

    def between(self, since: datetime, until: datetime | None) -> Self:
        """Return the visits that begin from `since` on and before `until`, None for no end."""
        rows = self.filter(slot__during__startswith__gte=since)
        return rows if until is None else rows.filter(slot__during__startswith__lt=until)

    def at_place(self, words: str) -> Self:
        """Return the visits whose place or district holds the words."""
        return self.filter(Q(slot__place__icontains=words) | Q(slot__district__icontains=words))

    def light(self) -> Self:
        """Read what lists show, nothing of the person; `is_recorded`: there is a record."""
        return self.defer("name", "email", "phone", "question", "record").annotate(
            is_recorded=ExpressionWrapper(~Q(record=""), output_field=models.BooleanField())
        )


class CallBackQuerySet(models.QuerySet["CallBack"]):
    """Call-backs that people booked."""

    def visible_to(self, actor: Actor) -> Self:
        """Return all to staff, to residents their own; others come by the link alone."""
        match actor:
            case Operator():
                return self.filter(erased_at=None)
            case Resident(id=resident_id):
                return self.filter(user_id=resident_id, erased_at=None)
        return self.none()

    def held(self) -> Self:
        """Return those that hold their place in a quarter of an hour."""
        return self.exclude(state="cancelled")

    def waiting(self) -> Self:
        """Return those nobody has called yet."""
        return self.filter(state="booked")


class CallQuerySet(models.QuerySet["Call"]):
    """Cards of calls."""

    def visible_to(self, actor: Actor) -> Self:
        """Return all to staff, nothing to anybody else."""
        return self if isinstance(actor, Operator) else self.none()

    def to_follow_up(self) -> Self:
        """Return the ended calls after which something is still to be done."""
        return self.filter(
            ended_at__isnull=False, follow_up_by__isnull=False, follow_up_done_at=None
        )

    def without_texts(self) -> Self:
        """Leave out what the caller said, which no list shows."""
        return self.defer("phone", "name", "answer", "note", "follow_up")


class AgendaKindQuerySet(models.QuerySet["AgendaKind"]):
    """Kinds of questions of a meeting; the law is public."""

    def in_force(self, day: date) -> Self:
        """Return the kinds as they are on the day."""
        return self.filter(during__contains=day)


class TosQuerySet(models.QuerySet["Tos"]):
    """Territorial self-governments."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the published ones; staff see the others too."""
        return self if isinstance(actor, Operator) else self.filter(is_published=True)

    def standing(self, day: date) -> Self:
        """Return those that have not ended."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day))

    def with_houses(self) -> Self:
        """Annotate `house_count`: how many houses belong to each."""
        return self.annotate(house_count=Count("houses", distinct=True))

    def of_building(self, building_id: int) -> Self:
        """Return those the house belongs to."""
        return self.filter(houses__building=building_id)


class CouncilQuerySet(models.QuerySet["HouseCouncil"]):
    """Councils of houses; that there is one is public, who sits there is not without consent."""

    def standing(self, day: date) -> Self:
        """Return those that were not dissolved or followed by another."""
        return self.filter(elected_on__lte=day).filter(Q(ended_on=None) | Q(ended_on__gt=day))


class OfficeHolderQuerySet(models.QuerySet["OfficeHolder"]):
    """People in office."""

    def shown(self, day: date) -> Self:
        """Return who holds office on the day and agreed to be shown; a withdrawal hides at once."""
        return self.filter(
            Q(until=None) | Q(until__gte=day),
            since__lte=day,
            consent_on__lte=day,
            withdrawn_on=None,
            erased_at=None,
        )
