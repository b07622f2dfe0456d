"""How much of what the law asks a company shows: in three bands, and nothing at all."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Band:
    """A share of disclosure from `least` up to, not with, `below` percent."""

    code: str
    least: int
    below: int
    tone: str
    icon: str
    choice: Promise


BANDS = (
    Band("most", 80, 101, "good", "check-circle", _("80 percent and more")),
    Band("half", 50, 80, "wait", "minus-circle", _("from 50 to 80 percent")),
    Band("little", 0, 50, "bad", "alert", _("less than 50 percent")),
)


def band_of(percent: float) -> Band:
    """Return the band that holds `percent`, 0 … 100."""
    return next(band for band in BANDS if percent >= band.least)
