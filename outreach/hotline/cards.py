"""
The card of a call: opened, written, ended once, turned into a request or a question.

Every operation locks the card first; a card that has ended keeps what it says.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import contact_looks, idempotency, phones
from accounts.actors import Operator
from outreach import senders
from outreach.hotline import hours
from outreach.models import Call, CallBack, CallBackState, Guide, Outcome, Topic
from outreach.questions import asking
from requests_app import intake
from requests_app.models import Request
from requests_app.typed_text import one_line, paragraphs

TEXT_MAX = 8_000
ASKED_MAX = 500
FOLLOW_UP_MAX = 300
FOLLOW_UP_DAYS = (1, 3, 5)
# Tries of a call-back; then the person is not rung any more.
TRIES = 2
# A card nobody ended within this time was forgotten: its length tells nothing.
FORGOTTEN = timedelta(hours=12)
KEPT_FOR = timedelta(days=365)


class Refused(Exception):
    """What was asked cannot be done: `errors` by field, in words; "" for the whole card."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True, kw_only=True)
class Written:
    """What the operator wrote down, as typed. `guides` and `about` are ids."""

    phone: str = ""
    name: str = ""
    topic: str = ""
    asked: str = ""
    answer: str = ""
    note: str = ""
    guides: Sequence[int] = ()
    outcome: str = ""
    about: int | None = None
    follow_up: str = ""
    follow_up_days: int | None = None


def start(
    phone: str, *, by: Operator, started_at: datetime, at: datetime, idempotency_key: str
) -> Call:
    """
    Open a card for a call that began at `started_at`; a second press returns the same card.

    `phone` "" is a withheld number. Raise Refused for what is no number, or KeyReused.
    """
    number = _number(phone)
    with transaction.atomic():
        claimed = idempotency.claim(
            scope=f"call:{by.id}",
            key=idempotency_key,
            fingerprint=idempotency.fingerprint_of({"phone": number}),
            at=at,
        )
        if isinstance(claimed, idempotency.Replay):
            return Call.objects.get(pk=claimed.result["call"])
        call = Call.objects.create(operator_id=by.id, started_at=started_at, phone=number)
        claimed.remember({"call": call.pk})
        return call


def take(call_back: CallBack, *, by: Operator, at: datetime) -> Call:
    """
    Open the card of a call-back, which shows its number: the look is noted.

    Whoever opened it first has it; pressed again, it is the same card. Raise Refused.
    """
    try:
        with transaction.atomic():
            row = CallBack.objects.select_for_update().get(pk=call_back.pk)
            if row.state != CallBackState.BOOKED:
                raise Refused({"": _("This call-back does not wait any more.")})
            opened = row.calls.filter(ended_at=None).select_related("operator").first()
            if opened is not None and opened.operator_id == by.id:
                return opened
            if opened is not None:
                raise Refused(
                    {
                        "": _("%(name)s is already calling.")
                        % {"name": opened.operator.name or opened.operator_id}
                    }
                )
            contact_looks.record(f"call-back:{row.pk}", by=by, at=at)
            return Call.objects.create(
                operator_id=by.id,
                started_at=at,
                phone=row.phone,
                name=row.name,
                topic=row.topic,
                asked=one_line(row.question)[:ASKED_MAX],
                call_back=row,
            )
    except IntegrityError as broken:
        if "call_one_a_call_back" in str(broken):
            raise Refused({"": _("A colleague is already calling.")}) from None
        raise


@transaction.atomic
def write(call: Call, written: Written, *, by: Operator) -> Call:
    """Keep what is typed while the call goes on. Raise Refused, with nothing kept."""
    row = _own(call, by=by)
    _fill(row, written)
    _use(row, written)
    row.save()
    return row


