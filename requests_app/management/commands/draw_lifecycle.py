"""Draw the table of steps into docs/: a picture and a page; --check tells whether they are old."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from requests_app import step_picture


class Command(BaseCommand):
    """`manage.py draw_lifecycle [--check]`."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check."""
        parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if old")

    def handle(self, *, check: bool = False, **_options: Any) -> None:
        """Write what changed, or say what is old."""
        folder = settings.BASE_DIR / "docs"
        made = {"lifecycle.svg": step_picture.svg(), "lifecycle.md": step_picture.page()}
        for name, text in made.items():
            path = folder / name
            if path.exists() and path.read_text(encoding="utf-8") == text:
                continue
            if check:
                raise CommandError(f"docs/{name} is old: run manage.py draw_lifecycle")
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"docs/{name} written")
