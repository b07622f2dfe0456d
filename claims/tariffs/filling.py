"""Filling a calculation with what the portal knows and nobody wrote; what was written stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from claims.calculator.wording import rubles
from claims.recalculation.values import Service
from claims.recalculation.words import number


@dataclass(frozen=True, slots=True)
class Price:
    """Rubles for a cubic metre of hot and of cold water from a day of the month on."""

    since: date
    hot_rub: Decimal
    cold_rub: Decimal
    act: str

    @property
    def facts(self) -> tuple[Decimal, Decimal]:
        """Return the two tariffs."""
        return self.hot_rub, self.cold_rub


@dataclass(frozen=True, slots=True)
class Reference:
    """What is known of a month's water: prices from its first day on, and the norm of hot water."""

    prices: tuple[Price, ...] = ()
    norm_m3: Decimal | None = None


def fill(body: dict[str, Any], reference: Reference) -> dict[str, Any]:
    """
    Return `body` with the tariffs, and the volume by norm, that it lacks.

    Only for hot water, and only for who names a volume or how many live there: without either,
    nothing is counted by tariff. A tariff that changed in the month comes with its day.
    """
    water = body.get("hot_water")
    if body.get("utility") != Service.HOT_WATER or not isinstance(water, dict):
        return body
    filled = dict(water)
    residents = _count(filled.get("residents"))
    if not filled.get("volume_m3") and residents and reference.norm_m3:
        filled["volume_m3"] = str(reference.norm_m3 * residents)
    has_tariff = filled.get("tariff") or filled.get("cold_tariff") or filled.get("later")
    if filled.get("volume_m3") and not has_tariff and reference.prices:
        first, *later = reference.prices
        filled["tariff"], filled["cold_tariff"] = str(first.hot_rub), str(first.cold_rub)
        filled["later"] = [
            {
                "from": price.since.isoformat(),
                "tariff": str(price.hot_rub),
                "cold_tariff": str(price.cold_rub),
            }
            for price in later
        ]
        filled["basis"] = "; ".join(dict.fromkeys(price.act for price in reference.prices))[:300]
    return {**body, "hot_water": filled}


def _count(said: Any) -> int:
    text = str(said)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0


def told(reference: Reference) -> list[str]:
    """Return what would be filled in, in words."""
    found = [
        _("From %(day)s: hot water %(hot)s, cold water %(cold)s for 1 m³ (%(act)s).")
        % {
            "day": f"{price.since:%d.%m.%Y}",
            "hot": rubles(price.hot_rub),
            "cold": rubles(price.cold_rub),
            "act": price.act,
        }
        for price in reference.prices
    ]
    if reference.norm_m3:
        found.append(
            _("Norm of hot water: %(norm)s m³ for a person a month.")
            % {"norm": number(reference.norm_m3)}
        )
    return found
