"""Subscribing a system, changing what it gets, trying it out, and sending again what it missed."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts import throttling
from accounts.actors import Executor, actor_of
from accounts.models import CompanyRepresentative, User
from notifications import outbound, outbox
from notifications.models import ChannelCode, Message, Priority, State, WebhookSubscription
from notifications.querysets import MessageQuerySet
from notifications.webhooks import health, signing, spreading, subjects
from notifications.webhooks.catalogue import TEST, TYPES

MOST_OF_ACCOUNT = 20
MOST_VALUES = 50
NAME_MAX, URL_MAX = 100, 1000
TESTS_AN_HOUR = 30
MOST_REPLAYED = 5_000
FILTERS = ("categories", "districts", "inns", "buildings", "statuses")
_HOUR = timedelta(hours=1)
# What has come to an end, one way or the other.
_ENDED = [State.SENT, State.DEAD, State.CANCELLED, State.STOPPED, State.EXPIRED]


class Refused(Exception):
    """What was asked for cannot be; `errors` names each field, `code` is for programs."""

    def __init__(self, errors: dict[str, str], *, code: str = "invalid", wait: int = 0) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors, self.code, self.wait = errors, code, wait


class Stale(Exception):
    """Somebody has changed it since it was read."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A subscription as asked for; an empty filter lets everything through."""

    name: str
    url: str
    events: Sequence[str]
    categories: Sequence[str] = field(default_factory=tuple)
    districts: Sequence[str] = field(default_factory=tuple)
    inns: Sequence[str] = field(default_factory=tuple)
    buildings: Sequence[int] = field(default_factory=tuple)
    statuses: Sequence[str] = field(default_factory=tuple)


@transaction.atomic
def subscribe(
    by: User, wanted: Wanted, *, at: datetime, organisation: str = ""
) -> tuple[WebhookSubscription, str]:
    """
    Store a subscription; return it with its secret, which nobody can read again.

    Whoever acts for an organisation subscribes it, not themselves; `organisation` is its ИНН, which
    may be left out by who acts for one alone.
    """
    values = _checked(wanted)
    inn = _organisation(by, organisation)
    # These rows serialise two that would each be the last allowed.
    if inn:
        acting = CompanyRepresentative.objects.select_for_update(no_key=True).filter(inn=inn)
        list(acting.order_by("pk").values_list("pk"))
        holder: dict[str, object] = {"inn": inn}
    else:
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        holder = {"owner": by}
    if WebhookSubscription.objects.filter(**holder).count() >= MOST_OF_ACCOUNT:
        words = (
            _("One organisation has no more than %(count)d webhooks.")
            if inn
            else _("One account has no more than %(count)d webhooks.")
        )
        raise Refused({"": words % {"count": MOST_OF_ACCOUNT}}, code="too_many")
    made = WebhookSubscription.objects.create(created_at=at, **holder, **values)
    return made, signing.make(made, at=at)


def organisations_of(person: User) -> tuple[str, ...]:
    """Return the ИНН of those whose webhooks this account makes; empty: it makes its own."""
    actor = actor_of(person)
    return actor.inns if isinstance(actor, Executor) else ()


def has_room(person: User) -> bool:
    """Whether one more may be subscribed, for one organisation of theirs at least."""
    rows = WebhookSubscription.objects.all()
    if not (inns := organisations_of(person)):
        return rows.filter(owner=person).count() < MOST_OF_ACCOUNT
    full = rows.filter(inn__in=inns).values("inn").annotate(held=Count("pk"))
    return full.filter(held__gte=MOST_OF_ACCOUNT).count() < len(inns)


def hold(held: WebhookSubscription, *, seen_version: int | None) -> WebhookSubscription:
    """Lock it for the caller's transaction and return it; raise Stale, or DoesNotExist."""
    row = WebhookSubscription.objects.select_for_update().get(pk=held.pk)
    if seen_version not in {None, row.version}:
        raise Stale
    return row


@transaction.atomic
def change(
    held: WebhookSubscription, wanted: Wanted, *, seen_version: int | None = None
) -> WebhookSubscription:
    """
    Store what is wanted instead; what waits already goes to the new address.

    Raise Stale if it is not the version that was seen, DoesNotExist if it is gone.
    """
    values = _checked(wanted)
    row = hold(held, seen_version=seen_version)
    if row.url != values["url"]:
        # The new place begins with a clean record.
        row.failures, row.failing_since = 0, None
        health.forget_gate(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=[*values, "failures", "failing_since", "version"])
    return row


@transaction.atomic
def remove(held: WebhookSubscription) -> None:
    """Delete a subscription with its log; what was on its way goes nowhere."""
    health.forget_gate(held)
    _of(held).exclude(state=State.LEASED).delete()
    held.delete()


