"""What is posted: the event and its subject, as the subscription's owner may read it just now."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation

from accounts.actors import Actor, Executor, Nobody, Resident, actor_of
from accounts.models import CompanyRepresentative
from notifications.models import Message, WebhookSubscription
from notifications.webhooks.catalogue import TEST
from notifications.webhooks.subjects import subject_of, type_of

VERSION = "2"


def reader_of(subscription: WebhookSubscription) -> Actor:
    """
    Return as whom its calls are written; Nobody if nobody is left to answer for it.

    An organisation's are its own, whoever made it; staff do not act for one. What an organisation
    alone may know leaves by its own webhooks, which all who act for it see: not by a webhook that
    one of them has as a resident, and would keep on leaving.
    """
    if subscription.owner is None:
        acting = CompanyRepresentative.objects.reading(subscription.inn)
        if not acting.filter(user__is_staff=False).exists():
            return Nobody()
        return Executor(id=0, inns=(subscription.inn,))
    actor = actor_of(subscription.owner)
    return Resident(id=actor.id) if isinstance(actor, Executor) else actor


def body_of(subscription: WebhookSubscription, message: Message) -> bytes | None:
    """
    Return the body of a call; None if whose it is may not read of it, or nothing is left to read.

    The event and its facts are the same in each repetition; `subject` is as it stands now.
    """
    told = message.context
    kind = type_of(told.get("type", ""))
    actor = reader_of(subscription)
    if kind is None or isinstance(actor, Nobody):
        return None
    subject: Any = None
    if kind is not TEST:
        with translation.override("ru"):
            subject = subject_of(kind).shown(told["subject"], actor, kind)
        if subject is None:
            return None
    return json.dumps(
        {
            "id": told["id"],
            "type": kind.code,
            "version": VERSION,
            "at": told["at"],
            "facts": told["facts"],
            "subject": subject,
        },
        cls=DjangoJSONEncoder,
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
