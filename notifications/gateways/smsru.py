"""
SMS.RU (https://sms.ru/api): `sms/send` and `sms/status` with `json=1`.

The codes are those of its documentation, «Коды ответа сервера» and «Статусы сообщений».
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications.channels import NeverDelivered, NoSuchAddress, OutOfOrder, TryLater
from notifications.gateways import Account, asked, code_of
from notifications.models import StopReason
from notifications.reports import Fate, Told

TAKEN = 100
# The key, the money, the sender's name, the day's limit: a person must mend it.
OURS = {200, 201, 204, 206, 220, 300, 301, 302, 500}
BAD_NUMBER = 202
# Cannot be written to, or its holder asked the gateway for silence.
UNWELCOME = {207, 209}
REFUSED = {203, 205, 210, 211, 212, 230, 231, 232, 233}
DELIVERED = {103, 110}
WAITING = {100, 101, 102}
FAILED = {
    -1: "the gateway does not know it",
    104: "expired",
    105: "deleted by the operator",
    106: "a fault of the phone",
    107: "for a reason unknown",
    108: "rejected",
    150: "no route to the number",
}


class SmsRu:
    """Speaks as SMS.RU wants it; the login of SMS_URL is its api_id."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, *, phone: str, text: str, key: str) -> str:
        """Hand over one message; see gateways.Gateway."""
        number = phone.removeprefix("+")
        fields = {"to": number, "msg": text}
        if self._account.sender:
            fields["from"] = self._account.sender
        told = self._asked("sms/send", fields)
        one = _one(told)
        code = code_of(one, "status_code")
        if code == TAKEN and one.get("sms_id"):
            return str(one["sms_id"])
        if code in OURS:
            raise OutOfOrder(f"the gateway refuses us: {code}")
        if code == BAD_NUMBER:
            raise NoSuchAddress("the gateway knows no such number", reason=StopReason.BOUNCED)
        if code in UNWELCOME:
            raise NoSuchAddress("the number takes no messages", reason=StopReason.BLOCKED)
        if code in REFUSED:
            raise NeverDelivered(f"the gateway refuses the message: {code}")
        raise TryLater(f"the gateway puts off: {code or 'no code'}")

    def ask(self, *, phone: str, gateway_id: str) -> Told:
        """Ask what became of a message; see gateways.Gateway."""
        told = self._asked("sms/status", {"sms_id": gateway_id})
        code = code_of(_one(told), "status_code")
        if code in DELIVERED:
            return Told(Fate.DELIVERED)
        if code in FAILED:
            return Told(Fate.FAILED, FAILED[code])
        if code in WAITING:
            return Told(Fate.WAITING)
        raise TryLater("the gateway gives no status")

    def named(self, form: Mapping[str, list[str]]) -> list[str]:
        """Return the messages of its call-back: fields `data[…]` of lines, kind first, then id."""
        lines = [
            value.split("\n") for name in form if name.startswith("data") for value in form[name]
        ]
        return [line[1].strip() for line in lines if len(line) > 1 and line[0] == "sms_status"]

    def _asked(self, page: str, fields: dict[str, str]) -> dict[str, Any]:
        known = {"api_id": self._account.login, "json": "1"}
        return asked(f"{self._account.base}/{page}", {**known, **fields})


def _one(told: dict[str, Any]) -> dict[str, Any]:
    """Return what is said of the only message, or of the call where it got no further."""
    each = told.get("sms")
    if isinstance(each, dict):
        for one in each.values():
            if isinstance(one, dict):
                return one
    return told