def send_test(held: WebhookSubscription, *, at: datetime) -> Message:
    """Leave a test call, also for one that is switched off; raise Refused after too many."""
    verdict = throttling.hit(
        bucket="webhook-test", key=str(held.pk), limit=TESTS_AN_HOUR, window=_HOUR, at=at
    )
    if not verdict.allowed:
        raise Refused(
            {"": _("Too many test calls. Try again later.")},
            code="too_many_tests",
            wait=verdict.retry_after_seconds,
        )
    uid = uuid.uuid4()
    key = f"webhook:{uid}:{held.pk}"
    with transaction.atomic():
        # Whoever waits before the screen is answered before the bulk of the day.
        outbox.enqueue(
            event=spreading.EVENT,
            template=spreading.TEMPLATE,
            channel=ChannelCode.WEBHOOK,
            to=str(held.pk),
            context={
                "id": str(uid),
                "type": TEST.code,
                "at": at.isoformat(),
                "subject": 0,
                "facts": {"webhook": held.pk},
            },
            topic=spreading.topic(held.pk),
            dedupe_key=key,
            priority=Priority.NORMAL,
            why="",
            at=at,
        )
        return Message.objects.get(dedupe_key=key)


def deliveries(held: WebhookSubscription) -> MessageQuerySet:
    """Return what was sent, or is to be, to a subscription; with its calls prefetched."""
    return _of(held).prefetch_related("calls")


def replay(held: WebhookSubscription, delivery_id: int, *, at: datetime) -> bool:
    """Send one delivery again, however it ended; False if it is unknown or still on its way."""
    return bool(_again(_of(held).filter(pk=delivery_id, state__in=_ENDED), at=at))


def replay_failed(held: WebhookSubscription, *, since: datetime, at: datetime) -> int:
    """Send again what failed of the events since then, at most MOST_REPLAYED; return how many."""
    failed = _of(held).filter(state=State.DEAD, created_at__gte=since).order_by("pk")
    found = list(failed.values_list("pk", flat=True)[:MOST_REPLAYED])
    return _again(Message.objects.filter(pk__in=found, state=State.DEAD), at=at)


def _of(held: WebhookSubscription) -> MessageQuerySet:
    return Message.objects.filter(topic=spreading.topic(held.pk), channel=ChannelCode.WEBHOOK)


def _again(rows: MessageQuerySet, *, at: datetime) -> int:
    return rows.update(
        state=State.QUEUED,
        attempts=0,
        doubts=0,
        not_before=at,
        put_off_from=None,
        sent_at=None,
        last_error="",
    )


def _organisation(by: User, asked: str) -> str:
    """Return the ИНН that a subscription of theirs belongs to; empty: it is their own."""
    inns = organisations_of(by)
    if asked and asked not in inns:
        raise Refused({"organisation": _("You do not act for this organisation.")})
    if len(inns) > 1 and not asked:
        raise Refused({"organisation": _("Say for which of your organisations.")})
    return asked or (inns[0] if inns else "")


def _checked(wanted: Wanted) -> dict[str, object]:
    """Return the columns of what is wanted; raise Refused naming each wrong field."""
    errors: dict[str, str] = {}
    name, url = " ".join(wanted.name.split()), wanted.url.strip()
    if not name:
        errors["name"] = _("Say what it is for.")
    elif len(name) > NAME_MAX or not name.isprintable():
        errors["name"] = _("The name is too long or holds odd signs.")
    if wrong := _wrong_address(url):
        errors["url"] = wrong
    events = list(dict.fromkeys(wanted.events))
    if not events:
        errors["events"] = _("Choose at least one event.")
    elif unknown := [code for code in events if code not in TYPES]:
        errors["events"] = _unknown(unknown)
    values: dict[str, object] = {"name": name, "url": url, "events": events}
    known = {
        name: {choice.code for choice in choices} for name, choices in subjects.choices().items()
    }
    for column in FILTERS:
        found = list(dict.fromkeys(getattr(wanted, column)))
        fits = _FITS.get(column) or known.get(column, set()).__contains__
        if len(found) > MOST_VALUES:
            errors[column] = _("No more than %(count)d values.") % {"count": MOST_VALUES}
        elif unknown := [value for value in found if not fits(value)]:
            errors[column] = _unknown(unknown)
        values[column] = found
    if errors:
        raise Refused(errors)
    return values


def _wrong_address(url: str) -> str:
    if not url:
        return _("Write the address that is to be called.")
    if len(url) > URL_MAX:
        return _("The address is too long.")
    try:
        outbound.refuse_inner(url)
    except outbound.Refused:
        return _(
            "This address cannot be called: https, port 443 or 8443, a server of the open "
            "internet, without a name and a password in it."
        )
    return ""


def _unknown(values: Sequence[object]) -> str:
    shown = ", ".join(str(value)[:60] for value in values[:5])
    return _("There is no such value: %(values)s") % {"values": shown}


def _is_inn(value: object) -> bool:
    return (
        isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) in {10, 12}
    )


def _is_id(value: object) -> bool:
    return type(value) is int and 0 < value < 2**62


# The other filters have their values listed by the rooms.
_FITS: dict[str, Callable[[object], bool]] = {"inns": _is_inn, "buildings": _is_id}
