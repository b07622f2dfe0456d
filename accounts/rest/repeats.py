"""The Idempotency-Key of a call: sent twice, done once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from accounts import idempotency
from accounts.problems import Problem
from accounts.rest.caller import sender_of

MOST = 200
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": MOST},
    OpenApiParameter.HEADER,
    description="Sent again with the same body within seven days, the call answers as it did the "
    "first time; with another body it is refused: 409 `idempotency_key_reused`.",
)


def key_of(http: Request) -> str:
    """Return the Idempotency-Key, "" without one; raise Problem for an unusable one."""
    key = str(http.headers.get("Idempotency-Key", "")).strip()
    if len(key) > MOST:
        raise Problem(_("The Idempotency-Key is too long."), code="bad_idempotency_key")
    return key


def once(
    http: Request, *, name: str, at: datetime, do: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """
    Return what `do` returns, in one transaction; a repeat gets the first answer and does nothing.

    For operations that take no key themselves; `name` keeps the operations of one sender apart.
    Raise idempotency.KeyReused, which the base of calls turns into 409.
    """
    key = key_of(http)
    with transaction.atomic():
        if not key:
            return do()
        claimed = idempotency.claim(
            scope=_scope(http, name),
            key=key,
            fingerprint=idempotency.fingerprint_of([http.path, http.data]),
            at=at,
        )
        if isinstance(claimed, idempotency.Replay):
            return claimed.result
        done = do()
        claimed.remember(json.loads(JSONRenderer().render(done)))
        return done


def is_known(http: Request, *, name: str) -> bool:
    """
    Whether a call with this key was done before, whatever its body: `once` judges that.

    For what is costly and made outside the transaction, before `once`.
    """
    key = key_of(http)
    return bool(key) and idempotency.is_known(scope=_scope(http, name), key=key)


def _scope(http: Request, name: str) -> str:
    return f"api:{name}:{sender_of(http)}"[:100]
