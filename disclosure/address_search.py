"""Finds buildings by what people type: one statement over trigrams of streets, then house keys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FoundBuilding:
    """A building of the answer and who manages it today ("" where the registry does not say)."""

    id: int
    address: str
    company_id: int | None
    company_inn: str
    company_name: str
    company_phone: str
    lat: float | None
    lon: float | None
