"""
The table of a claim's life: which status may follow which, who may do it, what it must bring.

Code, buttons, the table in docs/claims.md and the tests read this one table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims.statuses import ClaimStatus
from requests_app.steps import Role


class Need(StrEnum):
    """What a step must bring with it."""

    TEXT = "text"
    AMOUNT = "amount"
    MONTH = "month"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One edge of the table."""

    name: str
    source: ClaimStatus
    target: ClaimStatus
    by: frozenset[Role]
    needs: frozenset[Need]
    tells: frozenset[Role]
    label: Promise
    hint: Promise


_S, _R = ClaimStatus, Role
_ANSWERED = {_S.SENT, _S.PRETRIAL, _S.SILENT}


def _steps(
    name: str,
    sources: set[ClaimStatus],
    target: ClaimStatus,
    *,
    by: set[Role],
    tells: set[Role],
    label: Promise,
    hint: Promise,
    needs: set[Need] | None = None,
) -> list[Step]:
    return [
        Step(
            name=name,
            source=source,
            target=target,
            by=frozenset(by),
            needs=frozenset(needs or ()),
            tells=frozenset(tells),
            label=label,
            hint=hint,
        )
        for source in sorted(sources)
    ]


STEPS: tuple[Step, ...] = (
    *_steps(
        "grant",
        _ANSWERED | {_S.REFUSED, _S.PARTLY},
        _S.GRANTED,
        by={_R.EXECUTOR, _R.OPERATOR},
        needs={Need.MONTH},
        tells={_R.RESIDENT},
        label=_("Grant in full"),
        hint=_("The resident is told in which month's bill to look for the money."),
    ),
    *_steps(
        "grant_part",
        _ANSWERED | {_S.REFUSED},
        _S.PARTLY,
        by={_R.EXECUTOR, _R.OPERATOR},
        needs={Need.AMOUNT, Need.MONTH, Need.TEXT},
        tells={_R.RESIDENT},
        label=_("Grant in part"),
        hint=_("Say how much, in which month's bill, and why not all."),
    ),
    *_steps(
        "refuse",
        _ANSWERED,
        _S.REFUSED,
        by={_R.EXECUTOR, _R.OPERATOR},
        needs={Need.TEXT},
        tells={_R.RESIDENT},
        label=_("Refuse"),
        hint=_("The resident reads the reason and may send a pre-trial claim."),
    ),
    *_steps(
        "fall_silent",
        {_S.SENT, _S.PRETRIAL},
        _S.SILENT,
        by={_R.SYSTEM},
        tells={_R.RESIDENT, _R.EXECUTOR},
        label=_("No answer in time"),
        hint=_("The time the law gives for the answer is over."),
    ),
    *_steps(
        "press",
        {_S.PARTLY, _S.REFUSED, _S.SILENT},
        _S.PRETRIAL,
        by={_R.RESIDENT, _R.OPERATOR},
        tells={_R.EXECUTOR},
        label=_("Send a pre-trial claim"),
        hint=_("The organisation has ten days; after that a court may add half as a fine."),
    ),
    *_steps(
        "not_on_bill",
        {_S.GRANTED},
        _S.PRETRIAL,
        by={_R.RESIDENT, _R.OPERATOR},
        needs={Need.TEXT},
        tells={_R.EXECUTOR},
        label=_("The money is not on the bill"),
        hint=_("It was promised and did not come: a pre-trial claim is sent."),
    ),
    *_steps(
        "confirm",
        {_S.GRANTED, _S.PARTLY},
        _S.PAID,
        by={_R.RESIDENT, _R.OPERATOR},
        tells={_R.EXECUTOR},
        label=_("The money is on the bill"),
        hint=_("The claim is over, and its rubles count in the city's total."),
    ),
    *_steps(
        "hand_over",
        {_S.PARTLY, _S.REFUSED, _S.SILENT},
        _S.LAWYER,
        by={_R.OPERATOR},
        needs={Need.TEXT},
        tells={_R.RESIDENT},
        label=_("Hand over to a lawyer"),
        hint=_("Say to whom, and when the resident may come."),
    ),
    *_steps(
        "receive_by_court",
        {_S.LAWYER},
        _S.PAID,
        by={_R.SYSTEM},
        needs={Need.AMOUNT, Need.MONTH},
        tells={_R.RESIDENT},
        label=_("Money received through the court"),
        hint=_("The court case brought the money; the claim is over."),
    ),
    *_steps(
        "lose_in_court",
        {_S.LAWYER},
        _S.LOST,
        by={_R.SYSTEM},
        needs={Need.TEXT},
        tells={_R.RESIDENT},
        label=_("Ended in court without money"),
        hint=_("The court case is over and brought nothing."),
    ),
    *_steps(
        "withdraw",
        {_S.SENT, _S.PARTLY, _S.REFUSED, _S.SILENT, _S.PRETRIAL},
        _S.WITHDRAWN,
        by={_R.RESIDENT},
        tells={_R.EXECUTOR},
        label=_("Withdraw"),
        hint=_("The same hours may be claimed anew afterwards."),
    ),
)
_BY_EDGE: dict[tuple[ClaimStatus, ClaimStatus, Role], Step] = {
    (step.source, step.target, role): step for step in STEPS for role in step.by
}


def find(source: str, target: str, role: Role) -> Step | None:
    """Return the step from `source` to `target` by `role`; None when the table has none."""
    try:
        return _BY_EDGE.get((ClaimStatus(source), ClaimStatus(target), role))
    except ValueError:
        return None


def open_to(source: str, role: Role) -> list[Step]:
    """Return the steps `role` may make from `source`, in the table's order."""
    return [step for step in STEPS if step.source == source and role in step.by]


def forbidden() -> Iterator[tuple[ClaimStatus, ClaimStatus, Role]]:
    """Yield each (source, target, role) that the table does not name: all must be refused."""
    for edge in product(ClaimStatus, ClaimStatus, Role):
        if edge not in _BY_EDGE:
            yield edge
