"""Write the table of worked examples into docs/recalculation.md, or check that it is fresh."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from claims.vectors import VECTORS, Vector

BEGIN, END = "<!-- vectors: manage.py show_vectors -->", "<!-- /vectors -->"
_WORDS = {
    "hours": "{} ч",
    "percent": "{} %",
    "reduction": "−{} ₽",
    "to_pay": "к оплате {} ₽",
    "interruption": "0,15 %: {} ₽",
    "volume_not_supplied": "объём: {} ₽",
    "fine": "штраф {} ₽",
}


class Command(BaseCommand):
    """`manage.py show_vectors [--check]`: computes each example anew."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check."""
        parser.add_argument("--check", action="store_true", help="exit 1 if the page is stale")

    def handle(self, *, check: bool = False, **_options: Any) -> None:
        """Put the table between its two marks."""
        page = Path(settings.BASE_DIR) / "docs" / "recalculation.md"
        old = page.read_text(encoding="utf-8")
        head, rest = old.split(BEGIN)
        tail = rest.split(END)[1]
        new = f"{head}{BEGIN}\n\n{table()}\n\n{END}{tail}"
        if check and new != old:
            raise CommandError("docs/recalculation.md is stale: manage.py show_vectors")
        page.write_text(new, encoding="utf-8")
        self.stdout.write(f"{len(VECTORS)} examples")


def table() -> str:
    """Return the table as Markdown, computed now."""
    rows = ["| № | Услуга | Дано | Получается |", "| --- | --- | --- | --- |"]
    rows += [
        f"| {vector.name} | {vector.about} | {vector.told} | {_said(vector)} |"
        for vector in VECTORS
    ]
    return "\n".join(rows)


def _said(vector: Vector) -> str:
    found = vector.outcome()
    return "; ".join(
        words.format(found[key].replace(".", ","))
        for key, words in _WORDS.items()
        if key in vector.expected
    )
