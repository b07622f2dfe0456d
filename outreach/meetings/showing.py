"""What a count of votes came to, in words: the same for the page, its print and the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from outreach.meetings.numbers import in_words, percent
from outreach.meetings.voting import Attendance, Majority, Verdict, Votes
from outreach.models import AgendaKind


@dataclass(frozen=True, kw_only=True)
class ShownQuestion:
    """A question with its verdict; `needed` and `got` explain it, `margin` says by how much."""

    number: int
    title: str
    passed: bool
    majority: str
    clause: str
    is_unsure: bool
    needed: str
    got: str
    margin: str
    votes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A whole count in words."""

    has_quorum: bool
    present: str
    total: str
    percent: str
    missing: str
    questions: tuple[ShownQuestion, ...]


def shown(attendance: Attendance, questions: list[ShownQuestion]) -> Shown:
    """Return the count in words; `missing` says how much more area makes a quorum."""
    bound = attendance.total / 2
    return Shown(
        has_quorum=attendance.has_quorum,
        present=in_words(attendance.present),
        total=in_words(attendance.total),
        percent=percent(attendance.present, attendance.total),
        missing="" if attendance.has_quorum else in_words(bound - attendance.present),
        questions=tuple(questions),
    )


def question(
    number: int, kind: AgendaKind, votes: Votes, attendance: Attendance, verdict: Verdict
) -> ShownQuestion:
    """Return a question in words."""
    return ShownQuestion(
        number=number,
        title=kind.title,
        passed=verdict.passed,
        majority=str(Majority(kind.majority).label),
        clause=kind.clause,
        is_unsure=kind.confidence == "check",
        needed=_needed(verdict),
        got=_("%(area)s, %(percent)s")
        % {
            "area": in_words(votes.in_favour),
            "percent": percent(votes.in_favour, verdict.base),
        },
        margin=_margin(verdict),
        votes=(
            (_("For"), in_words(votes.in_favour), percent(votes.in_favour, attendance.present)),
            (_("Against"), in_words(votes.against), percent(votes.against, attendance.present)),
            (
                _("Abstained"),
                in_words(votes.abstained),
                percent(votes.abstained, attendance.present),
            ),
        ),
    )


def _needed(verdict: Verdict) -> str:
    values = {"bound": in_words(_up(verdict)), "base": in_words(verdict.base)}
    match verdict.majority:
        case Majority.ATTENDING:
            return _("more than %(bound)s: half of the %(base)s that take part") % values
        case Majority.ALL_HALF:
            return _("more than %(bound)s: half of the %(base)s of all owners") % values
        case Majority.ALL_TWO_THIRDS:
            return _("at least %(bound)s: two thirds of the %(base)s of all owners") % values
    return _("all %(base)s") % values


def _up(verdict: Verdict) -> Fraction:
    """Return the bound as it is shown: two thirds that do not end are shown as what is enough."""
    if verdict.is_strict:
        return verdict.bound
    units = -(-verdict.bound * 10_000 // 1)
    return Fraction(units, 10_000)


def _margin(verdict: Verdict) -> str:
    if not verdict.has_quorum:
        return _("Nothing is decided without a quorum.")
    if verdict.enough:
        more = verdict.margin
        return (
            _("%(area)s more than needed") % {"area": in_words(more)} if more else _("just enough")
        )
    if not verdict.margin:
        return _("exactly half: one more vote is needed")
    return _("%(area)s too few") % {"area": in_words(-verdict.margin)}
