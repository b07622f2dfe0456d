"""Two years of requests: when they come, about what, from which house; and the demo's own ones."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, draws an invented city
import uuid
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from django.db import connection
from django.utils import timezone

from contact_center.demo_city import people, stories
from contact_center.demo_city.founding import Town
from contact_center.demo_city.lives import Life, Organisation
from contact_center.demo_city.plots import Plot
from contact_center.demo_city.rows import Book, Telling, local_day
from requests_app import calendar, deadlines
from requests_app.models import Author, Category, Norm
from requests_app.statuses import Channel

YEARS = timedelta(days=730)
# Letters older than this have been pruned, as a living portal prunes them.
LETTERS_KEPT = timedelta(days=30)
BATCH = 5_000
# Few people file at night; the rest of the day has two hills.
_HOURS = (2, 1, 1, 1, 1, 2, 5, 9, 12, 13, 12, 11, 10, 10, 9, 9, 10, 12, 14, 15, 13, 10, 7, 4)
_WEEKDAYS = (1.25, 1.1, 1.05, 1.0, 1.0, 0.8, 0.7)
_CHANNELS = (Channel.WEB, Channel.PHONE, Channel.API, Channel.RECEPTION)
_CHANNEL_SHARES = (62, 32, 3, 3)


class Years:
    """Invents requests in the order of their filing and hands their rows to the book."""

    def __init__(self, town: Town, book: Book, *, requests: int, now: datetime) -> None:
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
        self.numbers: dict[int, int] = {}
        self.recent: dict[int, tuple[int, str, int]] = {}
        self.photos_wanted: list[tuple[str, datetime]] = []

    def days(self) -> Iterator[tuple[date, int]]:
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
            upto = round(self.requests * walked / total)
            yield day, upto - placed
            placed = upto

    def invent(self, progress: Callable[[int], Any]) -> None:
        """Write all requests, a batch at a time."""
        kept = 0
        for day, count in self.days():
            for moment in self._moments(day, count):
                self.one(moment)
            kept += count
            if kept >= BATCH:
                self.book.flush()
                kept = 0
            progress(count)
        self.book.flush()
        self.keep_numbers()

    def _moments(self, day: date, count: int) -> list[datetime]:
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone).astimezone(
            timezone.get_default_timezone() if False else self.now.tzinfo
        )
        length = 86_399
        if day == local_day(self.now):
            length = max(int((self.now - midnight).total_seconds()) - 120, 1)
        dice, found = self.dice, []
        for hour in dice.choices(range(24), _HOURS, k=count):
            seconds = hour * 3600 + dice.randrange(3600)
            found.append(
                midnight
                + timedelta(seconds=seconds % length, microseconds=dice.randrange(1_000_000))
            )
        return sorted(found)

    def one(
        self,
        at: datetime,
        *,
        slug: str = "",
        place: int | None = None,
        resident: int | None = None,
        photo: str = "",
    ) -> int:
        """Invent one request filed at the moment and live it through to the present."""
        dice, town = self.dice, self.town
        local = timezone.localtime(at)
        slug = slug or dice.choices(self.slugs, cum_weights=self.by_month[local.month - 1])[0]
        category, norm = self.norms[slug]
        matter = self.pages[slug]
        place = int(dice.random() ** 1.3 * len(town.buildings)) if place is None else place
        building = town.buildings[place]
        executor = town.answers(place, norm.answers, norm.utility, local.date())
        channel = dice.choices(_CHANNELS, _CHANNEL_SHARES)[0]
        operator = dice.choice(town.cast.operators)
        own = resident is not None
        if own:
            channel = Channel.WEB
        elif channel == Channel.WEB and dice.random() < 0.4 and town.cast.residents:
            resident = dice.choice(town.cast.residents)
        by_staff = channel in {Channel.PHONE, Channel.RECEPTION}
        life = Life(
            registered_at=at,
            category=category.pk,
            executor=executor,
            promise=deadlines.promise(
                norm.limits(), registered_at=at, calendar=calendar.current(local.year),
                zone=self.zone,
            ),
            public=dice.random() < matter.public,
        )  # fmt: skip
        life.file(
            author=Author.OPERATOR if by_staff else Author.RESIDENT,
            user=operator if by_staff else resident,
        )
        request_id = self.book.request_ids.next()
        number = self._number(local.year)
        Plot(
            life=life,
            matter=matter,
            dice=dice,
            now=self.now,
            operator=operator,
            resident=resident,
            elsewhere=lambda: self._elsewhere(place, life.executor, local.date()),
            earlier=self._earlier(building.pk, category.pk),
            is_emergency=category.emergency,
        ).tell()
        self.recent[building.pk] = (request_id, number, category.pk)
        name, phone, email = people.contact(dice, request_id)
        if own:
            name, phone, email = (
                people.PARTS["resident"].name,
                "+79000000037",
                people.PARTS["resident"].email,
            )
        flats = max(building.flats or 1, 1)
        told = Telling(
            number=number,
            uid=uuid.UUID(int=dice.getrandbits(128), version=4),
            channel=channel,
            building=building.pk,
            address=building.address,
            entrance=str(dice.randint(1, building.entrances or 1)) if dice.random() < 0.5 else "",
            flat="37" if own else str(dice.randint(1, flats)) if dice.random() < 0.92 else "",
            description=stories.description(matter, category.name, dice),
            resident=resident,
            name=name,
            email="" if by_staff and dice.random() < 0.7 else email,
            phone="" if not by_staff and dice.random() < 0.25 else phone,
            category_name=category.name,
            norm=norm,
            is_emergency=category.emergency,
        )
        self.book.write(request_id, life, told)
        return request_id

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
        if year not in self.numbers:
            with connection.cursor() as cursor:
                cursor.execute("SELECT requests_app_next_number(%s)", [year])
                self.numbers[year] = cursor.fetchone()[0] - 1
        self.numbers[year] += 1
        return f"{year % 100:02d}-{self.numbers[year]:06d}"

    def keep_numbers(self) -> None:
        """Let the next real request take the number behind the last invented one."""
        with connection.cursor() as cursor:
            for year, last in self.numbers.items():
                cursor.execute(
                    "SELECT setval(%s::regclass, %s)", [f"requests_app_number_{year}", last]
                )


def _norms(day: date) -> dict[str, tuple[Category, Norm]]:
    """Return the open matters with the norm of the day, by code; danger and foreign ones too."""
    found = (
        Norm.objects.select_related("category__parent")
        .filter(in_force__contains=day, category__is_open=True)
        .exclude(category__stop_kind="call_first")
        .order_by("category__position", "category__slug")
    )
    return {norm.category.slug: (norm.category, norm) for norm in found}
