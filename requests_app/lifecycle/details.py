"""What a step brings with it: words, an act, an organisation, files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class ActDetails:
    """The executor's signed act: date, signer, the paper if there is one, photos of the place."""

    signed_on: date | None
    signer: str
    upload: UUID | None = None
    before: tuple[UUID, ...] = ()
    after: tuple[UUID, ...] = ()

    @property
    def files(self) -> list[UUID]:
        """Return everything that hangs on the act, the paper first."""
        return [*([self.upload] if self.upload else []), *self.before, *self.after]


@dataclass(frozen=True, kw_only=True)
class NewExecutor:
    """The organisation a request is passed to: one of the two."""

    company: int | None = None
    supplier: int | None = None


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a step brings with it; which of these it must bring, the table says."""

    text: str = ""
    act: ActDetails | None = None
    executor: NewExecutor | None = None
    outcome: str = ""
    clause: str = ""
    duplicate_of: str = ""
    uploads: tuple[UUID, ...] = ()
    # When the work is to be done; told in the same line and letter as taking the request on.
    planned_at: datetime | None = None


def plain(details: Details) -> dict[str, Any]:
    return {
        name: value
        for name, value in json.loads(json.dumps(asdict(details), default=str)).items()
        if value
    }
