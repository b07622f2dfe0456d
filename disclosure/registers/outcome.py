"""What became of the lines of a batch."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """Counts of stored lines, and the lines to be reported with their reasons."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    # Stored, but something of them was left out.
    notes: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Count another round of the same batch in."""
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        self.notes += other.notes
