"""SMS gateways, one file each: handing a short message over, and asking what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from notifications import outbound
from notifications.channels import OutOfOrder, TryLater
from notifications.reports import Told

# A gateway is asked by a form and answers with a little JSON.
LIMITS = outbound.Limits(connect=5, read=15, total=20, answer=64 * 1024)


class Gateway(Protocol):
    """One company that delivers SMS."""

    def send(self, *, phone: str, text: str, key: str) -> str:
        """
        Hand over one message to `phone` (E.164) and return the gateway's id of it.

        `key` is the same when the same message is sent again. Raise as a channel's `send`.
        """
        ...

    def ask(self, *, phone: str, gateway_id: str) -> Told:
        """Return what became of a message; raise TryLater if that cannot be learnt now."""
        ...

    def named(self, form: Mapping[str, list[str]]) -> list[str]:
        """Return the ids of messages that a call-back speaks of."""
        ...


@dataclass(frozen=True)
class Account:
    """What SMS_URL says: `kind://login:password@host/?sender=…`; `kind+http` for one at home."""

    kind: str
    login: str
    password: str
    base: str
    sender: str


def read(url: str) -> Account:
    """Return SMS_URL in parts."""
    parts = urlsplit(url)
    kind, _, scheme = parts.scheme.partition("+")
    host = (parts.hostname or "") + (f":{parts.port}" if parts.port else "")
    return Account(
        kind=kind,
        login=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        base=f"{scheme or 'https'}://{host}",
        sender=parse_qs(parts.query).get("sender", [""])[0],
    )


def opened(url: str) -> Gateway | None:
    """Return the gateway of SMS_URL; None if there is none."""
    from notifications.gateways.shown import Shown
    from notifications.gateways.smsc import Smsc
    from notifications.gateways.smsru import SmsRu

    makers: dict[str, Callable[[Account], Gateway]] = {
        "smsc": Smsc,
        "smsru": SmsRu,
        "shown": Shown,
    }
    account = read(url)
    return makers[account.kind](account) if account.kind else None


def asked(address: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """
    Post a form to a gateway and return its JSON; raise OutOfOrder if it does not answer so.

    By POST, so that neither a password nor a phone stands in anybody's log of addresses.
    """
    try:
        answer = outbound.call(
            address,
            body=urlencode(fields).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            limits=LIMITS,
            trusted=True,
        )
    except (outbound.Refused, outbound.Unreachable) as broken:
        raise OutOfOrder(f"the gateway: {broken}") from None
    if not answer.is_ok:
        raise OutOfOrder(f"the gateway answers {answer.status}")
    try:
        told = json.loads(answer.body)
    except ValueError:
        raise OutOfOrder("the gateway answers no JSON") from None
    if not isinstance(told, dict):
        raise TryLater("the gateway answers something else")
    return told


def code_of(told: Mapping[str, Any], name: str) -> int | None:
    """Return a code of an answer as a number, however the gateway wrote it."""
    try:
        return int(told[name])
    except (KeyError, TypeError, ValueError):
        return None
