"""Compile the translations and say which texts have none in Russian."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import trans_real

from contact_center import catalogs


class Command(BaseCommand):
    """`manage.py catalog [--check]`; no gettext tool is needed."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check."""
        parser.add_argument("--check", action="store_true", help="exit 1 if anything is missing")

    def handle(self, *, check: bool = False, **_options: Any) -> None:
        """Compile, then print each missing text under its file."""
        written = catalogs.compile_changed(settings.LOCALE_PATHS)
        self.stdout.write(f"{written} catalogues compiled")
        wrong = missing()
        for path, texts in sorted(wrong.items()):
            self.stdout.write(f"\n{path.relative_to(settings.BASE_DIR)}")
            for said in texts:
                self.stdout.write(f"  {said.line}: {said.text!r}")
        written_in = catalogs.sources(settings.LOCALE_PATHS)
        faults = [fault for po in written_in for fault in catalogs.faults(po)]
        for fault in faults:
            self.stdout.write(fault)
        count = sum(map(len, wrong.values()))
        if check and (count or faults):
            raise CommandError(f"{count} texts without Russian, {len(faults)} faults")
        self.stdout.write(f"{count} texts without Russian")


def missing() -> dict[Path, list[catalogs.Said]]:
    """Return by file the texts that no Russian catalogue translates, Django's own included."""
    russian = trans_real.DjangoTranslation("ru")._catalog  # type: ignore[attr-defined]
    found = defaultdict(list)
    for said in catalogs.said_in(settings.BASE_DIR, rooms()):
        key: Any = (said.key, 0) if said.plural else said.key
        if not _has(russian, key):
            found[said.path].append(said)
    return dict(found)


def rooms() -> list[str]:
    """Return the folders of the portal's own apps."""
    own = (Path(config.path) for config in apps.get_app_configs())
    return sorted(path.name for path in own if path.parent == settings.BASE_DIR)


def _has(catalog: Any, key: Any) -> bool:
    try:
        return bool(catalog[key])
    except KeyError:
        return False
