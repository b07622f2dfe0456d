"""One burst, one proposal: which proposal a request belongs to, and when a new one is raised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from requests_app.incidents.bursts import Finding, Scope
from requests_app.incidents.bursts_recent import Mark

# After so long without a request a burst is over; what comes later is another one.
OVER_AFTER = timedelta(hours=6)
_WIDTH = {scope: width for width, scope in enumerate(Scope)}


class State(StrEnum):
    """Where a proposal stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    # Another proposal of a wider place took it in.
    MERGED = "merged"


@dataclass
class Known:
    """A proposal of the utility as the grouping sees it: its place, state and newest request."""

    id: int
    scope: Scope
    house: int
    street: int
    zone: str
    state: State
    last_at: datetime

    def covers(self, mark: Mark) -> bool:
        """Whether the request lies in its place, and not long after its last one."""
        own = {Scope.HOUSE: self.house, Scope.STREET: self.street, Scope.ZONE: self.zone}
        return own[self.scope] == mark.key(self.scope) and (
            abs(mark.at - self.last_at) <= OVER_AFTER
        )

    def lies_in(self, scope: Scope, mark: Mark) -> bool:
        """Whether its place is a part of the place of `scope` that holds the request."""
        own = {Scope.HOUSE: self.house, Scope.STREET: self.street, Scope.ZONE: self.zone}
        return _WIDTH[self.scope] <= _WIDTH[scope] and own[scope] == mark.key(scope)


@dataclass(frozen=True)
class Decision:
    """
    What becomes of a request: it joins `known`, which `widen` makes wider; or `raise_new`.

    `absorbed` are the open proposals that the wider or new one takes in.
    """

    known: Known | None = None
    widen: bool = False
    raise_new: bool = False
    absorbed: tuple[Known, ...] = ()


def decide(mark: Mark, finding: Finding | None, known: Iterable[Known]) -> Decision:
    """
    Return what becomes of the request.

    A burst that an operator has decided on takes further requests in silently: it is told of once.
    """
    alive = [one for one in known if one.state != State.MERGED]
    covering = max(
        (one for one in alive if one.covers(mark)),
        key=lambda one: (one.state != State.OPEN, _WIDTH[one.scope]),
        default=None,
    )
    if covering is not None and covering.state != State.OPEN:
        return Decision(covering)
    if finding is None:
        return Decision(covering)
    inside = tuple(
        one
        for one in alive
        if one is not covering
        and one.state == State.OPEN
        and one.lies_in(finding.scope, mark)
        and abs(mark.at - one.last_at) <= OVER_AFTER
    )
    if covering is None:
        if inside:
            # The oldest is the one operators already look at: it grows.
            first = min(inside, key=lambda one: one.id)
            return Decision(first, widen=True, absorbed=tuple(o for o in inside if o is not first))
        return Decision(raise_new=True)
    if _WIDTH[finding.scope] <= _WIDTH[covering.scope]:
        return Decision(covering)
    return Decision(covering, widen=True, absorbed=inside)
