"""What a row of the desk says about time: words, and the state that colours them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from requests_app import deadlines
from requests_app.models import Request

SOON = timedelta(hours=12)
_ICONS = {"late": "alert", "paused": "pause", "kept": "check-circle"}


@dataclass(frozen=True)
class Clock:
    """Values of `components/due_clock.html`."""

    words: str
    state: str
    due_at: datetime

    @property
    def icon(self) -> str:
        """The drawing that goes with the state."""
        return _ICONS.get(self.state, "clock")

    @property
    def ticks(self) -> bool:
        """Whether the words change while one looks at them."""
        return self.state in {"left", "soon", "late"}


def clock_of(item: Request, *, at: datetime) -> Clock:
    """Return how the promise of `item` stands at `at`: left, soon, late, paused or kept."""
    if item.paused_at is not None:
        return Clock(_("The clock stands"), "paused", item.due_at)
    if not item.is_open:
        ended = item.done_at or item.closed_at or item.changed_at
        if ended <= item.due_at:
            return Clock(_("In time"), "kept", item.due_at)
        late = deadlines.length_in_words(ended - item.due_at)
        # Over, so no state that ticks on.
        return Clock(_("Ended late by %(length)s") % {"length": late}, "ended-late", item.due_at)
    left = deadlines.time_left(item.due_at, now=at)
    state = "late" if left < timedelta() else "soon" if left < SOON else "left"
    return Clock(deadlines.left_in_words(item.due_at, now=at), state, item.due_at)
