"""Links that let in whoever holds them: the id of a row, signed, so that none can be made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing


@dataclass(frozen=True)
class SignedLinks:
    """Links of one kind; a token of another kind, by its `salt`, opens nothing here."""

    salt: str

    def token_of(self, value: str | int) -> str:
        """Return what the link carries for a row's number or uid."""
        return signing.dumps(value, salt=self.salt)

    def value_in(self, token: str) -> Any:
        """Return what the link carries; None for a forged one."""
        try:
            return signing.loads(token, salt=self.salt)
        except signing.BadSignature:
            return None
