"""Terms of the Housing Code around a meeting: when to tell, to hand in, until when to sue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NOTICE = timedelta(days=10)  # ЖК РФ, ст. 45 ч. 4
PROTOCOL = timedelta(days=10)  # ЖК РФ, ст. 46 ч. 1
TO_INSPECTORATE = timedelta(days=5)  # ЖК РФ, ст. 46 ч. 1.1
CONTEST_MONTHS = 6  # ЖК РФ, ст. 46 ч. 6


class MeetingForm(models.TextChoices):
    """How owners meet (ЖК РФ, ст. 44.1)."""

    IN_PERSON = "in_person", gettext_lazy("in person")
    ABSENTEE = "absentee", gettext_lazy("in absentia, by ballots")
    MIXED = "mixed", gettext_lazy("in person and by ballots")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """When a meeting is told of, begins, and stops taking ballots."""

    form: MeetingForm
    notice_on: date
    starts_on: date
    ends_on: date

    @property
    def protocol_by(self) -> date:
        """The last day to hand the protocol to the company, and to tell the owners."""
        return self.ends_on + PROTOCOL

    @property
    def inspectorate_by(self) -> date:
        """The last day for the company to pass it to the inspectorate, if it came on its last."""
        return self.protocol_by + TO_INSPECTORATE

    @property
    def contest_until(self) -> date:
        """Until when the decision can be contested, counted from its end at the latest."""
        months = self.ends_on.month - 1 + CONTEST_MONTHS
        year, month = self.ends_on.year + months // 12, months % 12 + 1
        following = date(year + month // 12, month % 12 + 1, 1)
        return min(
            following - timedelta(days=1),
            date(year, month, 1) + timedelta(days=self.ends_on.day - 1),
        )


@dataclass(frozen=True)
class Fault:
    """What the law does not allow: the field and the words."""

    field: str
    text: str


def faults(plan: Plan) -> list[Fault]:
    """Return what would let a court overturn the meeting; nothing for sound dates."""
    found = []
    if plan.starts_on - plan.notice_on < NOTICE:
        earliest = plan.notice_on + NOTICE
        found.append(
            Fault(
                "starts_on",
                _("Owners are told ten days before (ЖК РФ, ст. 45 ч. 4): not before %(day)s.")
                % {"day": f"{earliest:%d.%m.%Y}"},
            )
        )
    if plan.form == MeetingForm.IN_PERSON and plan.ends_on != plan.starts_on:
        found.append(Fault("ends_on", _("A meeting in person ends on the day it is held.")))
    if plan.form != MeetingForm.IN_PERSON and plan.ends_on <= plan.starts_on:
        found.append(
            Fault("ends_on", _("Ballots are taken for a day after the beginning at least."))
        )
    if plan.ends_on - plan.starts_on > timedelta(days=365):
        found.append(Fault("ends_on", _("Ballots of more than a year are no meeting.")))
    return found


def remarks(plan: Plan) -> list[str]:
    """Return what is allowed and yet better done otherwise."""
    if plan.starts_on - plan.notice_on == NOTICE:
        return [_("Exactly ten days: courts differ in counting, a day more is safer.")]
    return []
