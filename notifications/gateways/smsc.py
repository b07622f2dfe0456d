"""
SMSC.RU (https://smsc.ru/api/http/): `sys/send.php` and `sys/status.php` with `fmt=3`, JSON.

The codes are those of its documentation, «Коды ошибок» and «Статусы сообщений».
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from notifications.channels import NeverDelivered, NoSuchAddress, OutOfOrder, TryLater
from notifications.gateways import Account, asked, code_of
from notifications.models import StopReason
from notifications.reports import Fate, Told

# Login, money, a block of our address: nothing leaves until a person has mended it.
OURS = {2: "login or password", 3: "no money", 4: "the address is blocked for a while"}
PROHIBITED, BAD_NUMBER, CANNOT_ARRIVE, TOO_OFTEN = 6, 7, 8, 9
DELIVERED = {1, 2, 4}
FAILED = {
    -2: "stopped",
    3: "expired",
    20: "impossible to deliver",
    23: "prohibited",
    24: "no money",
    25: "the number cannot be reached",
}
WRONG_NUMBER = 22


class Smsc:
    """Speaks as SMSC.RU wants it."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, *, phone: str, text: str, key: str) -> str:
        """Hand over one message; see gateways.Gateway."""
        fields = {"phones": phone, "mes": text, "charset": "utf-8", "id": key}
        if self._account.sender:
            fields["sender"] = self._account.sender
        told = self._asked("send.php", fields)
        code = code_of(told, "error_code")
        if code is None and told.get("id"):
            return str(told["id"])
        if code in OURS:
            raise OutOfOrder(f"the gateway refuses us: {OURS[code]}")
        if code == BAD_NUMBER:
            raise NoSuchAddress("the gateway knows no such number", reason=StopReason.BOUNCED)
        if code in {PROHIBITED, CANNOT_ARRIVE}:
            raise NeverDelivered(f"the gateway refuses the message: {code}")
        raise TryLater(f"the gateway puts off: {code or 'no code'}")

    def ask(self, *, phone: str, gateway_id: str) -> Told:
        """Ask what became of a message; see gateways.Gateway."""
        told = self._asked("status.php", {"phone": phone, "id": gateway_id})
        if code_of(told, "error_code") is not None:
            raise TryLater("the gateway gives no status")
        status = code_of(told, "status")
        if status in DELIVERED:
            return Told(Fate.DELIVERED)
        if status == WRONG_NUMBER:
            return Told(Fate.FAILED, "no such number", StopReason.BOUNCED)
        if status in FAILED:
            return Told(Fate.FAILED, FAILED[status])
        return Told(Fate.WAITING)

    def named(self, form: Mapping[str, list[str]]) -> list[str]:
        """Return the message that its call-back names: field `id`."""
        return form.get("id", [])

    def _asked(self, page: str, fields: dict[str, str]) -> dict[str, Any]:
        known = {"login": self._account.login, "psw": self._account.password, "fmt": "3"}
        return asked(f"{self._account.base}/sys/{page}", {**known, **fields})
