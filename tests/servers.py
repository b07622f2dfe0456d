"""
Gives every test run a database and a Redis of its own; loaded before Django reads its settings.

With DATABASE_URL or REDIS_URL set, that server is used instead. Workers of pytest-xdist inherit
the addresses from the process that started them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from contact_center import catalogs
from deploy.local import EmbeddedPostgres, EmbeddedRedis, free_port

ROOT = Path(__file__).resolve().parent.parent


def start_missing() -> None:
    """Set the environment of a test run and start the servers that it does not name."""
    os.environ.setdefault("DEMO", "1")
    if "DATA_DIR" not in os.environ:
        home = Path(tempfile.mkdtemp(prefix="contact-center-test-"))
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        os.environ["DATA_DIR"] = str(home / "data")
    (Path(os.environ["DATA_DIR"]) / "static").mkdir(parents=True, exist_ok=True)
    home = Path(os.environ["DATA_DIR"]).parent / "servers"
    if "DATABASE_URL" not in os.environ:
        postgres = EmbeddedPostgres(home / "postgres", free_port(), durable=False).start()
        atexit.register(postgres.stop)
        postgres.create_database("contact_center")
        os.environ["DATABASE_URL"] = postgres.url + "contact_center"
    if "REDIS_URL" not in os.environ:
        redis = EmbeddedRedis(home / "redis", free_port()).start()
        atexit.register(redis.stop)
        os.environ["REDIS_URL"] = redis.url
    catalogs.compile_changed(sorted(p for p in (ROOT / "locale").iterdir() if p.is_dir()))


start_missing()
