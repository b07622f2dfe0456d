"""
A storm over the running portal: processes are killed at random while people file, and afterwards
everything is counted.

`make chaos` runs it for minutes and prints the table of docs/reliability.md; test_chaos.py runs a
short one.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
import urllib.error
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from random import Random  # noqa: TID251 - a storm that can be had again
from typing import TYPE_CHECKING

if __name__ == "__main__":
    # Before Django reads its settings: a database and a Redis of the storm's own.
    import tests.servers  # noqa: F401

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")
    import django

    django.setup()

from django.db.models import Count, Min, Q
from django.utils.timezone import now

from notifications.models import ChannelCode, Message, State
from requests_app.models import Request
from tests.live import LivePortal
from tests.service.city import body_of, file

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from disclosure.models import Building

MOST_DUPLICATES = 0.005
# The web server's limit of parallel work; more would only wait at its door.
_HANDS = 12
_DRAIN_SECONDS = 300.0
_PERSON = "person"


@dataclass
class Outcome:
    """What a storm left; counts of requests and letters, seconds."""

    seconds: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    filed: int = 0
    tries: int = 0
    requests_lost: int = 0
    requests_twice: int = 0
    letters: int = 0
    letters_lost: int = 0
    letters_twice: int = 0
    oldest_lag: float = 0.0
    drained_after: float = 0.0

    @property
    def duplicates(self) -> float:
        """The share of letters that arrived more than once."""
        return self.letters_twice / self.letters if self.letters else 0.0

    def rows(self) -> list[tuple[str, str]]:
        """Return the table of docs/reliability.md."""
        told = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
        return [
            ("length", f"{self.seconds:.0f} s"),
            ("faults", f"{self.faults.total()}: {told}"),
            ("requests filed", f"{self.filed} in {self.tries} tries"),
            ("requests lost", str(self.requests_lost)),
            ("requests filed twice", str(self.requests_twice)),
            ("letters", str(self.letters)),
            ("letters lost", str(self.letters_lost)),
            ("letters that came twice", f"{self.letters_twice} ({self.duplicates:.2%})"),
            ("oldest letter waiting", f"{self.oldest_lag:.1f} s"),
            ("all sent after the storm", f"{self.drained_after:.1f} s"),
        ]


class Storm:
    """One storm: people who file, faults that come, and a watch on the oldest letter."""

    def __init__(
        self,
        portal: LivePortal,
        building: Building,
        *,
        seconds: float,
        rate: float,
        faults: int,
        seed: int,
    ) -> None:
        self.portal = portal
        self.building = building
        self.seconds = seconds
        self.rate = rate
        self.faults = faults
        self.dice = Random(seed)
        self.outcome = Outcome(seconds=seconds)
        self._numbers: dict[str, str] = {}
        self._counting = threading.Lock()

    def rage(self) -> Outcome:
        """File and break for `seconds`, then make all whole, wait for the letters and count."""
        filing = threading.Thread(target=self._file_all, daemon=True)
        filing.start()
        # This thread breaks and looks. It starts the killed again, and a process that asks to die
        # with its parent dies with the thread that started it; and a test's other threads may not
        # ask the database.
        faults, began = self._faults(), time.monotonic()
        for place in range(self.faults):
            due = began + (place + 1) * self.seconds / (self.faults + 1)
            while time.monotonic() < due:
                self._look()
            name, fault = self.dice.choice(faults)
            fault()
            self.outcome.faults[name] += 1
        self.portal.repair()
        while filing.is_alive():
            self._look()
        began = time.monotonic()
        until = began + _DRAIN_SECONDS
        while self._look() and time.monotonic() < until:
            pass
        self.outcome.drained_after = time.monotonic() - began
        self._count()
        return self.outcome

    def _file_all(self) -> None:
        began = time.monotonic()
        with ThreadPoolExecutor(_HANDS) as hands:
            for place in range(int(self.seconds * self.rate)):
                pause = began + place / self.rate - time.monotonic()
                if pause > 0:
                    time.sleep(pause)
                hands.submit(self._file_one, place)

    def _file_one(self, place: int) -> None:
        """File until a number comes back, by one key, as a program does that hears nothing."""
        key = str(uuid.UUID(int=self.dice.getrandbits(128)))
        contact = {"name": "Анна Петрова", "email": f"{_PERSON}{place}@example.org"}
        body = body_of(self.building, contact=contact, flat=str(place % 300 + 1))
        until = time.monotonic() + self.seconds + _DRAIN_SECONDS
        while time.monotonic() < until:
            with self._counting:
                self.outcome.tries += 1
            try:
                status, answer, _seconds = file(self.portal, body, key=key)
            # Half an answer is none: the server died while it spoke.
            except (urllib.error.URLError, OSError, ValueError, HTTPException):
                status = 0
            if status == 201:
                with self._counting:
                    self._numbers[key] = answer["number"]
                return
            time.sleep(0.3)

    def _faults(self) -> list[tuple[str, Callable[[], None]]]:
        return [
            *((name, lambda name=name: self._kill(name)) for name in self.portal.children),
            ("redis", self._redis_dies),
            ("redis emptied", self._redis_forgets),
            ("redis frozen", self._redis_freezes),
            ("mail server", self._mail_dies),
            ("mail server refuses", self._mail_refuses),
        ]

    def _pause(self) -> None:
        time.sleep(self.dice.uniform(0.05, 0.6))

    def _kill(self, name: str) -> None:
        self.portal.kill(name)
        self._pause()
        self.portal.restart(name)

    def _redis_dies(self) -> None:
        child = self.portal.redis.child
        assert child
        for process in child.tree():
            process.kill()
        child.stop()
        self._pause()
        self.portal.redis.start()

    def _redis_forgets(self) -> None:
        import redis

        redis.Redis.from_url(self.portal.redis.url, socket_timeout=5).flushall()

    def _redis_freezes(self) -> None:
        with self.portal.frozen_redis():
            self._pause()

    def _mail_dies(self) -> None:
        self.portal.mailbox.stop()
        self._pause()
        self.portal.mailbox.start()

    def _mail_refuses(self) -> None:
        self.portal.mailbox.refuses = True
        self._pause()
        self.portal.mailbox.refuses = False

    def _look(self) -> bool:
        """Note how long the oldest due letter has waited; return whether any waits at all."""
        time.sleep(0.25)
        waiting = letters_to_people().filter(state__in=[State.QUEUED, State.LEASED])
        at = now()
        found = waiting.aggregate(
            oldest=Min("not_before", filter=Q(not_before__lte=at)), all=Count("pk")
        )
        if found["oldest"]:
            lag = (at - found["oldest"]).total_seconds()
            self.outcome.oldest_lag = max(self.outcome.oldest_lag, lag)
        return bool(found["all"])

    def _count(self) -> None:
        kept = Counter(Request.objects.values_list("number", flat=True))
        outcome = self.outcome
        outcome.filed = len(self._numbers)
        outcome.requests_lost = len([one for one in self._numbers.values() if not kept[one]])
        # A key is one request: whatever is kept beyond the keys was filed a second time.
        outcome.requests_twice = kept.total() - len(set(self._numbers.values()))
        arrived = Counter(
            letter["Message-ID"]
            for letter in self.portal.mailbox.letters
            if letter["X-Envelope-To"].startswith(_PERSON)
        )
        outcome.letters = letters_to_people().count()
        outcome.letters_lost = outcome.letters - len(arrived)
        outcome.letters_twice = sum(count - 1 for count in arrived.values())


def letters_to_people() -> QuerySet[Message]:
    """Return the letters to those who file; a dispatcher's many are folded and wait for that."""
    return Message.objects.filter(channel=ChannelCode.EMAIL, recipient__startswith=_PERSON)


