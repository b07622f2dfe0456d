"""What a case is, where it stands and how it ended, in codes and in words."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CaseKind(models.TextChoices):
    """How the court is asked (ГПК РФ, ст. 121–122 for an order)."""

    SUIT = "suit", _("Statement of claim")
    ORDER = "order", _("Motion for a court order")


class CaseStatus(models.TextChoices):
    """Where a case stands; `court.lifecycle` alone writes it."""

    PREPARING = "preparing", _("Papers are being prepared")
    FILED = "filed", _("Filed with the court")
    IN_COURT = "in_court", _("Heard by the court")
    DECIDED = "decided", _("Decided, not in force yet")
    APPEAL = "appeal", _("Under appeal")
    IN_FORCE = "in_force", _("Decision in force")
    ENFORCEMENT = "enforcement", _("Writ is being executed")
    PAID = "paid", _("Money received")
    CLOSED = "closed", pgettext_lazy("court case", "Closed")


class Outcome(models.TextChoices):
    """How a case ended for the plaintiff; a closed case may have any of them."""

    WON = "won", pgettext_lazy("court case", "Won in full")
    PARTLY = "partly", pgettext_lazy("court case", "Won in part")
    LOST = "lost", pgettext_lazy("court case", "Lost")
    SETTLED = "settled", _("Settled")
    WITHDRAWN = "withdrawn", pgettext_lazy("court case", "Withdrawn")


# Nobody has to do anything more.
OVER = frozenset({CaseStatus.PAID, CaseStatus.CLOSED})
# The court gave the plaintiff at least something.
WON = frozenset({Outcome.WON, Outcome.PARTLY})


class HearingState(models.TextChoices):
    """What became of a hearing."""

    PLANNED = "planned", _("planned")
    HELD = "held", _("took place")
    CANCELLED = "cancelled", pgettext_lazy("hearing", "called off")


class PartyRole(models.TextChoices):
    """Who stands in a case as whom."""

    PLAINTIFF = "plaintiff", _("plaintiff")
    DEFENDANT = "defendant", _("defendant")
    THIRD = "third", _("third party")
    REPRESENTATIVE = "representative", _("representative")


class Side(models.TextChoices):
    """Who acts on a case."""

    LAWYER = "lawyer", _("the lawyer")
    PLAINTIFF = "plaintiff", pgettext_lazy("court case", "the plaintiff")
    HEAD = "head", _("the head of the lawyers")
    STAFF = "staff", _("the contact centre")
