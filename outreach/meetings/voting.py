"""
Quorum and majorities of an owners' meeting by shares of area.

ЖК РФ: quorum ст. 45 ч. 3, majorities ст. 46 ч. 1, a vote is a share of area ст. 48 ч. 3.

Plain functions over exact numbers: areas are `Fraction` square metres, so that a third of a flat is
a third, and two thirds of 5 000 m² are met by 3 333.34 and missed by 3 333.33.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Majority(models.TextChoices):
    """How many votes a question needs."""

    ATTENDING = "attending", gettext_lazy("more than half of those who take part")
    ALL_HALF = "all_half", gettext_lazy("more than half of all owners")
    ALL_TWO_THIRDS = "all_two_thirds", gettext_lazy("at least two thirds of all owners")
    EVERYBODY = "everybody", gettext_lazy("all owners without exception")


class Impossible(ValueError):
    """Such a count cannot be; `field` names the number, the message is for people."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Attendance:
    """
    Square metres of all owners, and of those who take part.

    Raise Impossible for a house without area, or one where more take part than there is.
    """

    total: Fraction
    present: Fraction

    def __post_init__(self) -> None:
        if self.total <= 0:
            raise Impossible("total", _("The area of all premises must be more than zero."))
        if self.present < 0:
            raise Impossible("present", _("An area cannot be negative."))
        if self.present > self.total:
            raise Impossible(
                "present", _("More than 100 % of the area takes part: one of the two is wrong.")
            )

    @property
    def has_quorum(self) -> bool:
        """Whether more than half of all votes take part; exactly half is not enough."""
        return self.present * 2 > self.total


@dataclass(frozen=True, kw_only=True)
class Votes:
    """Square metres for, against and abstained on one question."""

    in_favour: Fraction = Fraction(0)
    against: Fraction = Fraction(0)
    abstained: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        for field in ("in_favour", "against", "abstained"):
            if getattr(self, field) < 0:
                raise Impossible(field, _("An area cannot be negative."))

    @property
    def cast(self) -> Fraction:
        """All the area that answered the question."""
        return self.in_favour + self.against + self.abstained


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """
    What a question came to.

    `base` is the area that 100 % stands for, `bound` what must be reached (`is_strict`: passed),
    `margin` by how much the votes in favour are over the bound (negative: short of it).
    """

    passed: bool
    has_quorum: bool
    majority: Majority
    base: Fraction
    bound: Fraction
    is_strict: bool
    margin: Fraction

    @property
    def enough(self) -> bool:
        """Whether the votes in favour reach the bound, whatever the quorum."""
        return self.margin > 0 or (self.margin == 0 and not self.is_strict)


def judge(majority: Majority, votes: Votes, attendance: Attendance) -> Verdict:
    """
    Return whether the question is decided in favour.

    Who takes part and answers nothing still counts among those who take part. Raise Impossible if
    more area answered than takes part. Without a quorum nothing is decided, even what everybody
    present wants.
    """
    if votes.cast > attendance.present:
        raise Impossible(
            "in_favour", _("More area voted than takes part: votes of more than 100 %.")
        )
    total, present = attendance.total, attendance.present
    base, bound, is_strict = {
        Majority.ATTENDING: (present, present / 2, True),
        Majority.ALL_HALF: (total, total / 2, True),
        Majority.ALL_TWO_THIRDS: (total, total * 2 / 3, False),
        Majority.EVERYBODY: (total, total, False),
    }[majority]
    margin = votes.in_favour - bound
    enough = margin > 0 or (margin == 0 and not is_strict)
    return Verdict(
        passed=attendance.has_quorum and enough,
        has_quorum=attendance.has_quorum,
        majority=majority,
        base=base,
        bound=bound,
        is_strict=is_strict,
        margin=margin,
    )
