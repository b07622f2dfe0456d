"""Two years of requests: when they come, about what, from which house; and the demo's own ones."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, draws an invented city
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from operator import itemgetter
from typing import Any

from django.db import connection
from django.utils import timezone

from contact_center.demo_city import people, stories
from contact_center.demo_city.album import Album
from contact_center.demo_city.copying import Sender
from contact_center.demo_city.founding import Town
from contact_center.demo_city.lives import Life, Organisation
from contact_center.demo_city.plots import Plot, local_day
from contact_center.demo_city.rows import Book, Telling
from contact_center.demo_city.scenes import Scene, scenes
from requests_app import clocks, promises, special_days
from requests_app.models import Author, Category, Norm
from requests_app.statuses import Channel

YEARS = timedelta(days=730)
# Letters older than this have been pruned, as a living portal prunes them.
LETTERS_KEPT = timedelta(days=30)
PHOTOS_KEPT = timedelta(days=120)
BATCH = 5_000
# Few people file at night; the rest of the day has two hills.
_HOURS = (2, 1, 1, 1, 1, 2, 5, 9, 12, 13, 12, 11, 10, 10, 9, 9, 10, 12, 14, 15, 13, 10, 7, 4)
_WEEKDAYS = (1.25, 1.1, 1.05, 1.0, 1.0, 0.8, 0.7)
_CHANNELS = (Channel.WEB, Channel.PHONE, Channel.API, Channel.RECEPTION)
_CHANNEL_SHARES = (62, 32, 3, 3)


BY_STAFF = frozenset({Channel.PHONE, Channel.RECEPTION})
HOME_FLAT = "37"
HOME_PHONE = "+79000000037"


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, by which way, and the operator who takes it up."""

    channel: Channel
    operator: int
    resident: int | None
    name: str
    email: str
    phone: str
    flat: str = ""

    @property
    def by_staff(self) -> bool:
        """Whether an operator wrote it down."""
        return self.channel in BY_STAFF

    @property
    def author(self) -> Author:
        """On whose side the first line stands."""
        return Author.OPERATOR if self.by_staff else Author.RESIDENT

    @property
    def filed_by(self) -> int | None:
        """The account that filed it."""
        return self.operator if self.by_staff else self.resident


