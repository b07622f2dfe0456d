"""
Make the portal ready to open: catalogues, migrations, static files, roles, categories, guides, demo
city.

One process for all of it, since most of a command's time is Django's start. Each step is skipped,
or finds nothing to do, when it was done before.
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ACCOUNTS = "demo.json"


def prepare(*, with_city: bool) -> None:
    """Do every step against the servers that the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")
    # Before Django starts: it reads the catalogues once.
    from contact_center import catalogs

    catalogs.compile_changed(sorted(path for path in (ROOT / "locale").iterdir() if path.is_dir()))
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from deploy.migrating import migrate

    with step("migrations"):
        migrate()
    # An image brings its own, on a file system that cannot be written.
    if not os.environ.get("STATIC_DIR"):
        with step("static files"):
            _collect_static(Path(settings.STATIC_ROOT))
    with step("roles, categories, forms, guides"):
        call_command("load_roles", stdout=io.StringIO())
        call_command("load_categories", stdout=io.StringIO())
        call_command("load_forms", stdout=io.StringIO())
        call_command("load_guides", stdout=io.StringIO())
        call_command("load_majorities", stdout=io.StringIO())
        call_command("load_court", stdout=io.StringIO())
    if with_city and settings.DEMO:
        with step("demo city"):
            said = io.StringIO()
            call_command("seed_demo", json=True, stdout=said)
            accounts = settings.DATA_DIR / ACCOUNTS
            # Tokens and passwords, of invented people, yet not for every user of the machine.
            accounts.touch(mode=0o600)
            accounts.write_text(said.getvalue(), encoding="utf-8")


def prepare_drill(*, city: str) -> None:
    """
    Make a drill's database ready, and copy registry and accounts from the `city`'s.

    Categories and norms come from there too: a drill is judged by the norms that the city works by.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from contact_center.drill.copying import copy_in
    from deploy.migrating import migrate

    with step("migrations"):
        migrate()
    if not os.environ.get("STATIC_DIR"):
        with step("static files"):
            _collect_static(Path(settings.STATIC_ROOT))
    with step("roles"):
        call_command("load_roles", stdout=io.StringIO())
    with step("registry and accounts from the city"):
        copy_in(city)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print what is done and how long it took."""
    started = time.monotonic()
    if sys.stdout.isatty():
        print(f"  {name} …", end="\r", flush=True)
    yield
    print(f"  {name}: {time.monotonic() - started:.1f} s", flush=True)


def _collect_static(target: Path) -> None:
    from django.core.management import call_command

    note = target.parent / "static.fingerprint"
    fingerprint = _fingerprint()
    if target.is_dir() and note.exists() and note.read_text() == fingerprint:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    note.write_text(fingerprint)


def _fingerprint() -> str:
    """Return a digest of all that static files come from: our own, and the packages' versions."""
    digest = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    if "--drill" in sys.argv:
        # Known to this process only, and gone with it.
        prepare_drill(city=os.environ.pop("DRILL_CITY"))
    else:
        prepare(with_city="--without-city" not in sys.argv)
