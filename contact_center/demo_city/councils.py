"""ТОС and councils of the demo city: round the resident's house, and in three other places."""

from __future__ import annotations

import math
import random  # noqa: TID251 - seeded, draws an invented city
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.utils import timezone

from accounts.actors import System
from accounts.sanitising.kinds import Clean
from accounts.uploads import receiving
from contact_center.demo_city.drawing import KM_PER_LAT, KM_PER_LON
from disclosure.models import Building, Residence
from outreach.meetings import printing
from outreach.meetings.papers import Block, Paper, PaperKind
from outreach.models import (
    HouseCouncil,
    OfficeHolder,
    OfficeRole,
    ProjectState,
    Tos,
    TosKind,
    TosNews,
    TosProject,
)
from outreach.tos import houses

_NEAR = 6
_APART_KM = 3.2
# Name, kind, chair, phone, whether the chair agreed to be shown.
_TOS = (
    ("ТОС «Соседи»", TosKind.GROUP, "Морозова Ирина Викторовна", "+79000000101", True),
    ("ТОС «Липовая горка»", TosKind.QUARTER, "Степанов Олег Юрьевич", "+79000000102", True),
    ("ТОС «Берег»", TosKind.GROUP, "Гусева Нина Павловна", "+79000000103", False),
    ("ТОС «Станционный дворик»", TosKind.GROUP, "Ершов Павел Андреевич", "+79000000104", True),
)
_CHAIRS = (
    "Андреева Галина Сергеевна", "Белов Виктор Иванович", "Власова Мария Петровна",
    "Громов Алексей Николаевич", "Денисова Ольга Михайловна", "Зуев Роман Олегович",
)  # fmt: skip
_ABOUT = (
    "Соседи вместе ведут двор: сажают деревья, чинят площадку и помогают друг другу.\n\n"
    "- Собираемся **каждый первый четверг месяца**.\n"
    "- Ведём учёт заявок по дворам и ходим на приёмку работ.\n"
)
_PROJECTS = (
    ("Детская площадка во дворе", "Горка, качели, мягкое покрытие.", ProjectState.DONE, 780_000),
    ("Освещение дорожки к остановке", "Шесть светильников.", ProjectState.DOING, 240_000),
    ("Сквер с липами", "Сорок саженцев и скамейки.", ProjectState.PLANNED, None),
)


def gather(*, at: datetime) -> None:
    """Store ТОС with boundaries and houses, councils, and the people in them."""
    dice = random.Random(161)
    today = timezone.localtime(at).date()
    placed = list(Building.objects.exclude(lat=None).order_by("pk"))
    if not placed:
        return
    home = Residence.objects.select_related("building").order_by("pk").first()
    seeds = [home.building] if home else []
    for house in placed:
        if len(seeds) == len(_TOS):
            break
        if all(_km(house, seed) > _APART_KM for seed in seeds):
            seeds.append(house)
    charter = receiving.keep(_charter(), by=System(), at=at)
    charter.claimed_at = at
    charter.save(update_fields=["claimed_at"])
    for order, (seed, (name, kind, chair, phone, agreed)) in enumerate(
        zip(seeds, _TOS, strict=False)
    ):
        founded = today - timedelta(days=500 + 200 * order)
        tos = Tos.objects.create(
            name=name,
            kind=kind,
            district=seed.district,
            about=_ABOUT,
            charter_number=f"{17 + order}-ТОС",
            charter_on=founded + timedelta(days=40),
            charter=charter if order == 0 else None,
            office=f"{seed.address}, комната совета",
            hours="вторник и четверг, 17:00–19:00",
            founded_on=founded,
        )
        beside = [house for house in placed if house.district == seed.district]
        near = sorted(beside, key=partial(_km, seed))[:_NEAR]
        houses.draw(tos, _round(near, dice), at=at)
        OfficeHolder.objects.create(
            tos=tos,
            name=chair,
            phone=phone,
            since=founded,
            consent_on=founded if agreed else None,
            consent_paper="папка 3, лист 12" if agreed else "",
        )
        for place, (title, text, state, amount) in enumerate(_PROJECTS):
            TosProject.objects.create(
                tos=tos,
                title=title,
                text=text,
                state=state,
                year=today.year - 1 + place,
                amount_rub=None if amount is None else Decimal(amount),
            )
        TosNews.objects.create(
            tos=tos,
            title="Субботник во дворе",
            text="Собираемся в **10:00** у детской площадки. Перчатки и мешки выдадим на месте.",
            published_on=today - timedelta(days=3 + order),
        )
    _elect(seeds[:1] + dice.sample(placed, min(30, len(placed))), at=at)


def _elect(chosen: list[Building], *, at: datetime) -> None:
    dice = random.Random(44)
    today = timezone.localtime(at).date()
    for order, house in enumerate(dict.fromkeys(chosen)):
        elected = today - timedelta(days=60 if not order else dice.randrange(40, 900))
        council = HouseCouncil.objects.create(
            building=house, elected_on=elected, protocol_number=f"{1 + order % 4}/{elected.year}"
        )
        OfficeHolder.objects.create(
            council=council,
            role=OfficeRole.CHAIR,
            name=_CHAIRS[order % len(_CHAIRS)],
            phone=f"+79000000{200 + order}",
            since=elected,
            consent_on=None if order % 3 == 2 else elected,
        )
        OfficeHolder.objects.create(
            council=council,
            role=OfficeRole.MEMBER,
            name=_CHAIRS[(order + 1) % len(_CHAIRS)],
            entrances="1, 2",
            since=elected,
            consent_on=elected,
        )


def _km(one: Building, other: Building) -> float:
    assert one.lat is not None
    assert one.lon is not None
    assert other.lat is not None
    assert other.lon is not None
    north, east = (one.lat - other.lat) * KM_PER_LAT, (one.lon - other.lon) * KM_PER_LON
    return math.hypot(north, east)


def _round(near: list[Building], dice: random.Random) -> dict[str, object]:
    """Return a boundary round the houses with a margin, no straight box: nobody draws one."""
    lats, lons = [house.lat or 0 for house in near], [house.lon or 0 for house in near]
    lat, lon = (min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2
    reach = max(_km(Building(lat=lat, lon=lon), house) for house in near) + 0.06
    corners = []
    for step in range(12):
        turn, far = math.tau * step / 12, reach * dice.uniform(1.04, 1.16)
        corners.append(
            [
                round(lon + far * math.cos(turn) / KM_PER_LON, 6),
                round(lat + far * math.sin(turn) / KM_PER_LAT, 6),
            ]
        )
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


def _charter() -> Clean:
    paper = Paper(
        PaperKind.PROTOCOL,
        "Устав ТОС",
        [
            Block("title", "Устав территориального общественного самоуправления «Соседи»"),
            Block("heading", "1. Общие положения"),
            Block("text", "ТОС создан жителями для решения вопросов своей территории."),
            Block("heading", "2. Органы"),
            Block("text", "Собрание жителей, совет из пяти человек, председатель, ревизор."),
            Block("heading", "3. Имущество"),
            Block("text", "Взносы добровольны; отчёт о расходах – раз в год на собрании."),
        ],
    )
    data = printing.pdf(paper)
    return Clean("application/pdf", data, b"", None, None, 1)