class Years:
    """Invents requests in the order of their filing and hands their rows to the book."""

    def __init__(
        self, town: Town, book: Book, album: Album, *, requests: int, now: datetime
    ) -> None:
        self.town, self.book, self.requests, self.now = town, book, requests, now
        self.dice = random.Random(2026)
        self.zone = timezone.get_current_timezone()
        self.norms = _norms(local_day(now))
        self.pages = {slug: stories.MATTERS.get(slug, stories.OTHER) for slug in self.norms}
        self.slugs = list(self.norms)
        self.by_month = [
            list(
                accumulate(
                    self.pages[slug].weight * self.pages[slug].months[m] for slug in self.slugs
                )
            )
            for m in range(12)
        ]
        # Asked of the database now: later it is busy copying while requests are made.
        years = range((now - YEARS - timedelta(days=1)).year, local_day(now).year + 1)
        self.calendars = {year: special_days.calendar_of(year) for year in years}
        self.numbers = {year: _last_number(year) for year in years}
        self.recent: dict[int, tuple[int, str, int]] = {}
        # Chance must not favour the first streets of the list.
        self.places = list(range(len(town.buildings)))
        self.dice.shuffle(self.places)
        self.album = album
        self.photos_since = now - PHOTOS_KEPT

    def days(self, requests: int) -> Iterator[tuple[date, int]]:
        """Yield each day and how many requests it brings: more in winter, more every month."""
        today = local_day(self.now)
        first = today - YEARS
        days = [first + timedelta(days=n) for n in range(YEARS.days + 1)]
        weights = [
            (0.45 + 0.55 * n / len(days))
            * self.by_month[day.month - 1][-1]
            * _WEEKDAYS[day.weekday()]
            for n, day in enumerate(days)
        ]
        total, walked, placed = sum(weights), 0.0, 0
        for day, weight in zip(days, weights, strict=True):
            walked += weight
            upto = round(requests * walked / total)
            yield day, upto - placed
            placed = upto

    def invent(self, progress: Callable[[int], Any]) -> None:
        """Write all requests, a batch at a time."""
        told = scenes(self.town, set(self.norms), requests=self.requests, at=self.now)
        by_day: dict[date, list[Scene]] = {}
        for scene in told:
            by_day.setdefault(local_day(scene.at), []).append(scene)
        with Sender() as sender:
            self._invent(told, by_day, sender, progress)
        self.keep_numbers()

    def _invent(
        self,
        told: list[Scene],
        by_day: dict[date, list[Scene]],
        sender: Sender,
        progress: Callable[[int], Any],
    ) -> None:
        kept = 0
        for day, count in self.days(self.requests - len(told)):
            filed: list[tuple[datetime, Scene | None]] = [
                (moment, None) for moment in self._moments(day, count)
            ]
            filed += [(scene.at, scene) for scene in by_day.get(day, ())]
            for moment, scene in sorted(filed, key=itemgetter(0)):
                self.one(moment, scene)
            kept += len(filed)
            if kept >= BATCH:
                sender.send((*self.book.tables, self.album.uploads))
                kept = 0
            progress(len(filed))
        sender.send((*self.book.tables, self.album.uploads))

    def _moments(self, day: date, count: int) -> list[datetime]:
        midnight = datetime.combine(day, time(), self.zone).astimezone(UTC)
        length = 86_399
        if day == local_day(self.now):
            length = max(int((self.now - midnight).total_seconds()) - 120, 1)
        dice = self.dice
        return sorted(
            midnight
            + timedelta(
                seconds=(hour * 3600 + dice.randrange(3600)) % length,
                microseconds=dice.randrange(1_000_000),
            )
            for hour in dice.choices(range(24), _HOURS, k=count)
        )

    def one(self, at: datetime, scene: Scene | None) -> None:
        """Invent one request filed at the moment and live it through to the present."""
        dice, town = self.dice, self.town
        local = timezone.localtime(at)
        slug = scene.slug if scene else self._slug(local.month)
        category, norm = self.norms[slug]
        matter = self.pages[slug]
        place = scene.place if scene else int(dice.random() ** 1.3 * len(self.places))
        if not scene:
            place = self.places[place]
        building = town.buildings[place]
        request_id, number = self.book.request_ids.next(), self._number(local.year)
        person = self._person(request_id, scene)
        kind = promises.kind_for(norm)
        life = Life(
            registered_at=at,
            category=category.pk,
            executor=town.answers(place, norm.answers, norm.utility, local.date()),
            legal_kind=kind,
            # Rows are being sent on this very connection: a question to it would wait for ever.
            promised=promises.first(
                norm, kind, registered_at=at, calendar=self.calendars[local.year]
            ),
            promise=clocks.promise(
                kind,
                norm.limits(),
                registered_at=at,
                calendar=self.calendars[local.year],
                zone=self.zone,
            ),
            public=dice.random() < matter.public,
            incident=scene.incident if scene else None,
        )
        life.file(author=person.author, user=person.filed_by)
        Plot(
            life=life,
            matter=matter,
            dice=dice,
            now=self.now,
            operator=person.operator,
            resident=person.resident,
            elsewhere=lambda: self._elsewhere(place, life.executor, local.date()),
            earlier=self._earlier(building.pk, category.pk),
            is_emergency=category.emergency,
            turns=scene.turns if scene else None,
            until=scene.until if scene else "",
            act_scan=self._act_scan,
        ).tell()
        self.recent[building.pk] = (request_id, number, category.pk)
        wants_photo = scene.photo if scene else dice.random() < 0.4
        photo = None
        if matter.photo and wants_photo and not person.by_staff and at > self.photos_since:
            photo = self.album.take(matter.photo, by=person.resident, at=at)
        told = Telling(
            number=number,
            uid=uuid.UUID(int=dice.getrandbits(128), version=4),
            channel=person.channel,
            building=building.pk,
            address=building.address,
            entrance=str(dice.randint(1, building.entrances or 1)) if dice.random() < 0.5 else "",
            flat=person.flat or self._flat(building.flats or 1),
            description=stories.description(matter, category.name, dice),
            resident=person.resident,
            name=person.name,
            email=person.email,
            phone=person.phone,
            category_name=category.name,
            norm=norm,
            is_emergency=category.emergency,
            uploads=(photo,) if photo else (),
        )
        self.book.write(request_id, life, told)

    def _slug(self, month: int) -> str:
        return self.dice.choices(self.slugs, cum_weights=self.by_month[month - 1])[0]

    def _flat(self, flats: int) -> str:
        # Whoever writes about the yard or the lift often leaves the flat out.
        return str(self.dice.randint(1, flats)) if self.dice.random() < 0.92 else ""

    def _person(self, order: int, scene: Scene | None) -> Person:
        dice, cast = self.dice, self.town.cast
        operator = dice.choice(cast.operators)
        if scene and scene.resident is not None:
            part = people.PARTS["resident"]
            return Person(
                Channel.WEB, operator, scene.resident, part.name, part.email, HOME_PHONE, HOME_FLAT
            )
        channel = dice.choices(_CHANNELS, _CHANNEL_SHARES)[0]
        by_staff = channel in BY_STAFF
        resident = None
        if channel == Channel.WEB and cast.residents and dice.random() < 0.4:
            resident = dice.choice(cast.residents)
        name, phone, email = people.contact(dice, order)
        if by_staff and dice.random() < 0.7:
            email = ""
        elif not by_staff and dice.random() < 0.25:
            phone = ""
        return Person(channel, operator, resident, name, email, phone)

    def _act_scan(self, at: datetime) -> uuid.UUID | None:
        if at < self.photos_since or self.dice.random() > 0.25:
            return None
        return self.album.take("act", by=None, at=at)

    def _earlier(self, building: int, category: int) -> tuple[int, str] | None:
        found = self.recent.get(building)
        return found[:2] if found and found[2] == category else None

    def _elsewhere(self, place: int, now: Organisation, on: date) -> Organisation | None:
        """Return another organisation that serves the house: its company, or a supplier."""
        company = self.town.company(place, on)
        if company is not now and company.company is not None:
            return company
        return self.dice.choice(self.town.suppliers)

    def _number(self, year: int) -> str:
        self.numbers[year] += 1
        return f"{year % 100:02d}-{self.numbers[year]:06d}"

    def keep_numbers(self) -> None:
        """Let the next real request take the number behind the last invented one."""
        with connection.cursor() as cursor:
            for year, last in self.numbers.items():
                cursor.execute(
                    "SELECT setval(%s::regclass, %s)", [f"requests_app_number_{year}", max(last, 1)]
                )


def _last_number(year: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT requests_app_next_number(%s)", [year])
        number: int = cursor.fetchone()[0]
    return number - 1


def _norms(day: date) -> dict[str, tuple[Category, Norm]]:
    """Return the open matters with the norm of the day, by code; danger and foreign ones too."""
    found = (
        Norm.objects.select_related("category__parent")
        .filter(in_force__contains=day, category__is_open=True)
        .exclude(category__stop_kind="call_first")
        .order_by("category__position", "category__slug")
    )
    return {norm.category.slug: (norm.category, norm) for norm in found}
