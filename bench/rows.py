"""The table's rows: which call, against which floor, how much slower it may be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass
class Row:
    """One measured line; times in milliseconds."""

    name: str
    value: float
    floor: float | None
    target: float
    unit: str = "ms"
    floor_is: str = "bare view"
    raw: float | None = None
    queries: int | None = None
    more_is_better: bool = False

    @property
    def ratio(self) -> float:
        """The value over its floor; the value itself where the target is absolute."""
        return self.value / self.floor if self.floor else self.value

    @property
    def is_met(self) -> bool:
        """Whether the target is reached."""
        return self.ratio >= self.target if self.more_is_better else self.ratio <= self.target

    def as_json(self) -> dict[str, Any]:
        """Return the row for the report of another process."""
        return asdict(self)
