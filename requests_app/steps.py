"""
The table of a request's life: which status may follow which, who may do it, what it must bring.

Code, buttons, API schema, the picture in docs and the tests read this one table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import product

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.statuses import OPEN, Outcome, Status


class Role(StrEnum):
    """On whose behalf a step is made."""

    RESIDENT = "resident"
    OPERATOR = "operator"
    EXECUTOR = "executor"
    SYSTEM = "system"


class Need(StrEnum):
    """What a step must bring with it."""

    TEXT = "text"
    ACT = "act"
    EXECUTOR = "executor"
    OUTCOME = "outcome"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One edge of the table."""

    name: str
    source: Status
    target: Status
    by: frozenset[Role]
    needs: frozenset[Need]
    tells: frozenset[Role]
    label: Promise
    hint: Promise
    outcomes: frozenset[Outcome] = field(default_factory=frozenset)


def _steps(
    name: str,
    sources: set[Status] | frozenset[Status],
    target: Status,
    *,
    by: set[Role],
    label: Promise,
    hint: Promise,
    needs: set[Need] | None = None,
    tells: set[Role] | None = None,
    outcomes: set[Outcome] | None = None,
) -> list[Step]:
    return [
        Step(
            name=name,
            source=source,
            target=target,
            by=frozenset(by),
            needs=frozenset(needs or ()),
            tells=frozenset(tells or ()),
            label=label,
            hint=hint,
            outcomes=frozenset(outcomes or ()),
        )
        for source in sorted(sources)
    ]


_S, _R = Status, Role

