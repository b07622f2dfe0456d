"""The demo's gateway: nothing leaves; what would have left stands among the letters as sent."""

from __future__ import annotations

from collections.abc import Mapping

from notifications.gateways import Account
from notifications.reports import Fate, Told


class Shown:
    """Takes everything; it all arrives."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def send(self, *, phone: str, text: str, key: str) -> str:
        """Take a message; see gateways.Gateway."""
        return f"shown-{key}"

    def ask(self, *, phone: str, gateway_id: str) -> Told:
        """Say that it has arrived."""
        return Told(Fate.DELIVERED)

    def named(self, form: Mapping[str, list[str]]) -> list[str]:
        """Nobody calls back."""
        return []
