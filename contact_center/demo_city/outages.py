"""Incidents of the invented city: two that go on now, one planned, some of the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from contact_center.demo_city.founding import Town
from disclosure.utilities import Utility
from requests_app.models import Category, Ending, Incident, IncidentBuilding, IncidentKind


@dataclass(frozen=True, kw_only=True)
class Outage:
    """One incident over some houses of a street."""

    street: str
    houses: int
    kind: str
    utility: str
    category: str
    title: str
    text: str
    begins: timedelta  # from now
    lasts: timedelta
    is_over: bool = False
    joined: int = 0  # how many residents asked about it


_H = timedelta(hours=1)
OUTAGES = (
    Outage(
        street="ул. Нагорная", houses=9, kind=IncidentKind.FAULT, utility=Utility.HEATING,
        category="ht_none", title="Нет отопления: повреждение на теплотрассе",
        text="Бригада теплосетей вскрыла участок у дома 4, меняют трубу. Тепло вернётся вечером.",
        begins=-5 * _H, lasts=11 * _H, joined=7,
    ),
    Outage(
        street="ул. Авиаторов", houses=6, kind=IncidentKind.FAULT, utility=Utility.ELECTRICITY,
        category="el_none", title="Нет света: авария на подстанции",
        text="Электросети переключают дома на резервную линию.",
        begins=-1 * _H, lasts=3 * _H, joined=4,
    ),
    Outage(
        street="просп. Строителей", houses=12, kind=IncidentKind.PLANNED,
        utility=Utility.COLD_WATER, category="cw_planned",
        title="Плановое отключение холодной воды",
        text="Водоканал меняет задвижки в колодцах. Запаситесь водой заранее.",
        begins=34 * _H, lasts=8 * _H,
    ),
    Outage(
        street="ул. Вокзальная", houses=8, kind=IncidentKind.FAULT, utility=Utility.COLD_WATER,
        category="cw_none", title="Нет холодной воды: порыв на вводе",
        text="Порыв устранён, вода подана.",
        begins=-9 * 24 * _H, lasts=6 * _H, is_over=True, joined=5,
    ),
    Outage(
        street="ул. Космонавтов", houses=5, kind=IncidentKind.FAULT, utility=Utility.HEATING,
        category="ht_riser", title="Холодные стояки: прорыв в подвале",
        text="Лопнувший участок заменён, стояки прогрелись.",
        begins=-6 * 24 * _H, lasts=43 * _H, is_over=True, joined=9,
    ),
    Outage(
        street="ул. Соборная", houses=7, kind=IncidentKind.PLANNED, utility=Utility.HOT_WATER,
        category="hw_none", title="Испытания тепловых сетей",
        text="Испытания закончены в срок.",
        begins=-120 * 24 * _H, lasts=9 * 24 * _H, is_over=True,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Joined:
    """A request to come about an incident: when, where, what."""

    at: datetime
    place: int
    category: str
    incident: int


def announce(town: Town, *, at: datetime) -> list[Joined]:
    """Store the incidents and return the requests that residents will file about them."""
    categories = {category.slug: category for category in Category.objects.all()}
    joined: list[Joined] = []
    for outage in OUTAGES:
        category = categories.get(outage.category)
        places = [
            place
            for place, building in enumerate(town.buildings)
            if building.street.name == outage.street
        ][: outage.houses]
        if category is None or not places:
            continue
        begins = at + outage.begins
        if outage.kind == IncidentKind.PLANNED:
            morning = datetime.combine(
                timezone.localtime(begins).date(), time(9), timezone.get_current_timezone()
            )
            begins = morning.astimezone(at.tzinfo)
        ends = begins + outage.lasts
        row = Incident.objects.create(
            kind=outage.kind,
            utility=outage.utility,
            category=category,
            title=outage.title,
            text=outage.text,
            started_at=begins,
            expected_end_at=ends,
            ended_at=ends if outage.is_over else None,
            ending=Ending.OVER if outage.is_over else "",
            act_signed_on=timezone.localtime(ends).date() if outage.is_over else None,
            act_signer="Мастер Рыбаков С. П." if outage.is_over else "",
            created_by_id=town.cast.operators[0],
        )
        IncidentBuilding.objects.bulk_create(
            IncidentBuilding(incident=row, building=town.buildings[place]) for place in places
        )
        until = ends if outage.is_over else at
        joined += [
            Joined(
                begins + (until - begins) * (order + 1) / (outage.joined + 2),
                places[order % len(places)],
                outage.category,
                row.pk,
            )
            for order in range(outage.joined)
        ]
    return joined
