"""`simulate_rating`: rate invented companies whose true quality is known; print how it went."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ratings import simulation


class Command(BaseCommand):
    help = "Print the table of docs/ratings.md: how often intervals and bands tell the truth."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rounds", type=int, default=200, help="years of 60 companies")
        parser.add_argument("--seed", type=int, default=20261125)

    def handle(self, *, rounds: int, seed: int, **_options: Any) -> None:
        for line in simulation.table(rounds=max(rounds, 1), seed=seed):
            self.stdout.write(line)
