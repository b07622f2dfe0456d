"""«What is mine»: everything that stands behind an address, for the page, the panel and the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.actors import Actor
from disclosure import facts
from disclosure.models import Building, ManagementCompany, SupplyPeriod
from outreach.models import HouseCouncil, OfficeHolder, Tos


@dataclass(frozen=True, kw_only=True)
class Council:
    """A council as everybody sees it: `chair` and `members` agreed to be shown, others are not."""

    council: HouseCouncil
    chair: OfficeHolder | None
    members: list[OfficeHolder]
    is_over: bool


@dataclass(frozen=True, kw_only=True)
class Mine:
    """What belongs to a house on a day."""

    house: Building
    tos: list[Tos]
    council: Council | None
    company: ManagementCompany | None
    supplies: list[SupplyPeriod]


def council_of(house: Building, *, on: date) -> Council | None:
    """Return the council of the house, None where there is none. Two queries."""
    council = (
        HouseCouncil.objects.standing(on).filter(building=house).order_by("-elected_on").first()
    )
    if council is None:
        return None
    shown = list(OfficeHolder.objects.shown(on).filter(council=council))
    return Council(
        council=council,
        chair=next((one for one in shown if one.role == "chair"), None),
        members=[one for one in shown if one.role == "member"],
        is_over=council.term_until is not None and council.term_until <= on,
    )


def tos_of(house: Building, actor: Actor, *, on: date) -> list[Tos]:
    """Return the ТОС the house belongs to. One query."""
    return list(
        Tos.objects.visible_to(actor).standing(on).of_building(house.pk).defer("boundary", "about")
    )


def of(house: Building, actor: Actor, *, on: date) -> Mine:
    """Return all of it. Five queries."""
    term = next((term for term in facts.terms_of(house, on=on) if term.is_current), None)
    return Mine(
        house=house,
        tos=tos_of(house, actor, on=on),
        council=council_of(house, on=on),
        company=term.company if term else None,
        supplies=facts.supplies_of(house, on=on),
    )
