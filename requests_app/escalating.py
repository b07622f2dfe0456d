"""
Overdue requests climb by the rules of the admin: executor, its head, the centre's head, and a
letter to the housing inspectorate, which a person signs.

One letter tells a reader of all that has become overdue since the last look, not one a request.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_noop as noop

from accounts import roles
from accounts.models import CompanyRepresentative, User
from notifications import outbox
from notifications.models import Priority
from notifications.said import moment
from requests_app import lifecycle
from requests_app.models import Escalation, EscalationRule, Request, Rung

log = structlog.get_logger(__name__)

BATCH = 200
# So many lines a letter shows; of the rest it tells the number.
SHOWN = 50


def escalate_overdue(*, at: datetime) -> int:
    """Take every rule's step that is due at `at`; return how many requests climbed a rung."""
    climbed = 0
    for rule in EscalationRule.objects.filter(active_since__isnull=False):
        while done := _batch(rule, at=at):
            climbed += done
    return climbed


@transaction.atomic
def _batch(rule: EscalationRule, *, at: datetime) -> int:
    """Let the next requests climb and tell their readers, in one transaction."""
    told = Escalation.objects.filter(request=OuterRef("pk"), rung=rule.rung)
    due = (
        Request.objects.overdue(at - timedelta(hours=rule.after_hours))
        .filter(is_emergency=rule.is_emergency, registered_at__gte=rule.active_since)
        .exclude(Exists(told))
        .order_by("due_at", "id")
        .values_list("pk", flat=True)[:BATCH]
    )
    # Locked in the order of their ids, as everywhere: two hands over the same rows never wait for
    # each other in a ring.
    items = Request.objects.with_answerable().filter(pk__in=list(due)).order_by("pk")
    climbed = []
    for item in items:
        try:
            lifecycle.escalate(item, Rung(rule.rung), at=at)
        except lifecycle.Refused:
            # Done, paused or told since the page was read: the next look sees it so.
            continue
        climbed.append(item)
    if climbed:
        outbox.enqueue_many(_letters(rule, climbed, at=at), at=at)
        log.info("overdue_escalated", rung=rule.rung, requests=len(climbed))
    return len(climbed)


def _letters(rule: EscalationRule, items: list[Request], *, at: datetime) -> list[outbox.Letter]:
    match rule.rung:
        case Rung.EXECUTOR | Rung.EXECUTOR_HEAD:
            return [
                _letter(rule, to, user, found, at=at)
                for found in _by_executor(items)
                for to, user in _readers(rule.rung, found[0])
            ]
        case _:
            chiefs = User.objects.filter(is_active=True, groups__name=roles.CHIEF_OPERATORS)
            return [
                _letter(rule, chief.email, chief.pk, items, at=at)
                for chief in chiefs.order_by("pk")
            ]


def _by_executor(items: Iterable[Request]) -> list[list[Request]]:
    found: dict[tuple[int | None, int | None], list[Request]] = {}
    for item in items:
        found.setdefault((item.company_id, item.supplier_id), []).append(item)
    return list(found.values())


def _readers(rung: str, item: Request) -> list[tuple[str, int | None]]:
    """Return addresses and accounts: the head's where one is known, else the organisation's."""
    organisation = item.company or item.supplier
    if organisation is None:
        return []
    if rung == Rung.EXECUTOR_HEAD and organisation.inn:
        heads = CompanyRepresentative.objects.reading(organisation.inn).filter(is_head=True)
        found: list[tuple[str, int | None]] = [(one.user.email, one.user_id) for one in heads]
        if found:
            return found
    return [(organisation.email, None)] if organisation.email else []


def _letter(
    rule: EscalationRule, to: str, user: int | None, items: list[Request], *, at: datetime
) -> outbox.Letter:
    return outbox.Letter(
        event=f"overdue.{rule.rung}",
        template="requests_app/mail/overdue",
        to=to,
        user_id=user,
        context={
            "rung": rule.rung,
            "who": items[0].executor_name,
            "count": len(items),
            "rows": [_row(item, at=at) for item in items[:SHOWN]],
            "rest": max(0, len(items) - SHOWN),
            "is_emergency": rule.is_emergency,
        },
        topic=f"overdue:{rule.rung}",
        # What is told of first names the letter: told once, it never leads another.
        dedupe_key=f"overdue:{rule.rung}:{items[0].pk}:{to}",
        priority=Priority.EMERGENCY if rule.is_emergency else Priority.NORMAL,
        why=noop("The deadline of these requests is over."),
    )


def _row(item: Request, *, at: datetime) -> dict[str, Any]:
    return {
        "number": item.number,
        "category": item.category.name,
        "address": item.building.address,
        "executor": item.executor_name,
        "due": moment(item.due_at),
        "hours": int((at - item.due_at) / timedelta(hours=1)),
    }
