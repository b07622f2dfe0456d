"""
The table of a case's life: which step leads from where to where, who makes it, what it must bring.

Code, buttons, the table in docs/court.md and the tests read this one table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from claims.court.statuses import CaseKind, CaseStatus, Outcome, Side


class Need(StrEnum):
    """What a step must bring with it."""

    DAY = "day"
    TEXT = "text"
    COURT_NUMBER = "court_number"
    JUDGE = "judge"
    OUTCOME = "outcome"
    AWARDED = "awarded"
    AMOUNT = "amount"
    WRIT_NUMBER = "writ_number"


@dataclass(frozen=True, kw_only=True)
class Step:
    """
    One edge of the table.

    `kinds` are the kinds of case that know it; `outcome` is set by the step itself.
    """

    name: str
    source: CaseStatus
    target: CaseStatus
    by: frozenset[Side]
    needs: frozenset[Need]
    kinds: frozenset[CaseKind]
    outcome: Outcome | None
    label: Promise
    hint: Promise


_S = CaseStatus
_ALL = frozenset(CaseKind)
_LAWYER = frozenset({Side.LAWYER})


def _steps(
    name: str,
    sources: set[CaseStatus],
    target: CaseStatus | None,
    *,
    label: Promise,
    hint: Promise,
    needs: set[Need] | None = None,
    by: frozenset[Side] = _LAWYER,
    kinds: frozenset[CaseKind] = _ALL,
    outcome: Outcome | None = None,
) -> list[Step]:
    """Return one step for each source; without a target the case stays where it is."""
    return [
        Step(
            name=name,
            source=source,
            target=target or source,
            by=by,
            needs=frozenset(needs or ()),
            kinds=kinds,
            outcome=outcome,
            label=label,
            hint=hint,
        )
        for source in CaseStatus
        if source in sources
    ]


STEPS: tuple[Step, ...] = (
    *_steps(
        "file",
        {_S.PREPARING},
        _S.FILED,
        needs={Need.DAY},
        label=_("Filed with the court"),
        hint=_("The day the court's stamp or the receipt of the post shows."),
    ),
    *_steps(
        "accept",
        {_S.FILED},
        _S.IN_COURT,
        needs={Need.DAY, Need.COURT_NUMBER, Need.JUDGE},
        kinds=frozenset({CaseKind.SUIT}),
        label=_("Taken by the court"),
        hint=_("The case has a number and a judge; hearings can be put on the calendar."),
    ),
    *_steps(
        "issue_order",
        {_S.FILED},
        _S.DECIDED,
        needs={Need.DAY, Need.COURT_NUMBER, Need.JUDGE, Need.AWARDED},
        kinds=frozenset({CaseKind.ORDER}),
        outcome=Outcome.WON,
        label=_("Court order issued"),
        hint=_("The debtor has ten days after receiving it to object."),
    ),
    *_steps(
        "cancel_order",
        {_S.DECIDED},
        _S.PREPARING,
        needs={Need.DAY, Need.TEXT},
        kinds=frozenset({CaseKind.ORDER}),
        label=_("Order cancelled: the debtor objected"),
        hint=_("The case goes on as a suit: prepare the statement of claim."),
    ),
    *_steps(
        "return_papers",
        {_S.FILED},
        _S.PREPARING,
        needs={Need.DAY, Need.TEXT},
        label=_("Returned by the court"),
        hint=_("Write what the court wants mended, and until when."),
    ),
    *_steps(
        "decide",
        {_S.IN_COURT},
        _S.DECIDED,
        needs={Need.DAY, Need.OUTCOME, Need.AWARDED},
        label=_("Decision made"),
        hint=_("An appeal is open for a month."),
    ),
    *_steps(
        "settle",
        {_S.IN_COURT},
        _S.IN_FORCE,
        needs={Need.DAY, Need.AWARDED, Need.TEXT},
        outcome=Outcome.SETTLED,
        label=_("Settlement approved by the court"),
        hint=_("Write its terms: how much, and until when."),
    ),
    *_steps(
        "appeal",
        {_S.DECIDED},
        _S.APPEAL,
        needs={Need.DAY, Need.TEXT},
        kinds=frozenset({CaseKind.SUIT}),
        label=_("Appeal filed"),
        hint=_("Write who appeals and against what."),
    ),
    *_steps(
        "decide_appeal",
        {_S.APPEAL},
        _S.IN_FORCE,
        needs={Need.DAY, Need.OUTCOME, Need.AWARDED},
        label=_("Appeal decided"),
        hint=_("What the plaintiff has after it, all in all."),
    ),
    *_steps(
        "come_into_force",
        {_S.DECIDED},
        _S.IN_FORCE,
        needs={Need.DAY},
        label=_("Came into force"),
        hint=_("Nobody appealed in time."),
    ),
    *_steps(
        "take_writ",
        {_S.IN_FORCE},
        _S.ENFORCEMENT,
        needs={Need.DAY, Need.WRIT_NUMBER},
        label=_("Writ of execution received"),
        hint=_("It goes to the bailiffs, who have two months, or straight to the debtor's bank."),
    ),
    *_steps(
        "receive_part",
        {_S.IN_FORCE, _S.ENFORCEMENT},
        None,
        needs={Need.DAY, Need.AMOUNT},
        label=_("Part of the money came"),
        hint=_("It is added to what was received before."),
    ),
    *_steps(
        "receive",
        {_S.IN_FORCE, _S.ENFORCEMENT},
        _S.PAID,
        needs={Need.DAY, Need.AMOUNT},
        label=_("All the money came"),
        hint=_("The last payment; the case is over, and so is its claim."),
    ),
    *_steps(
        "receive_early",
        {_S.PREPARING, _S.FILED, _S.IN_COURT},
        _S.PAID,
        needs={Need.DAY, Need.AMOUNT},
        outcome=Outcome.SETTLED,
        label=_("Paid without a decision"),
        hint=_("The defendant paid before the court decided; the case is over."),
    ),
    *_steps(
        "close",
        {_S.IN_FORCE, _S.ENFORCEMENT},
        _S.CLOSED,
        needs={Need.TEXT},
        label=_("Close the case"),
        hint=_("Nothing more can be had: write why."),
    ),
    *_steps(
        "withdraw",
        {_S.PREPARING},
        _S.CLOSED,
        needs={Need.TEXT},
        by=frozenset({Side.LAWYER, Side.PLAINTIFF}),
        outcome=Outcome.WITHDRAWN,
        label=pgettext_lazy("court case", "Do not go to court"),
        hint=_("The case is closed and its claim with it. Write why."),
    ),
    *_steps(
        "withdraw_suit",
        {_S.FILED, _S.IN_COURT},
        _S.CLOSED,
        needs={Need.DAY, Need.TEXT},
        outcome=Outcome.WITHDRAWN,
        label=_("Suit withdrawn"),
        hint=_("The same demand cannot be brought again. Write why."),
    ),
)
_BY_EDGE: dict[tuple[CaseStatus, str, CaseKind, Side], Step] = {
    (step.source, step.name, kind, side): step
    for step in STEPS
    for kind in step.kinds
    for side in step.by
}
NAMES = tuple(dict.fromkeys(step.name for step in STEPS))


def find(source: str, name: str, *, kind: str, side: Side) -> Step | None:
    """Return the step `name` that `side` may make from `source`; None when the table has none."""
    return _BY_EDGE.get((CaseStatus(source), name, CaseKind(kind), side))


def open_to(source: str, *, kind: str, side: Side) -> list[Step]:
    """Return the steps `side` may make from `source`, in the table's order."""
    return [
        step for step in STEPS if step.source == source and kind in step.kinds and side in step.by
    ]


def forbidden() -> Iterator[tuple[CaseStatus, str, CaseKind, Side]]:
    """Yield each (source, step, kind, side) the table does not name: all must be refused."""
    for edge in product(CaseStatus, NAMES, CaseKind, Side):
        if edge not in _BY_EDGE:
            yield edge
