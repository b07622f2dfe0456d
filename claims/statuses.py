"""Where a claim stands, in codes and in the reader's words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClaimStatus(models.TextChoices):
    """Status of a claim; `lifecycle` alone writes it."""

    SENT = "sent", _("Application sent")
    GRANTED = "granted", _("Granted in full")
    PARTLY = "partly", _("Granted in part")
    REFUSED = "refused", _("Refused")
    SILENT = "silent", _("No answer in time")
    PRETRIAL = "pretrial", _("Pre-trial claim sent")
    PAID = "paid", _("Money is on the bill")
    LAWYER = "lawyer", _("Handed to a lawyer")
    LOST = "lost", _("Ended in court without money")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Somebody has to answer, by `due_at`.
AWAITED = frozenset({ClaimStatus.SENT, ClaimStatus.PRETRIAL})
# An answer may still be given, however late.
UNANSWERED = sorted({*AWAITED, ClaimStatus.SILENT})
# Nobody has to do anything more here.
OVER = frozenset({ClaimStatus.PAID, ClaimStatus.WITHDRAWN, ClaimStatus.LAWYER, ClaimStatus.LOST})
