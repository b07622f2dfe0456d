"""Areas and shares as people write them: «54,3», «1 234.5», «1/3», «33,3 %»."""

from __future__ import annotations

import re
from fractions import Fraction

from django.utils.formats import number_format
from django.utils.translation import gettext as _

# A whole quarter has less; a longer number is a slip of the finger.
MOST_M2 = 10_000_000
MAX_DENOMINATOR = 10_000
_AREA = re.compile(r"\d{1,8}(?:[.,]\d{1,4})?")
_SHARE = re.compile(r"(\d{1,5})\s*/\s*(\d{1,5})")
_DECIMAL = re.compile(r"\d{1,3}(?:[.,]\d{1,4})?")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_UNITS = re.compile(r"(?:кв\.?\s*м\.?|м2|м²|м\.?)$", re.IGNORECASE)


class BadNumber(ValueError):
    """A number is not understood; the message is for people."""


def area(text: str) -> Fraction:
    """Return square metres, exactly; raise BadNumber."""
    if not text.strip():
        raise BadNumber(_("The area is missing."))
    bare = _UNITS.sub("", _SPACES.sub("", text))
    if bare.startswith(("-", "−")):
        raise BadNumber(_("An area cannot be negative."))
    if not _AREA.fullmatch(bare):
        raise BadNumber(_("“%(text)s” is no area: write 54,3.") % {"text": text[:40]})
    found = Fraction(bare.replace(",", "."))
    if found > MOST_M2:
        raise BadNumber(_("“%(text)s” is more than a house can have.") % {"text": text[:40]})
    return found


def share(text: str) -> Fraction:
    """Return a share of premises, more than 0 and at most 1; raise BadNumber."""
    bare = text.strip().replace("\u00a0", " ")
    if fraction := _SHARE.fullmatch(bare):
        over, under = int(fraction[1]), int(fraction[2])
        # Thousands of denominators that share nothing would make numbers of a million digits.
        found = Fraction(over, under) if 0 < under <= MAX_DENOMINATOR else Fraction(0)
    else:
        percent = bare.endswith("%")
        bare = bare.removesuffix("%").strip()
        if not _DECIMAL.fullmatch(bare):
            raise BadNumber(_share_words(text))
        found = Fraction(bare.replace(",", ".")) / (100 if percent else 1)
    if not 0 < found <= 1:
        raise BadNumber(_share_words(text))
    return found


def _share_words(text: str) -> str:
    return _("“%(text)s” is no share: write 1/3, 0,5 or 50 %%.") % {"text": text[:40]}


def in_words(value: Fraction) -> str:
    """Return square metres for people, at most four digits after the comma, cut and not rounded."""
    units = int(abs(value) * 10_000)
    whole, rest = divmod(units, 10_000)
    digits = f"{rest:04d}".rstrip("0")
    sign = "−" if value < 0 and units else ""
    shown = number_format(whole, use_l10n=True, force_grouping=True)
    return f"{sign}{shown}{',' + digits if digits else ''} м²"


def percent(part: Fraction, whole: Fraction) -> str:
    """
    Return the share in percent, cut and not rounded.

    Two digits as a rule; more where two would show a bound that was not reached, or hide that it
    was passed: 50.0002 % is not «50 %».
    """
    if not whole:
        return "0 %"
    value = part * 100 / whole
    for digits in (2, 3, 4, 5, 6):
        scale = 10**digits
        cut = Fraction(int(value * scale), scale)
        if cut == value or cut not in {Fraction(50), Fraction(100)}:
            break
    text = f"{int(cut * scale):0{digits + 1}d}"
    head, tail = text[:-digits], text[-digits:].rstrip("0")
    return f"{head}{',' + tail if tail else ''} %"
