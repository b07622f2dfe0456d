"""Words for what happens to a case, in lists, letters and on its page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims.court.statuses import CaseStatus
from claims.court.steps import STEPS

_LABELS: dict[str, Promise] = {
    **{step.name: step.label for step in STEPS},
    "open": _("The case is opened"),
    "assign": _("The case has another lawyer"),
    "hearing": _("Hearing appointed"),
    "hearing_moved": _("Hearing moved"),
    "hearing_cancelled": _("Hearing called off"),
    "hearing_held": _("Hearing took place"),
    "paper": _("Paper added"),
    "paper_removed": _("Paper taken out"),
}
TONES: dict[CaseStatus, tuple[str, str]] = {
    CaseStatus.PREPARING: ("edit", "work"),
    CaseStatus.FILED: ("forward", "work"),
    CaseStatus.IN_COURT: ("scales", "work"),
    CaseStatus.DECIDED: ("document", "wait"),
    CaseStatus.APPEAL: ("scales", "wait"),
    CaseStatus.IN_FORCE: ("check", "good"),
    CaseStatus.ENFORCEMENT: ("forward", "wait"),
    CaseStatus.PAID: ("check-circle", "good"),
    CaseStatus.CLOSED: ("minus-circle", "quiet"),
}


def step_label(name: str) -> Promise:
    """Return what a line of the story is called."""
    return _LABELS[name]
