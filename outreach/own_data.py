"""Questions, receptions, call-backs, calls and seminars: what this room keeps of a person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.keeping import Left, Section
from accounts.models import User
from accounts.own_data import addresses_of
from notifications import outbox
from outreach.hotline import call_backs, cards
from outreach.models import (
    Booking,
    BookingState,
    BookingStep,
    Call,
    CallBack,
    CallBackState,
    Certificate,
    Feedback,
    Question,
    SignUp,
    Waiting,
)
from outreach.questions import asking
from outreach.reception import booking as reception
from outreach.reception import letters
from outreach.reception import retention as receptions
from outreach.seminars import retention as seminars
from outreach.seminars import signing_up

_A_YEAR = gettext_lazy("a year, then only that it was; sooner if you close the account")


def export_of(user: User) -> list[Section]:
    """Return what this room keeps of a person; a colleague's note on a call is not theirs."""
    return [
        Section(
            key="questions",
            title=gettext_lazy("Questions to the experts"),
            kept=_A_YEAR,
            rows=Question.objects.filter(user=user).order_by("pk"),
            fields=(
                *("topic", "name", "email", "text", "may_publish", "asked_at"),
                *("answer", "answered_at", "public_question", "public_answer"),
                *("declined_at", "decline_reason"),
            ),
        ),
        Section(
            key="receptions",
            title=gettext_lazy("Personal receptions"),
            kept=_A_YEAR,
            rows=Booking.objects.filter(user=user).order_by("pk"),
            fields=(
                *("slot__host__post", "slot__during", "slot__place", "name", "email", "phone"),
                *("question", "record", "state", "made_at"),
            ),
        ),
        Section(
            key="reception_steps",
            title=gettext_lazy("What was done with your receptions"),
            kept=_A_YEAR,
            rows=BookingStep.objects.filter(booking__user=user).order_by("pk"),
            fields=("booking__slot__host__post", "deed", "reason", "at"),
        ),
        Section(
            key="reception_waiting",
            title=gettext_lazy("Receptions you wait for"),
            kept=_A_YEAR,
            rows=Waiting.objects.filter(email__in=addresses_of(user)).order_by("pk"),
            fields=("host__post", "email", "asked_at", "told_at"),
        ),
        Section(
            key="call_backs",
            title=gettext_lazy("Calls you booked"),
            kept=_A_YEAR,
            rows=CallBack.objects.filter(user=user).order_by("pk"),
            fields=(
                *("starts_at", "name", "phone", "email", "topic", "question", "state"),
                "made_at",
            ),
        ),
        Section(
            key="calls",
            title=gettext_lazy("Calls to the hotline"),
            kept=_A_YEAR,
            rows=_calls(user).order_by("pk"),
            fields=(
                *("started_at", "ended_at", "phone", "name", "topic", "asked", "answer"),
                *("outcome", "follow_up", "follow_up_by"),
            ),
        ),
        Section(
            key="seminars",
            title=gettext_lazy("Seminars"),
            kept=_A_YEAR,
            rows=SignUp.objects.filter(user=user).order_by("pk"),
            fields=(
                *("seminar__title", "name", "email", "phone", "district", "state", "made_at"),
                "code",
            ),
        ),
        Section(
            key="certificates",
            title=gettext_lazy("Your certificates"),
            kept=gettext_lazy("the number for good, your name as long as the sign-up"),
            rows=Certificate.objects.filter(sign_up__user=user).order_by("pk"),
            fields=("number", "sign_up__seminar__title", "issued_at", "meetings", "annulled_at"),
        ),
        Section(
            key="opinions_of_seminars",
            title=gettext_lazy("What you said of seminars"),
            kept=gettext_lazy("the words a year; the mark for good, without a name"),
            rows=Feedback.objects.filter(sign_up__user=user).order_by("pk"),
            fields=("sign_up__seminar__title", "mark", "text", "at"),
        ),
    ]


def left_of(user: User) -> QuerySet[Question]:
    """Return the questions that nobody has answered yet."""
    return Question.objects.waiting().filter(user=user, erased_at=None)


def left_in_words(rows: QuerySet[Question], *, most: int) -> list[Left]:
    """Return up to `most` of what `left_of` found, for people."""
    return [
        Left(
            title=_("Question to the experts: %(topic)s") % {"topic": row.get_topic_display()},
            until=_("until it is answered to your address"),
            norm=_("59-FZ, article 12: thirty days"),
        )
        for row in rows.order_by("pk")[:most]
    ]


def erase_of(user: User, *, at: datetime) -> None:
    """Give back what is booked, then erase all but unanswered questions; safe to do twice."""
    # First of all, or a person is told that the time they gave back is free.
    _stop_waiting(user)
    for booked in Booking.objects.filter(user=user, state=BookingState.BOOKED):
        if booked.slot.starts_at > at:
            reception.cancel(booked, at=at)
    for call in CallBack.objects.filter(user=user, state=CallBackState.BOOKED):
        call_backs.cancel(call, at=at)
    for sign_up in SignUp.objects.filter(user=user).alive():
        signing_up.cancel(sign_up, at=at)
    with transaction.atomic():
        # First the calls: they are found through what names the person.
        cards.erase(list(_calls(user).values_list("pk", flat=True)), at=at)
        over = Question.objects.filter(user=user).exclude(answered_at=None, declined_at=None)
        asking.erase(list(over.select_for_update()), at=at)
        receptions.erase(list(Booking.objects.filter(user=user).select_for_update()), at=at)
        # Too near to be cancelled: nobody is left to be rung.
        CallBack.objects.filter(user=user, state=CallBackState.BOOKED).update(
            state=CallBackState.CANCELLED
        )
        call_backs.erase(list(CallBack.objects.filter(user=user).select_for_update()), at=at)
        seminars.erase(list(SignUp.objects.filter(user=user).select_for_update()), at=at)


@transaction.atomic
def _stop_waiting(user: User) -> None:
    waiting = Waiting.objects.filter(email__in=addresses_of(user))
    outbox.forget([letters.waiting_topic(row) for row in waiting])
    waiting.delete()


def _calls(user: User) -> QuerySet[Call]:
    """Return the calls that hang on something of the person: a phone alone proves nobody."""
    theirs = Q(call_back__user=user) | Q(request__resident=user) | Q(question__user=user)
    return Call.objects.filter(theirs, ended_at__isnull=False, erased_at=None).distinct()
