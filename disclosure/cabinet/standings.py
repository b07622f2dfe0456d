"""How a form stands, as chips and words of a page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from disclosure.forms_standard.due import Standing, Timing
from disclosure.publications.scoring import Scored

_WORDS = {
    Standing.FRESH: (pgettext_lazy("form", "in order"), "good", "check"),
    Standing.SOON: (gettext_lazy("confirm soon"), "wait", "clock"),
    Standing.MISSING: (pgettext_lazy("form", "not published"), "info", "document"),
    Standing.RETURNED: (pgettext_lazy("form", "returned"), "bad", "back"),
    Standing.LATE: (pgettext_lazy("form", "late"), "bad", "alert"),
}


@dataclass(frozen=True)
class Line:
    """A form in a list of the cabinet."""

    scored: Scored
    is_begun: bool

    @property
    def word(self) -> str:
        """The chip's word."""
        return str(_WORDS[self.scored.duty.standing][0])

    @property
    def tone(self) -> str:
        """The chip's tone."""
        return _WORDS[self.scored.duty.standing][1]

    @property
    def icon(self) -> str:
        """The chip's icon."""
        return _WORDS[self.scored.duty.standing][2]

    @property
    def limit(self) -> str:
        """By when something is to be done."""
        return limit_in_words(self.scored.duty.timing, year=self.scored.duty.report.year)

    @property
    def remark(self) -> str:
        """What staff want corrected, while the returned version is the newest."""
        newest = self.scored.duty.newest
        returned = getattr(newest, "returned", None) if newest else None
        return returned.remark if returned else ""


def limit_in_words(timing: Timing, *, year: int) -> str:
    """Return «publish by 31 March 2026», «the limit was …» or «confirm by …»."""
    day = formats.date_format(timing.due_on, "DATE_FORMAT")
    match timing.standing:
        case Standing.LATE:
            return _("the limit was %(day)s") % {"day": day}
        case Standing.RETURNED:
            return _("correct by %(day)s") % {"day": day}
        case Standing.MISSING:
            return _("publish by %(day)s") % {"day": day}
    # A yearly report asks for nothing more once it is published.
    return "" if year else _("confirm by %(day)s") % {"day": day}
