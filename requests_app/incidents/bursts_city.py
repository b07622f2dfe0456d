"""
An invented city that sends requests for years, with frost weeks and faults known to the minute.

It exists to measure the test of bursts: `manage.py simulate_bursts` and the tests play it through
the same rules that watch the real city.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded, draws an invented city
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from requests_app.incidents.bursts import Scope
from requests_app.incidents.bursts_recent import Mark

# Requests a flat and year outside any fault, and how a month weighs (January first).
A_YEAR = {
    "heating": (0.16, (2.4, 2.3, 1.5, 0.9, 0.2, 0.05, 0.05, 0.05, 0.5, 1.3, 1.4, 1.9)),
    "hot_water": (0.14, (1.1, 1.1, 1.0, 1.0, 1.2, 1.3, 1.1, 0.9, 0.9, 0.8, 0.8, 0.8)),
    "cold_water": (0.14, (1.2, 1.2, 1.1, 1.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 1.0, 1.1)),
    "electricity": (0.10, (1.3, 1.2, 1.0, 0.9, 0.8, 0.8, 0.9, 0.9, 0.9, 1.0, 1.1, 1.2)),
}
# How the hours of a day weigh, midnight first: people call before work and after it.
OF_DAY = (3, 2, 1, 1, 1, 2, 8, 16, 20, 20, 17, 15, 14, 14, 14, 14, 15, 18, 22, 22, 18, 14, 9, 5)
OF_WEEK = (1.15, 1.05, 1.0, 1.0, 1.0, 0.9, 0.9)
# How many times more requests a frost week brings.
FROST = {"heating": 4.0, "hot_water": 1.6, "cold_water": 1.8, "electricity": 1.6}
FROST_WEEKS_A_WINTER = 3
_FROST_COMES = timedelta(hours=18)
# Neighbours about the same riser within four hours; the same caller once more.
ECHO, AGAIN = 0.04, 0.05
# Faults in a month, houses each touches, and which part of the flats calls about it.
FAULTS = {
    Scope.HOUSE: (4.0, (1, 1), (0.10, 0.25)),
    Scope.STREET: (3.0, (4, 16), (0.02, 0.06)),
    Scope.ZONE: (1.5, (20, 80), (0.01, 0.04)),
}
FAULT_LASTS_HOURS = (2, 14)
# After how long a person who finds out calls, on average; by night most wait for the morning.
CALLS_AFTER = timedelta(minutes=75)


@dataclass(frozen=True)
class House:
    """A house: its street, its zone (a district here) and its flats."""

    id: int
    street: int
    zone: str
    flats: int


@dataclass
class Fault:
    """What broke, where and when, and the requests that it brought."""

    utility: str
    scope: Scope
    began_at: datetime
    houses: tuple[int, ...]
    calls: list[Mark] = field(default_factory=list)


@dataclass
class Sent:
    """One request of the invented city."""

    mark: Mark
    utility: str
    fault: Fault | None = None


class City:
    """Houses on streets in districts, and all they send from `since` until `until`, in order."""

    def __init__(
        self, *, houses: int, since: datetime, until: datetime, zone: tzinfo, seed: int
    ) -> None:
        self.dice = random.Random(seed)  # noqa: S311
        self.since, self.until, self.time_zone = since, until, zone
        self.houses = self._built(houses)
        self.of_street: dict[int, list[House]] = {}
        self.of_zone: dict[str, list[House]] = {}
        for house in self.houses:
            self.of_street.setdefault(house.street, []).append(house)
            self.of_zone.setdefault(house.zone, []).append(house)
        self.flats = sum(house.flats for house in self.houses)
        self.frosts = self._frosts()
        self.faults: list[Fault] = []
        self._count = 0

    def _built(self, count: int) -> list[House]:
        found: list[House] = []
        street = 0
        while len(found) < count:
            street += 1
            district = f"район {street % 4 + 1}"
            found += [
                House(len(found) + order + 1, street, district, self.dice.choice(_FLATS))
                for order in range(self.dice.randint(6, 30))
            ]
        return found[:count]

    def _frosts(self) -> list[tuple[datetime, datetime]]:
        found = []
        for year in range(self.since.year - 1, self.until.year + 1):
            winter = datetime(year, 11, 20, tzinfo=self.since.tzinfo)
            for _ in range(FROST_WEEKS_A_WINTER):
                begins = winter + timedelta(days=self.dice.uniform(0, 100))
                found.append((begins, begins + timedelta(days=self.dice.uniform(4, 9))))
        return found

    def busy(self, utility: str, at: datetime) -> float:
        """Return how many times more than usual the weather makes of requests about a utility."""
        level = 1.0
        for begins, ends in self.frosts:
            if begins <= at <= ends:
                comes = min(1.0, min(at - begins, ends - at) / _FROST_COMES)
                level = max(level, 1.0 + (FROST[utility] - 1.0) * comes)
        return level

    def sends(self, *, with_faults: bool = True) -> list[Sent]:
        """Return every request of the years in the order of its time."""
        sent = list(self._ordinary())
        if with_faults:
            sent += self._faulty()
        return sorted(sent, key=lambda one: one.mark)

    def _ordinary(self) -> Iterator[Sent]:
        hour = self.since.replace(minute=0, second=0, microsecond=0)
        while hour < self.until:
            local = hour.astimezone(self.time_zone)
            weight = OF_DAY[local.hour] / sum(OF_DAY) * OF_WEEK[local.weekday()]
            for utility, (a_year, months) in A_YEAR.items():
                mean = self.flats * a_year / 365 * months[local.month - 1] * weight
                for _ in range(self._poisson(mean * self.busy(utility, hour))):
                    yield from self._one(utility, hour + self._within(timedelta(hours=1)))
            hour += timedelta(hours=1)

    def _one(self, utility: str, at: datetime) -> Iterator[Sent]:
        house = self.dice.choices(self.houses, [house.flats for house in self.houses])[0]
        flat = self.dice.randint(1, house.flats)
        yield Sent(self._mark(house, flat, at), utility)
        if self.dice.random() < AGAIN:
            yield Sent(self._mark(house, flat, at + self._within(timedelta(hours=6))), utility)
        while self.dice.random() < ECHO:
            at += self._within(timedelta(hours=4))
            yield Sent(self._mark(house, self.dice.randint(1, house.flats), at), utility)

    def _faulty(self) -> Iterator[Sent]:
        months = (self.until - self.since) / timedelta(days=30.4)
        for scope, (a_month, reach, share) in FAULTS.items():
            for _ in range(self._poisson(a_month * months)):
                began = self.since + self._within(self.until - self.since)
                utility = self.dice.choice(_likely_in(began.month))
                houses = self._touched(scope, self.dice.randint(*reach))
                fault = Fault(utility, scope, began, tuple(house.id for house in houses))
                self.faults.append(fault)
                lasts = timedelta(hours=self.dice.uniform(*FAULT_LASTS_HOURS))
                callers = self.dice.uniform(*share)
                for house in houses:
                    for _ in range(self._poisson(house.flats * callers)):
                        at = self._noticed(began, began + lasts)
                        if at is not None:
                            mark = self._mark(house, self.dice.randint(1, house.flats), at)
                            fault.calls.append(mark)
                            yield Sent(mark, utility, fault)
                fault.calls.sort()

    def _touched(self, scope: Scope, count: int) -> list[House]:
        if scope is Scope.HOUSE:
            return [self.dice.choice(self.houses)]
        if scope is Scope.STREET:
            street = self.of_street[self.dice.choice(list(self.of_street))]
            first = self.dice.randint(0, max(0, len(street) - count))
            return street[first : first + count]
        inside = self.of_zone[self.dice.choice(list(self.of_zone))]
        first = self.dice.randint(0, max(0, len(inside) - count))
        return inside[first : first + count]

    def _noticed(self, began: datetime, until: datetime) -> datetime | None:
        """Return when a person calls: soon by day, mostly in the morning after a night."""
        at = began
        while at < until:
            at += timedelta(seconds=self.dice.expovariate(1 / CALLS_AFTER.total_seconds()))
            awake = OF_DAY[at.astimezone(self.time_zone).hour] / max(OF_DAY)
            if self.dice.random() < min(1.0, awake * 1.4):
                return at if at < until else None
        return None

    def _mark(self, house: House, flat: int, at: datetime) -> Mark:
        self._count += 1
        return Mark(
            at, self._count, house.id, house.street, house.zone, f"flat {flat}", house.flats
        )

    def _within(self, span: timedelta) -> timedelta:
        return span * self.dice.random()

    def _poisson(self, mean: float) -> int:
        count, spent = 0, self.dice.expovariate(1.0)
        while spent < mean:
            count += 1
            spent += self.dice.expovariate(1.0)
        return count


_FLATS = (24, 36, 48, 60, 60, 80, 80, 108, 144, 216)


def _likely_in(month: int) -> tuple[str, ...]:
    """Return what breaks in a month; nothing breaks in radiators that are off."""
    return tuple(name for name in A_YEAR if name != "heating" or month not in (5, 6, 7, 8, 9))
