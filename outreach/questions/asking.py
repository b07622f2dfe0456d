"""Asking, answering, publishing: each once, under the clock, with its letter."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts import emails, idempotency
from accounts.actors import Operator
from accounts.signed_links import SignedLinks
from notifications import outbox
from notifications.said import day
from outreach import senders
from outreach.models import Question, Topic
from outreach.questions import personal, taking
from requests_app import special_days
from requests_app.calendar import WorkCalendar
from requests_app.typed_text import one_line, paragraphs

TEXT_MAX = 4_000
REASON_MAX = 600
PUBLIC = ("public_question", "public_answer")
LIMITS = {"answer": 50_000, "public_question": 300, "public_answer": 50_000}
# The centre's own promise for a consultation; an appeal under 59-ФЗ is filed as a request.
WORKING_DAYS = 5
ASKS_AN_HOUR = 5
KEPT_FOR = timedelta(days=365)
_LINKS = SignedLinks("outreach.question")


@dataclass(frozen=True, kw_only=True)
class NewQuestion:
    """What is asked, as typed."""

    topic: str
    text: str
    name: str = ""
    email: str = ""
    may_publish: bool = False
    consent: bool = False


UNSAID: Any = object()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What an expert writes; what is left out stays as it is."""

    topic: str = UNSAID
    answer: str = UNSAID
    guide_id: int | None = UNSAID
    public_question: str = UNSAID
    public_answer: str = UNSAID


class Declined(Exception):
    """The experts have declined the question: nothing more is written to it."""

    def __init__(self) -> None:
        super().__init__(_("This question was declined."))


class Answered(Exception):
    """The answer has left."""

    def __init__(self) -> None:
        super().__init__(_("This question was answered before."))


def answer_by(asked_at: datetime, calendar: WorkCalendar) -> datetime:
    """Return the end of the fifth working day after the question, in the city's zone."""
    zone = timezone.get_current_timezone()
    day = calendar.add_working_days(asked_at.astimezone(zone).date(), WORKING_DAYS)
    return datetime.combine(day, time(23, 59), zone)


def count_asking(*, address: str, at: datetime) -> None:
    """Count an attempt of a sender; raise TooMany. Call outside the transaction."""
    words = _("Too many questions from one address. Try again later.")
    senders.count_attempt("questions", limit=ASKS_AN_HOUR, address=address, words=words, at=at)


def ask(
    new: NewQuestion, *, user_id: int | None, at: datetime, idempotency_key: str = ""
) -> Question:
    """Take the question in and say by when it is answered. Raise Invalid or KeyReused."""
    found = checked(new)
    local = timezone.localtime(at)
    with transaction.atomic():
        fresh = None
        if idempotency_key:
            claimed = idempotency.claim(
                scope="question",
                key=idempotency_key,
                fingerprint=idempotency.fingerprint_of(vars(found)),
                at=at,
            )
            if isinstance(claimed, idempotency.Replay):
                return Question.objects.get(pk=claimed.result["question"])
            fresh = claimed
        made = Question.objects.create(
            topic=found.topic,
            text=found.text,
            name=found.name,
            email=found.email,
            may_publish=found.may_publish,
            user_id=user_id,
            asked_at=at,
            answer_by=answer_by(at, special_days.calendar_of(local.year)),
        )
        _tell(made, "asked", at=at)
        if fresh is not None:
            fresh.remember({"question": made.pk})
        return made


@transaction.atomic
def write(question: Question, draft: Draft, *, by: Operator) -> bool:
    """
    Keep what an expert has written so far; False when it stands so already.

    Raise Invalid: an answer that has left is rewritten by nobody, a published text is hidden first.
    Raise taking.Colleagues for what a colleague works on, Declined.
    """
    row = locked(question, by=by)
    changed = {
        name: value
        for name, value in vars(draft).items()
        if value is not UNSAID and value != getattr(row, name)
    }
    errors: dict[str, str] = {}
    if row.answered_at is not None and "answer" in changed:
        errors["answer"] = _("The answer has left: nobody rewrites it.")
    for name in PUBLIC:
        if row.published_at is not None and name in changed:
            errors[name] = _("Take it off the public pages before you rewrite it.")
    for name, limit in LIMITS.items():
        if len(changed.get(name, "")) > limit:
            errors[name] = _("At most %(limit)d characters.") % {"limit": limit}
    if "topic" in changed and changed["topic"] not in Topic.values:
        errors["topic"] = _("Choose what it is about.")
    if errors:
        raise senders.Invalid(errors)
    if changed:
        for name, value in changed.items():
            setattr(row, name, value)
        _save(row, *changed)
    return bool(changed)


@transaction.atomic
def answer(question: Question, *, by: Operator, at: datetime) -> bool:
    """
    Give the answer that stands in the row; False when it was given before.

    Raise Invalid, Declined, or taking.Colleagues.
    """
    row = locked(question, by=by)
    if row.answered_at is not None:
        return False
    if not row.answer.strip():
        raise senders.Invalid({"answer": _("Write the answer first.")})
    row.answered_at, row.answered_by_id = at, by.id
    _save(row, "answered_at", "answered_by")
    _tell(row, "answered", at=at)
    return True


