"""Plays years of an invented city through the test of bursts: what it found, when, what falsely."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from requests_app.incidents import bursts
from requests_app.incidents.bursts import Scope
from requests_app.incidents.bursts_city import City
from requests_app.incidents.bursts_trial import Trial, median_of, run

_BEGINS = datetime(2023, 1, 1, tzinfo=UTC)
_LEARNS = timedelta(days=365)
# How many requests a fault brought: fewer than three are never told of.
_CALLS = (0, 3, 6, 10)
_STATED = bursts.FALSE_ALARMS_A_MONTH


class Command(BaseCommand):
    help = "Measure the burst test on an invented city: delay, share found, false alarms a month."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--houses", type=int, default=600)
        parser.add_argument("--years", type=int, default=2, help="measured; one more is learnt")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        city = City(
            houses=options["houses"],
            since=_BEGINS,
            until=_BEGINS + _LEARNS + timedelta(days=365 * options["years"]),
            zone=ZoneInfo(settings.TIME_ZONE),
            seed=options["seed"],
        )
        trial = run(city, learn=_LEARNS)
        for line in table(trial, city):
            self.stdout.write(line)


def table(trial: Trial, city: City) -> list[str]:
    """Return the Markdown lines of what the trial showed."""
    lines = [
        f"{len(city.houses)} houses, {city.flats:,} flats, {trial.requests:,} requests",
        f"{trial.months:.0f} months, {len(trial.faults)} faults, {len(city.frosts)} frost weeks",
        "",
        "| fault of a | with requests | faults | found | median delay | since its third request |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for scope in Scope:
        for least in _CALLS:
            faults = trial.of(scope, least_calls=least)
            found = trial.found(faults)
            share = f"{len(found) / len(faults):.0%}" if faults else "–"
            lines.append(
                f"| {scope} | ≥ {least} | {len(faults)} | {share}"
                f" | {_minutes(trial, faults)} | {_minutes(trial, faults, since_call=3)} |"
            )
    lines += [
        "",
        f"False alarms a month: {trial.false_a_month:.2f}; stated: at most {_STATED:.2f}.",
        f"Proposals: {len(trial.raised)}; of a fault already proposed: {trial.repeated}.",
    ]
    return lines


def _minutes(trial: Trial, faults: list[Any], *, since_call: int = 0) -> str:
    delay = median_of(trial.delays(faults, since_call=since_call))
    return f"{delay.total_seconds() / 60:.0f} min"