@transaction.atomic
def finish(call: Call, written: Written, *, by: Operator, at: datetime) -> Call:
    """End the call with its outcome; the time it took is the server's. Raise Refused."""
    row = _own(call, by=by)
    errors: dict[str, str] = {}
    if written.outcome not in Outcome.values:
        errors["outcome"] = _("Choose how the call ended.")
    elif written.outcome in {Outcome.REQUEST, Outcome.CLAIM} and not (written.about or row.request):
        errors["outcome"] = _("Say which request it is about, or file one by its button.")
    elif written.outcome == Outcome.EXPERT and row.question_id is None:
        errors["outcome"] = _("Pass it to the experts by its button.")
    elif written.outcome == Outcome.MISSED and row.call_back_id is None:
        errors["outcome"] = _("Only a call-back finds nobody.")
    silent = written.outcome in {Outcome.MISSED, Outcome.CUT}
    if not silent and not written.topic and not written.guides:
        errors["topic"] = _("Choose what it is about.")
    if errors:
        raise Refused(errors)
    _fill(row, written)
    _use(row, written)
    row.outcome = written.outcome
    days = written.follow_up_days
    if row.outcome == Outcome.PROMISED and days is None:
        days = FOLLOW_UP_DAYS[0]
    if days is not None:
        row.follow_up_by = hours.follow_up_by(at, days)
    _end(row, at=at)
    return row


def known_of(card: Call | Written) -> dict[str, str]:
    """Return what the card knows of the request that it may become: who calls, and what about."""
    return {
        "phone": card.phone,
        "name": card.name,
        "description": "\n".join(filter(None, [card.asked, card.note])),
    }


def file_request(
    call: Call,
    new: intake.NewRequest,
    *,
    outcome: Outcome,
    by: Operator,
    at: datetime,
    key: str,
    written: Written | None = None,
) -> intake.Filed:
    """
    Take the request in, tie the call to it and end the call, all or nothing.

    What is `written` on the card is kept with it. Raise intake.Invalid, idempotency.KeyReused or
    Refused. A second press returns the first one.
    """
    with transaction.atomic():
        row = Call.objects.select_for_update().get(pk=call.pk)
        if row.operator_id != by.id:
            raise Refused({"": _("This call is a colleague's.")})
        filed = intake.file(new, by=by, at=at, idempotency_key=key)
        if filed.is_repeat:
            return filed
        if not row.is_open:
            raise Refused({"": _("This call has ended. Open a new card.")})
        if written is not None:
            _fill(row, written)
            _use(row, written)
        row.request, row.outcome = filed.request, outcome
        row.topic = row.topic or _topic_of(filed.request)
        _end(row, at=at)
    return filed


@transaction.atomic
def to_experts(
    call: Call, written: Written, *, email: str, consent: bool, by: Operator, at: datetime
) -> Call:
    """Ask the experts in the caller's name, whom they answer by letter, and end the call."""
    row = _own(call, by=by)
    _fill(row, written)
    _use(row, written)
    try:
        question = asking.ask(
            asking.NewQuestion(
                topic=row.topic,
                text=row.asked,
                name=row.name,
                email=email,
                consent=consent,
            ),
            user_id=None,
            at=at,
        )
    except senders.Invalid as invalid:
        said = {"text": "asked"}
        raise Refused({said.get(k, k): words for k, words in invalid.errors.items()}) from None
    row.question, row.outcome = question, Outcome.EXPERT
    _end(row, at=at)
    return row


@transaction.atomic
def follow_up_done(call: Call, *, at: datetime) -> bool:
    """Say that nothing is left to do; False when it was said before."""
    rows = Call.objects.to_follow_up().filter(pk=call.pk)
    return bool(rows.update(follow_up_done_at=at))


@transaction.atomic
def end_forgotten(*, at: datetime) -> int:
    """End the cards left open since yesterday, without a length; return how many."""
    rows = list(
        Call.objects.select_for_update(skip_locked=True)
        .filter(ended_at=None, started_at__lt=at - FORGOTTEN)
        .order_by("pk")[:200]
    )
    for row in rows:
        row.outcome = row.outcome or Outcome.CUT
        row.ended_at = at
        row.save(update_fields=["outcome", "ended_at"])
    return len(rows)


