"""`seed_demo`: found the invented city, once, and say how to enter it."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from contact_center.demo_city import people, settling
from contact_center.demo_city.founding import SMALL


class Command(BaseCommand):
    help = "Fill an empty portal with the invented city; DEMO=1 only. A second run only prints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--requests", type=int, default=SMALL, help="how many requests")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, requests: int, json: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The invented city is for the demo: start with DEMO=1.")
        if requests < 1:
            raise CommandError("--requests must be at least 1.")
        try:
            settling.settle(requests=requests, at=now(), says=sys.stderr)
        except settling.CannotSettle as reason:
            raise CommandError(str(reason)) from None
        said = {
            "url": settings.PUBLIC_URL,
            "accounts": {
                role: {"email": part.email, "password": part.password, "token": token}
                for role, token in people.issue_tokens(at=now()).items()
                for part in [people.PARTS[role]]
            },
            "counts": settling.counts(),
        }
        self.stdout.write(_as_json(said) if json else _as_text(said))


def _as_json(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2)


def _as_text(said: dict[str, Any]) -> str:
    lines = [str(said["url"])]
    lines += [
        f"{role:<10} {account['email']:<34} {account['password']:<16} {account['token']}"
        for role, account in said["accounts"].items()
    ]
    lines += [f"{count:>12,} {name}" for name, count in said["counts"].items()]
    return "\n".join(lines)