STEPS: tuple[Step, ...] = (
    *_steps(
        "accept",
        {_S.NEW, _S.REDIRECTED},
        _S.ACCEPTED,
        by={_R.OPERATOR, _R.EXECUTOR},
        tells={_R.RESIDENT, _R.EXECUTOR},
        label=_("Accept"),
        hint=_("The resident is told that the request is accepted and who answers for it."),
    ),
    *_steps(
        "start",
        {_S.ACCEPTED, _S.REDIRECTED, _S.REOPENED},
        _S.IN_PROGRESS,
        by={_R.OPERATOR, _R.EXECUTOR},
        tells={_R.RESIDENT, _R.EXECUTOR},
        label=_("Start the work"),
        hint=_("The resident is told that the work has begun."),
    ),
    *_steps(
        "ask",
        {_S.NEW, _S.ACCEPTED, _S.IN_PROGRESS, _S.REDIRECTED, _S.REOPENED},
        _S.NEEDS_INFO,
        by={_R.OPERATOR, _R.EXECUTOR},
        needs={Need.TEXT},
        tells={_R.RESIDENT},
        label=_("Ask the resident"),
        hint=_("The clock stands until the resident answers."),
    ),
    *_steps(
        "answer",
        {_S.NEEDS_INFO},
        _S.ACCEPTED,
        by={_R.RESIDENT, _R.OPERATOR},
        needs={Need.TEXT},
        tells={_R.EXECUTOR},
        label=_("Answer the question"),
        hint=_("The clock goes on."),
    ),
    *_steps(
        "go_on",
        {_S.NEEDS_INFO},
        _S.IN_PROGRESS,
        by={_R.OPERATOR, _R.EXECUTOR},
        tells={_R.RESIDENT},
        label=_("Go on without an answer"),
        hint=_("The clock goes on."),
    ),
    *_steps(
        "redirect",
        {_S.NEW, _S.ACCEPTED, _S.IN_PROGRESS, _S.NEEDS_INFO, _S.REDIRECTED, _S.REOPENED},
        _S.REDIRECTED,
        by={_R.OPERATOR},
        needs={Need.TEXT, Need.EXECUTOR},
        tells={_R.RESIDENT, _R.EXECUTOR},
        label=_("Pass to another organisation"),
        hint=_("The clock keeps its start: the new executor gets no fresh deadline."),
    ),
    *_steps(
        "present_act",
        {_S.IN_PROGRESS},
        _S.DONE,
        by={_R.OPERATOR, _R.EXECUTOR},
        needs={Need.ACT},
        tells={_R.RESIDENT},
        label=_("Present the act"),
        hint=_("The resident is asked whether the work is really done."),
    ),
    *_steps(
        "incident_over",
        OPEN,
        _S.DONE,
        by={_R.SYSTEM},
        needs={Need.ACT},
        tells={_R.RESIDENT},
        label=_("The incident is over"),
        hint=_("The resident is asked whether the service is back."),
    ),
    *_steps(
        "confirm",
        {_S.DONE},
        _S.CLOSED,
        by={_R.RESIDENT},
        tells={_R.EXECUTOR},
        outcomes={Outcome.FIXED},
        label=_("Yes, it is fixed"),
        hint=_("The request is closed as fixed."),
    ),
    *_steps(
        "close_on_word",
        {_S.DONE},
        _S.CLOSED,
        by={_R.OPERATOR},
        needs={Need.TEXT},
        tells={_R.RESIDENT, _R.EXECUTOR},
        outcomes={Outcome.FIXED},
        label=_("Close on the resident's word"),
        hint=_("Write down when and how the resident confirmed the work."),
    ),
    *_steps(
        "close_silent",
        {_S.DONE},
        _S.CLOSED,
        by={_R.SYSTEM},
        tells={_R.RESIDENT, _R.EXECUTOR},
        outcomes={Outcome.FIXED},
        label=_("Close after silence"),
        hint=_("The resident was asked and did not object in time."),
    ),
    *_steps(
        "object",
        {_S.DONE},
        _S.REOPENED,
        by={_R.RESIDENT, _R.OPERATOR},
        needs={Need.TEXT},
        tells={_R.EXECUTOR},
        label=_("No, it is not fixed"),
        hint=_("The request goes back to work; it counts in the rating."),
    ),
    *_steps(
        "reopen",
        {_S.CLOSED},
        _S.REOPENED,
        by={_R.RESIDENT, _R.OPERATOR},
        needs={Need.TEXT},
        tells={_R.RESIDENT, _R.EXECUTOR},
        label=_("The fault came back"),
        hint=_("The request goes back to work; it counts in the rating."),
    ),
    *_steps(
        "refuse",
        OPEN,
        _S.CLOSED,
        by={_R.OPERATOR},
        needs={Need.TEXT, Need.OUTCOME},
        tells={_R.RESIDENT, _R.EXECUTOR},
        outcomes={Outcome.REFUSED, Outcome.NOT_CONFIRMED, Outcome.DUPLICATE},
        label=_("Close without repair"),
        hint=_("The resident reads the reason and the clause, and may object."),
    ),
    *_steps(
        "withdraw",
        OPEN,
        _S.CLOSED,
        by={_R.RESIDENT},
        tells={_R.EXECUTOR},
        outcomes={Outcome.WITHDRAWN},
        label=_("Withdraw"),
        hint=_("Nobody works on the request any more."),
    ),
)

_BY_EDGE: dict[tuple[Status, Status, Role], Step] = {
    (step.source, step.target, role): step for step in STEPS for role in step.by
}


def find(source: str, target: str, role: Role) -> Step | None:
    """Return the step from `source` to `target` by `role`; None when the table has none."""
    try:
        return _BY_EDGE.get((Status(source), Status(target), role))
    except ValueError:
        return None


def open_to(source: str, role: Role) -> list[Step]:
    """Return the steps `role` may make from `source`, in the table's order."""
    return [step for step in STEPS if step.source == source and role in step.by]


def forbidden() -> Iterator[tuple[Status, Status, Role]]:
    """Yield each (source, target, role) that the table does not name: all must be refused."""
    for edge in product(Status, Status, Role):
        if edge not in _BY_EDGE:
            yield edge
