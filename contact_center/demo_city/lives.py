"""
The life of one invented request: which steps it takes, when, and what they leave on the row.

A plain mirror of intake and lifecycle over values, a hundred times faster than they are; the test
of this package replays lives through the real ones and compares every column.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from requests_app.deadlines import Promise
from requests_app.models import Author, EventKind, PauseReason
from requests_app.statuses import OPEN, Status
from requests_app.steps import Role, Step, find


class NoSuchStep(ValueError):
    """The table of steps does not allow it: the story is wrong."""


@dataclass(slots=True)
class Organisation:
    """What a request copies of its executor, and who speaks for it."""

    company: int | None = None
    supplier: int | None = None
    inn: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    speaker: int | None = None
    manner: Any = None


# Day of signing, signer, id of the scan.
Act = tuple[date, str, uuid.UUID | None]
NOBODY = Organisation()


@dataclass(slots=True)
class Line:
    """One event, and the audited columns of the request as they stood after it."""

    at: datetime
    kind: str
    step: str
    status: str
    text: str
    public: bool
    author: str
    user: int | None
    data: dict[str, Any]
    audit: tuple[Any, ...]
    outcome: str
    executor: Organisation
    due_at: datetime
    paused: bool
    edge: Step | None = None
    act: Act | None = None
    mark: int | None = None


@dataclass(slots=True)
class Life:
    """A request as its table knows it, and the lines of its timeline."""

    registered_at: datetime
    category: int
    executor: Organisation
    promise: Promise
    legal_kind: str
    promised: dict[str, Any]
    public: bool = False
    incident: int | None = None
    status: str = Status.NEW
    outcome: str = ""
    version: int = 1
    changed_at: datetime = field(init=False)
    done_at: datetime | None = None
    closed_at: datetime | None = None
    reopened_count: int = 0
    duplicate_of: int | None = None
    assigned_to: int | None = None
    paused_at: datetime | None = None
    pause_reason: str = ""
    lines: list[Line] = field(default_factory=list)
    react_by: datetime | None = field(init=False)
    inspect_by: datetime | None = field(init=False)
    fix_by: datetime | None = field(init=False)
    answer_by: datetime | None = field(init=False)
    due_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.changed_at = self.registered_at
        promise = self.promise
        self.react_by, self.inspect_by = promise.react_by, promise.inspect_by
        self.fix_by, self.answer_by = promise.fix_by, promise.answer_by
        self.due_at = promise.due_at

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to work on it."""
        return self.status in OPEN

    def file(self, *, author: str, user: int | None) -> None:
        """Begin the timeline, as intake does."""
        data = {"executor": self.executor.name, "due_at": self.due_at.isoformat()}
        self._line(self.registered_at, EventKind.FILED, "file", "", author, user, data)

    def move(
        self,
        target: str,
        role: Role,
        *,
        at: datetime,
        user: int | None = None,
        text: str = "",
        outcome: str = "",
        clause: str = "",
        executor: Organisation | None = None,
        duplicate: tuple[int, str] | None = None,
        act: Act | None = None,
    ) -> None:
        """Take a step of the table, as lifecycle does; raise NoSuchStep."""
        step = find(self.status, target, role)
        if step is None:
            raise NoSuchStep(f"{self.status} → {target} by {role}")
        at = self._begin(at)
        data: dict[str, Any] = {}
        if step.outcomes:
            outcome = outcome or next(iter(step.outcomes))
            if outcome not in step.outcomes:
                raise NoSuchStep(f"{step.name} ends in {outcome}")
            if clause:
                data["clause"] = clause
            data["outcome"] = str(outcome)
        if executor is not None:
            self.executor = executor
            data["executor"] = executor.name
        if duplicate is not None:
            self.duplicate_of = duplicate[0]
            data["duplicate_of"] = duplicate[1]
        self._run_clock(target, at)
        self.status, self.outcome = target, outcome
        self.done_at = at if target == Status.DONE else self.done_at
        self.closed_at = at if target == Status.CLOSED else None
        if target == Status.REOPENED:
            self.reopened_count += 1
            self.done_at = self.duplicate_of = None
        if self.is_open:
            data["due_at"] = self.due_at.isoformat()
        if role is Role.OPERATOR and self.assigned_to is None:
            self.assigned_to = user
        self._line(
            at, EventKind.STATUS, step.name, text, Author(role.value), user, data,
            edge=step, act=act,
        )  # fmt: skip

    def say(self, role: Role, *, at: datetime, user: int | None, text: str) -> None:
        """Add a line both sides read."""
        self._line(self._begin(at), EventKind.COMMENT, "", text, Author(role.value), user, {})

    def mark(self, value: int, *, at: datetime, user: int | None, text: str) -> None:
        """Add the resident's mark for the work."""
        self._line(
            self._begin(at), EventKind.MARKED, "", text, Author.RESIDENT, user, {"mark": value},
            mark=value,
        )  # fmt: skip

    def note(self, *, at: datetime, user: int, text: str) -> None:
        """Add a line that only staff read."""
        self._line(
            self._begin(at), EventKind.NOTE, "", text, Author.OPERATOR, user, {}, public=False
        )

    def _begin(self, at: datetime) -> datetime:
        self.version += 1
        self.changed_at = max(at, self.changed_at)
        return self.changed_at

    def _run_clock(self, target: str, at: datetime) -> None:
        standing = ("inspect_by", "fix_by")
        if target == Status.NEEDS_INFO:
            # A letter's clock knows no pause.
            if any(getattr(self, name) is not None for name in standing):
                self.paused_at, self.pause_reason = at, PauseReason.RESIDENT
        elif self.paused_at is not None:
            stood = at - self.paused_at
            for name in standing:
                moment = getattr(self, name)
                if moment is None or moment <= self.paused_at:
                    continue
                if self.due_at == moment:
                    self.due_at = moment + stood
                setattr(self, name, moment + stood)
            self.paused_at, self.pause_reason = None, ""

    def _line(
        self,
        at: datetime,
        kind: str,
        step: str,
        text: str,
        author: str,
        user: int | None,
        data: dict[str, Any],
        *,
        public: bool = True,
        edge: Step | None = None,
        act: Act | None = None,
        mark: int | None = None,
    ) -> None:
        executor = self.executor
        audit = (
            self.status, self.outcome, self.category, executor.inn, executor.name,
            self.assigned_to, self.incident, self.public, self.due_at, self.version,
        )  # fmt: skip
        self.lines.append(
            Line(
                at, kind, step, self.status, text, public, author, user, data, audit,
                self.outcome, executor, self.due_at, self.paused_at is not None,
                edge, act, mark,
            )
        )  # fmt: skip


# Columns of the audit row in the order of `Line.audit`.
AUDITED = (
    "status", "outcome", "category_id", "executor_inn", "executor_name", "assigned_to_id",
    "incident_id", "public", "due_at", "version",
)  # fmt: skip
