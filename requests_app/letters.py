"""
What is told to whom when a request changes: rows of the outbox, in the caller's transaction.

A letter carries no contact and no tracking code; its link is made when it leaves.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop as noop

from notifications import outbox
from notifications.models import ChannelCode, Destination, Priority
from notifications.said import moment, words
from requests_app import clock_words, followed
from requests_app.models import ChatFollow, Request, RequestContact, RequestEvent
from requests_app.statuses import Outcome, Status, plain_words, public_words
from requests_app.steps import Role, Step

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def topic(item: Request) -> str:
    """Return the outbox topic of a request, which a person may stop hearing about."""
    return f"request:{item.number}"


def _point(item: Request) -> str:
    """Return the matter after whose end the news is stale; how it ended never is."""
    return "" if item.status == Status.CLOSED else topic(item)


def keys_of(event_id: int) -> list[str]:
    """Return the keys under which the letters about a line of the timeline are written."""
    return [f"request:{event_id}:resident", f"request:{event_id}:executor"]


def filed(item: Request, contact: RequestContact, event: RequestEvent, *, at: datetime) -> None:
    """Tell the resident that the request is taken in; an emergency also tells the executor."""
    if contact.email:
        _to_resident(item, contact.email, event, "filed", at=at)
    if item.is_emergency:
        _to_executor(item, event, at=at)


def moved(item: Request, event: RequestEvent, step: Step, *, at: datetime) -> None:
    """Tell those whom the step names, and at the end those whose requests were joined to it."""
    if step.target == Status.CLOSED:
        outbox.end_matter(topic(item), at=at)
    said(item, event, tells=step.tells, at=at, template="moved")
    followed.moved(item, event, step, at=at, point=_point(item))
    _to_chats(item, event, at=at)
    if step.target == Status.CLOSED and item.outcome != Outcome.DUPLICATE:
        joined = Request.objects.filter(duplicate_of=item).exclude(contact__email="")
        for other in joined.select_related("category", "building", "contact").defer("search"):
            _to_joined(other, item, event, at=at)


def _to_chats(item: Request, event: RequestEvent, *, at: datetime) -> None:
    """Tell the Telegram chats that follow the request; not those that hear of it anyway."""
    chats = ChatFollow.objects.filter(request=item).values_list("chat", flat=True)
    if item.resident_id:
        own = Destination.objects.living().filter(
            user_id=item.resident_id, channel=ChannelCode.TELEGRAM
        )
        chats = chats.exclude(chat__in=own.values("address"))
    outbox.enqueue_many(
        [
            outbox.Letter(
                event=f"request.{event.step or event.kind}",
                template="requests_app/mail/moved",
                to=chat,
                channel=ChannelCode.TELEGRAM,
                # Whoever knew the code once is told where it stands, not what was written.
                context={**_context(item, event), "text": ""},
                topic=topic(item),
                dedupe_key=f"request:{event.pk}:chat:{chat}",
                why=noop("You follow request %(number)s in this chat."),
                why_of={"number": item.number},
                point=_point(item),
            )
            for chat in chats
        ],
        at=at,
    )


def _to_joined(item: Request, original: Request, event: RequestEvent, *, at: datetime) -> None:
    outbox.enqueue(
        event=f"joined.{event.step}",
        template="requests_app/mail/joined",
        to=item.contact.email,
        context={
            **_context(item, event),
            "original": original.number,
            "status_words": words("plain_status", [original.status, original.outcome]),
            # The words were for somebody else, and may speak of their flat.
            "text": "",
            "due": "",
        },
        topic=topic(item),
        dedupe_key=f"request:{event.pk}:joined:{item.pk}",
        at=at,
        user_id=item.resident_id,
        why=noop("You filed request %(number)s."),
        why_of={"number": item.number},
    )


def said(
    item: Request,
    event: RequestEvent,
    *,
    tells: AbstractSet[Role],
    at: datetime,
    template: str = "said",
) -> None:
    """Tell those in `tells` about a line of the timeline, except the side that wrote it."""
    if Role.RESIDENT in tells and event.author != Role.RESIDENT:
        email = (
            RequestContact.objects.filter(request_id=item.pk)
            .exclude(email="")
            .values_list("email", flat=True)
            .first()
        )
        if email:
            _to_resident(item, email, event, template, at=at)
    if Role.EXECUTOR in tells and event.author != Role.EXECUTOR:
        _to_executor(item, event, at=at)


def _to_resident(
    item: Request, email: str, event: RequestEvent, template: str, *, at: datetime
) -> None:
    outbox.enqueue(
        event=f"request.{event.step or event.kind}",
        template=f"requests_app/mail/{template}",
        to=email,
        context=_context(item, event),
        topic=topic(item),
        dedupe_key=f"request:{event.pk}:resident",
        at=at,
        user_id=item.resident_id,
        priority=Priority.EMERGENCY if item.is_emergency else Priority.NORMAL,
        point=_point(item),
        why=noop("You filed request %(number)s."),
        why_of={"number": item.number},
    )


def _to_executor(item: Request, event: RequestEvent, *, at: datetime) -> None:
    organisation = item.company or item.supplier
    if organisation is None or not organisation.email:
        return
    outbox.enqueue(
        event=f"executor.{event.step or event.kind}",
        template="requests_app/mail/executor",
        to=organisation.email,
        # Words that call nobody «you»: the resident's would tell the executor that it withdrew.
        # And a link without the code, which would let them answer for the resident.
        context={
            **_context(item, event),
            "status_words": words("public_status", [item.status, item.outcome]),
            "link": {"link": "cabinet_request", "id": item.pk},
        },
        topic=f"executor:{organisation.inn or organisation.pk}",
        dedupe_key=f"request:{event.pk}:executor",
        at=at,
        priority=Priority.EMERGENCY if item.is_emergency else Priority.NORMAL,
        point=_point(item),
        why=noop("Your organisation answers for request %(number)s."),
        why_of={"number": item.number},
    )


def _context(item: Request, event: RequestEvent) -> dict[str, Any]:
    return {
        "number": item.number,
        "category": item.category.name,
        "address": item.building.address,
        "status": item.status,
        "outcome": item.outcome,
        "status_words": words("plain_status", [item.status, item.outcome]),
        "step": event.step,
        "kind": event.kind,
        "author": event.author,
        "news": words("clock", [event.kind, event.data]) if _news(event) else "",
        "text": event.text,
        "clause": event.data.get("clause", "") or item.norm_clause,
        "executor": item.executor_name,
        "executor_phone": item.executor_phone,
        "due": moment(item.due_at) if item.is_open and item.paused_at is None else "",
        "is_emergency": item.is_emergency,
        "duplicate_of": event.data.get("duplicate_of", ""),
        "link": {"link": "tracking", "id": item.pk},
    }


def _news(event: RequestEvent) -> str:
    return clock_words.news(event.kind, event.data)


def plain_status(of: list[str]) -> str:
    """Return what a resident reads for [status, outcome]; for notifications.said."""
    return str(plain_words(*of))


def public_status(of: list[str]) -> str:
    """Return what everybody else reads for [status, outcome]; for notifications.said."""
    return str(public_words(*of))


def clock_news(of: tuple[str, dict[str, Any]]) -> str:
    """Return what a line of [kind, data] tells about times; for notifications.said."""
    kind, data = of
    return clock_words.news(kind, data)