@transaction.atomic
def decline(question: Question, *, reason: str, by: Operator, at: datetime) -> None:
    """
    Tell the asker why the experts do not answer: nothing of theirs, no question, a fault to file.

    Raise Invalid without a reason, Answered, Declined, or taking.Colleagues.
    """
    row, why = locked(question, by=by), one_line(reason)
    if row.answered_at is not None:
        raise Answered
    if not why:
        raise senders.Invalid({"reason": _("Say why: the asker reads it.")})
    if len(why) > REASON_MAX:
        raise senders.Invalid(
            {"reason": _("At most %(limit)d characters.") % {"limit": REASON_MAX}}
        )
    row.declined_at, row.decline_reason = at, why
    _save(row, "declined_at", "decline_reason")
    _tell(row, "declined", at=at)


def locked(question: Question, *, by: Operator) -> Question:
    """Return the row, locked for work on it; raise Declined or taking.Colleagues."""
    row = Question.objects.select_for_update().defer("search").get(pk=question.pk)
    if row.declined_at is not None:
        raise Declined
    taking.demand(row, by=by)
    return row


def _save(row: Question, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=["version", *fields])


@transaction.atomic
def publish(question: Question, *, at: datetime) -> None:
    """
    Show the editor's texts to everybody. Raise Invalid, and show nothing, where the asker did not
    allow it, where nothing is answered yet, or where a text names a person.
    """
    row = Question.objects.select_for_update().defer("search").get(pk=question.pk)
    if not row.may_publish:
        raise senders.Invalid({"": _("The asker did not agree to publishing.")})
    if row.answered_at is None:
        raise senders.Invalid({"": _("Answer the asker first.")})
    errors = {}
    for name in PUBLIC:
        text = getattr(row, name).strip()
        if not text:
            errors[name] = _("Write what everybody may read.")
        elif found := personal.find(text):
            errors[name] = _("This names a person: %(found)s.") % {
                "found": personal.in_words(found)
            }
    if errors:
        raise senders.Invalid(errors)
    if row.published_at is None:
        row.published_at = at
        _save(row, "published_at")


@transaction.atomic
def hide(question: Question) -> None:
    """Take the answer off the public pages."""
    shown = Question.objects.published().filter(pk=question.pk)
    shown.update(published_at=None, version=F("version") + 1)


def checked(new: NewQuestion) -> NewQuestion:
    """Return the question as it is kept; raise Invalid naming every field that cannot be used."""
    errors: dict[str, str] = {}
    text = paragraphs(new.text)
    if new.topic not in Topic.values:
        errors["topic"] = _("Choose what it is about.")
    if not text:
        errors["text"] = _("Write your question.")
    elif len(text) > TEXT_MAX:
        errors["text"] = _("At most %(limit)d characters.") % {"limit": TEXT_MAX}
    email = ""
    try:
        email = emails.normalise(one_line(new.email))
    except ValueError:
        errors["email"] = _("This is not an e-mail address: name@example.org.")
    if not new.consent:
        errors["consent"] = _("Without your consent we may not keep your name and contact.")
    if errors:
        raise senders.Invalid(errors)
    return NewQuestion(
        topic=new.topic,
        text=text,
        name=one_line(new.name)[:200],
        email=email,
        may_publish=new.may_publish,
        consent=True,
    )


@transaction.atomic
def forget(*, at: datetime, batch: int = 500) -> int:
    """Erase what names the askers of up to `batch` old questions; what is published stays."""
    old = list(
        Question.objects.filter(erased_at=None, asked_at__lt=at - KEPT_FOR)
        .exclude(answered_at=None, declined_at=None)
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("pk")[:batch]
    )
    return erase(old, at=at)


def erase(questions: Collection[Question], *, at: datetime) -> int:
    """Erase who asked these, in the caller's transaction; return how many."""
    outbox.forget([f"question:{question.uid}" for question in questions])
    return Question.objects.filter(pk__in=[question.pk for question in questions]).update(
        text="", name="", email="", answer="", decline_reason="", user=None, erased_at=at
    )


def token_of(question: Question) -> str:
    """Return what the asker's link carries."""
    return _LINKS.token_of(str(question.uid))


def uid_in(token: str) -> str | None:
    """Return the uid that a link carries; None for a forged one."""
    uid: str | None = _LINKS.value_in(token)
    return uid


def own_link(question_id: int) -> str:
    """Return the path of the asker's page; for notifications.rendering."""
    question = Question.objects.only("uid").get(pk=question_id)
    return reverse("outreach:own_question", args=[token_of(question)])


def _tell(question: Question, news: str, *, at: datetime) -> None:
    outbox.enqueue(
        event=f"question.{news}",
        template="outreach/mail/question",
        to=question.email,
        context={
            "news": news,
            "text": question.text,
            "answer": question.answer if news == "answered" else "",
            "reason": question.decline_reason,
            "due": day(timezone.localtime(question.answer_by).date()),
            "link": {"link": "question", "id": question.pk},
        },
        topic=f"question:{question.uid}",
        dedupe_key=f"question:{news}:{question.uid}",
        at=at,
        user_id=question.user_id,
        why=noop("You asked the contact centre a question."),
    )
