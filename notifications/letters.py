"""A letter as a room writes it, before anybody knows which ways it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from notifications.models import ChannelCode, Priority


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One piece of news to one reader; see `outbox.enqueue` for the meaning of the fields."""

    event: str
    template: str
    to: str
    context: dict[str, Any]
    topic: str
    dedupe_key: str
    why: str
    why_of: Mapping[str, Any] = field(default_factory=dict)
    user_id: int | None = None
    channel: str = ChannelCode.EMAIL
    priority: Priority = Priority.NORMAL
    not_before: datetime | None = None
    expires_at: datetime | None = None
    sensitive: bool = False
    is_urgent: bool = False
    point: str = ""

    @property
    def cannot_wait(self) -> bool:
        """Whether it leaves in the middle of the night, and alone."""
        return self.is_urgent or self.sensitive or self.priority == Priority.EMERGENCY
