"""
Which clocks a request has: its legal kind chooses them, and each names its clause.

Plain functions over values. `deadlines` turns a limit into a moment; here stands which limits run,
what may stop them and what may lengthen them. Sources: domain of norms, docs/norms.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from requests_app import deadlines
from requests_app.calendar import WorkCalendar
from requests_app.deadlines import Limit, NormLimits, Pause, Promise, Unit


class LegalKind(models.TextChoices):
    """What a request is before the law; it chooses the clocks."""

    SERVICE = "service_request", _("Service request")
    QUALITY = "claim_354", _("Complaint about the quality of a utility")
    APPEAL = "appeal_59fz", _("Appeal under 59-ФЗ")
    ORAL = "oral", _("Oral appeal")


class Stage(models.TextChoices):
    """What must have happened by a moment."""

    REGISTER = "register", _("Registered")
    FORWARD = "forward", _("Passed to who is competent")
    REACT = "react", _("Harm stopped")
    INSPECT = "inspect", _("Looked at on the spot")
    FIX = "fix", _("Mend the fault")
    ANSWER = "answer", _("Answered in writing")


@dataclass(frozen=True)
class Rule:
    """A limit of a stage and the clause that sets it."""

    limit: Limit
    clause: str


@dataclass(frozen=True)
class Promised:
    """The moment by which a stage was promised, and the clause."""

    by: datetime
    clause: str


_APPEALS = frozenset({LegalKind.APPEAL, LegalKind.ORAL})
_SAME_DAY = Limit(0, Unit.CALENDAR_DAYS)
_REGISTER: dict[LegalKind, Rule] = {
    LegalKind.SERVICE: Rule(_SAME_DAY, "ПП РФ № 416, разд. VIII"),
    LegalKind.QUALITY: Rule(_SAME_DAY, "ПП РФ № 354, п. 105–106"),
    LegalKind.APPEAL: Rule(Limit(3, Unit.CALENDAR_DAYS), "59-ФЗ, ст. 8 ч. 2"),
    LegalKind.ORAL: Rule(_SAME_DAY, "59-ФЗ, ст. 13"),
}
_THIRTY_DAYS = Limit(deadlines.GENERAL_ANSWER_DAYS, Unit.CALENDAR_DAYS)
# A limit known by its length and unit rests on this clause, whatever else its norm names.
_ANSWER_CLAUSES = {
    Limit(3, Unit.WORKING_DAYS): "ПП РФ № 354, п. 31",
    Limit(10, Unit.WORKING_DAYS): "ПП РФ № 416, п. 36",
    _THIRTY_DAYS: "59-ФЗ, ст. 12 ч. 1",
}
_REACT_CLAUSE = "ПП РФ № 416, п. 13"
_INSPECT_CLAUSE = "ПП РФ № 354, п. 108"
# The flat must be entered to look and to repair; a riser is shut off and a letter is written
# without the resident, and 59-ФЗ knows an extension but no pause.
_STANDS = frozenset({Stage.INSPECT, Stage.FIX})
LONGEST_EXTENSION = timedelta(days=30)


def kind_of(*, is_appeal: bool, is_oral: bool, has_utility: bool, is_emergency: bool) -> LegalKind:
    """
    Return the legal kind of what is asked.

    An emergency of a utility is served by the dispatcher (ПП РФ № 416); other trouble with a
    utility is a complaint about its quality (ПП РФ № 354).
    """
    if is_appeal:
        return LegalKind.APPEAL
    if is_oral:
        return LegalKind.ORAL
    return LegalKind.QUALITY if has_utility and not is_emergency else LegalKind.SERVICE


def limits_of(kind: LegalKind, norm: NormLimits) -> NormLimits:
    """
    Return the norm's limits as the legal kind corrects them.

    An appeal changes the clock of the letter, never of the pipe: a leak is fixed in time however
    the paper about it is called.
    """
    if kind in _APPEALS:
        return replace(norm, answer=_THIRTY_DAYS)
    if kind is LegalKind.QUALITY and norm.answer is None:
        return replace(norm, answer=Limit(3, Unit.WORKING_DAYS))
    return norm


def rules_of(kind: LegalKind, norm: NormLimits, *, clause: str) -> dict[Stage, Rule]:
    """Return each stage's limit with its clause; `clause` is the norm's own, for the rest."""
    limits = limits_of(kind, norm)
    rules = {Stage.REGISTER: _REGISTER[kind]}
    if kind is LegalKind.APPEAL:
        rules[Stage.FORWARD] = Rule(Limit(7, Unit.CALENDAR_DAYS), "59-ФЗ, ст. 8 ч. 3")
    if limits.react is not None:
        hourly = limits.react.unit in {Unit.MINUTES, Unit.HOURS}
        rules[Stage.REACT] = Rule(limits.react, _REACT_CLAUSE if hourly else clause)
    if limits.inspect is not None:
        hourly = limits.inspect == Limit(2, Unit.HOURS)
        rules[Stage.INSPECT] = Rule(limits.inspect, _INSPECT_CLAUSE if hourly else clause)
    if limits.fix is not None:
        rules[Stage.FIX] = Rule(limits.fix, clause)
    if limits.answer is not None:
        found = _ANSWER_CLAUSES.get(limits.answer, clause)
        if kind is LegalKind.ORAL:
            found = "59-ФЗ, ст. 13 ч. 3"
        rules[Stage.ANSWER] = Rule(limits.answer, found)
    return rules


def promise(
    kind: LegalKind,
    norm: NormLimits,
    *,
    registered_at: datetime,
    calendar: WorkCalendar,
    zone: tzinfo,
    pauses: Iterable[Pause] = (),
) -> Promise:
    """
    Return the moments promised to a request of this kind.

    A pause adds its length to looking and repairing only (`stands`); `due_at` is the repair, else
    the answer, else the inspection, else the general 30 days.
    """
    limits = limits_of(kind, norm)
    ask = {"registered_at": registered_at, "calendar": calendar, "zone": zone}
    plain = deadlines.promise(limits, **ask)  # type: ignore[arg-type]
    stopped = list(pauses)
    inspect = plain.inspect_by and plain.inspect_by + deadlines.stood(
        pause for pause in stopped if not pause.only_repair
    )
    fix = plain.fix_by and plain.fix_by + deadlines.stood(stopped)
    return replace(
        plain,
        inspect_by=inspect,
        fix_by=fix,
        due_at=fix or plain.answer_by or inspect or plain.due_at,
    )


def promised(
    rules: Mapping[Stage, Rule],
    *,
    registered_at: datetime,
    calendar: WorkCalendar,
    zone: tzinfo,
    window: deadlines.Window | None = None,
) -> dict[Stage, Promised]:
    """Return the first moment of each stage, as it is copied onto the request."""
    return {
        stage: Promised(
            deadlines.due(
                rule.limit,
                registered_at=registered_at,
                calendar=calendar,
                zone=zone,
                window=window if stage is Stage.FIX else None,
            ),
            rule.clause,
        )
        for stage, rule in rules.items()
    }


def stands(stage: Stage) -> bool:
    """Return whether this clock stands while the resident is waited for."""
    return stage in _STANDS


@dataclass(frozen=True)
class Extension:
    """How far the written answer may be put off, and on which clause."""

    until: date
    clause: str


def extension_of(
    kind: LegalKind, answer_by: datetime, *, promised_clause: str, zone: tzinfo
) -> Extension | None:
    """
    Return how far the answer may be put off, once; None where the law gives no more time.

    The answer to a complaint about quality (ПП РФ № 354, п. 31) is never put off, nor is a repair:
    there an executor names a planned time, and the limit stays.
    """
    until = answer_by.astimezone(zone).date() + LONGEST_EXTENSION
    if kind in _APPEALS:
        return Extension(until, "59-ФЗ, ст. 12 ч. 2")
    if promised_clause == _ANSWER_CLAUSES[Limit(3, Unit.WORKING_DAYS)]:
        return None
    if promised_clause.startswith("59-ФЗ"):
        return Extension(until, "59-ФЗ, ст. 12 ч. 2")
    return Extension(until, "ПП РФ № 416, п. 36")
