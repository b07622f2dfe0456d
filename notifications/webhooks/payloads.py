"""What is posted: the event and its subject, as the subscription's owner may read it just now."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation

from accounts.actors import Nobody, actor_of
from notifications.models import Message, WebhookSubscription
from notifications.webhooks.catalogue import TEST
from notifications.webhooks.subjects import subject_of, type_of

VERSION = "1"


def body_of(subscription: WebhookSubscription, message: Message) -> bytes | None:
    """
    Return the body of a call; None if the owner may not read of it, or nothing is left to read.

    The event and its facts are the same in each repetition; `subject` is as it stands now.
    """
    told = message.context
    kind = type_of(told.get("type", ""))
    actor = actor_of(subscription.owner)
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