@transaction.atomic
def forget(*, at: datetime, batch: int = 500) -> int:
    """Erase what the callers of up to `batch` old calls said; what the figures count stays."""
    old = list(
        Call.objects.select_for_update(skip_locked=True)
        .filter(erased_at=None, started_at__lt=at - KEPT_FOR, ended_at__isnull=False)
        .order_by("pk")
        .values_list("pk", flat=True)[:batch]
    )
    return erase(old, at=at)


def erase(calls: Collection[int], *, at: datetime) -> int:
    """Erase what the callers of these calls (ids) said; return how many."""
    return Call.objects.filter(pk__in=calls).update(
        phone="", name="", asked="", answer="", note="", follow_up="", erased_at=at
    )


def _own(call: Call, *, by: Operator) -> Call:
    row = Call.objects.select_for_update(of=("self",)).select_related("call_back").get(pk=call.pk)
    if row.operator_id != by.id:
        raise Refused({"": _("This call is a colleague's.")})
    if not row.is_open:
        raise Refused({"": _("This call has ended. Open a new card.")})
    return row


def _fill(row: Call, written: Written) -> None:
    """Put the typed values into the row; raise Refused naming each wrong field."""
    errors: dict[str, str] = {}
    try:
        row.phone = _number(written.phone)
    except Refused as refused:
        errors |= refused.errors
    if written.topic and written.topic not in Topic.values:
        errors["topic"] = _("Choose what it is about.")
    for name in ("answer", "note"):
        text = paragraphs(getattr(written, name))
        if len(text) > TEXT_MAX:
            errors[name] = _("At most %(limit)d characters.") % {"limit": TEXT_MAX}
        setattr(row, name, text)
    if written.follow_up_days is not None and written.follow_up_days not in FOLLOW_UP_DAYS:
        errors["follow_up_days"] = _("Choose one of the times.")
    if written.about is not None:
        row.request = Request.objects.filter(pk=written.about).first()
        if row.request is None:
            errors["about"] = _("There is no such request.")
    if errors:
        raise Refused(errors)
    row.name = one_line(written.name)[:200]
    row.topic = written.topic
    row.asked = one_line(written.asked)[:ASKED_MAX]
    row.follow_up = one_line(written.follow_up)[:FOLLOW_UP_MAX]


def _use(row: Call, written: Written) -> None:
    """Keep what was answered from; the first guide names the topic where nobody chose one."""
    found = dict(Guide.objects.filter(pk__in=written.guides).values_list("pk", "topic"))
    if len(found) != len(set(written.guides)):
        raise Refused({"asked": _("This guide is gone. Look again.")})
    row.guides.set(found)
    if found and not row.topic:
        row.topic = found[written.guides[0]]


def _topic_of(item: Request) -> str:
    """Return the shelf of the guides of the request's matter, "" where there is none."""
    topics = Guide.objects.for_matter(item.category).values_list("topic", flat=True)
    return topics.first() or ""


def _end(row: Call, *, at: datetime) -> None:
    row.ended_at = max(at, row.started_at)
    row.seconds = int((row.ended_at - row.started_at).total_seconds())
    row.save()
    if row.call_back_id is None:
        return
    booked = CallBack.objects.select_for_update().get(pk=row.call_back_id)
    booked.tries += 1
    if row.outcome != Outcome.MISSED:
        booked.state = CallBackState.DONE
    elif booked.tries >= TRIES:
        booked.state = CallBackState.MISSED
    booked.save(update_fields=["tries", "state"])


def _number(phone: str) -> str:
    """Return the number as E.164, "" for a withheld one; raise Refused."""
    typed = phone.strip()
    if not typed:
        return ""
    try:
        return phones.normalise(typed)
    except ValueError:
        raise Refused(
            {"phone": _("This is not a phone number. Leave it empty if it is withheld.")}
        ) from None