def one_house() -> Building:
    """Return a house that a company manages: its dispatcher gets letters too."""
    from datetime import date

    from disclosure.models import (
        Building,
        ManagementCompany,
        ManagementPeriod,
        Street,
    )
    from tests.city_fixtures import COMPANY_INN

    street = Street.objects.create(settlement="Город", name="ул. Бурная", search_name="бурная")
    house = Building.objects.create(
        street=street, house="1", search_house="1", address="Город, ул. Бурная, д. 1"
    )
    company = ManagementCompany.objects.create(
        inn=COMPANY_INN, name="ООО «Штиль»", phone="+78422000001", email="desk@calm.example.org"
    )
    ManagementPeriod.objects.create(
        building=house, company=company, during=(date(2020, 1, 1), None)
    )
    return house


def main() -> int:
    """Run a storm on a portal of its own and print its table; 1 when something was lost."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=540.0)
    parser.add_argument("--rate", type=float, default=45.0, help="requests a second")
    parser.add_argument("--faults", type=int, default=147)
    parser.add_argument("--seed", type=int, default=20261129)
    args = parser.parse_args()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_roles", verbosity=0)
    call_command("load_categories", verbosity=0)
    building = one_house()
    with tempfile.TemporaryDirectory(prefix="chaos-") as home:
        portal = LivePortal(Path(home), with_beat=True)
        portal.start()
        try:
            outcome = Storm(
                portal,
                building,
                seconds=args.seconds,
                rate=args.rate,
                faults=args.faults,
                seed=args.seed,
            ).rage()
        finally:
            portal.stop()
    width = max(len(name) for name, _value in outcome.rows())
    print("\n".join(f"{name:<{width}}  {value}" for name, value in outcome.rows()))
    print(json.dumps({"lost": outcome.requests_lost + outcome.letters_lost}))
    whole = not (outcome.requests_lost or outcome.requests_twice or outcome.letters_lost)
    return 0 if whole and outcome.duplicates <= MOST_DUPLICATES else 1


if __name__ == "__main__":
    sys.exit(main())
