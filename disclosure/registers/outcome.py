"""What became of the lines of a batch."""

from __future__ import annotations

from dataclasses import dataclass, field

from disclosure.registers.differences import Difference


@dataclass
class Outcome:
    """Counts of stored lines, and the lines to be reported with their reasons."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    # Stored, but something of them was left out.
    notes: list[tuple[int, str]] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    conflicts: int = 0

    def add(self, other: Outcome) -> None:
        """Count another round of the same batch in."""
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        self.notes += other.notes
        self.differences += other.differences
        self.conflicts += other.conflicts
