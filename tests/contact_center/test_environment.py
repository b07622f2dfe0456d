"""The environment is typed and loud."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from contact_center import environment, storage_url

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "SITE_HOST", "DRILL_HOST"}
SECRET = "k" * 50


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process with only these variables."""
    return subprocess.run(
        [sys.executable, "-c", "import contact_center.settings"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_example_names_each_variable_and_no_other():
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    named = set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))
    assert named - COMPOSE_ONLY == set(environment.VARIABLES)


@pytest.mark.parametrize(
    "variables",
    [{}, {"DEBUG": "1", "SECRET_KEY": SECRET}, {"DEMO": "0"}],
    ids=["default secret", "debug", "demo off"],
)
def test_portal_refuses_to_start_outside_the_demo_unless_secret_and_quiet(variables):
    done = start(**variables)
    assert done.returncode == 1
    assert "SECRET_KEY must be set and DEBUG must be 0" in done.stderr


def test_portal_starts_on_a_secret_of_its_own_and_in_the_demo():
    assert start(SECRET_KEY=SECRET).returncode == 0
    assert start(DEMO="1").returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEMO", "yes"),
        ("PORT", "http"),
        ("FILING_LIMIT", "0"),
        ("DATABASE_URL", "mysql://x/y"),
        ("REDIS_URL", "http://x"),
        ("PUBLIC_URL", "center.example"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
        ("CITY_FILE", "/nowhere.json"),
        ("STORAGE_URL", "s3://bucket-only"),
    ],
)
def test_unreadable_value_stops_the_start_and_is_named(name, value):
    done = start(**{"DEMO": "1", name: value})
    assert done.returncode == 1
    assert name in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "variables",
    [
        {"DRILL": "1"},
        {"DRILL": "1", "DATABASE_URL": "postgres://u:p@h/city"},
        {"DRILL": "1", "DATABASE_URL": "postgres://u:p@h/city_drill_old"},
        {"DATABASE_URL": "postgres://u:p@h/city_drill"},
    ],
)
def test_a_drill_and_a_real_database_refuse_each_other(variables):
    done = start(DEMO="1", **variables)
    assert done.returncode == 1
    assert "a drill never runs on a real database" in done.stderr.splitlines()[-1]


def test_a_drill_starts_without_any_way_out():
    code = (
        "import contact_center.settings as s; print(s.EMAIL_BACKEND, s.CELERY_BROKER_URL,"
        " s.CELERY_BEAT_SCHEDULE, s.STORAGES['default']['OPTIONS']['location'],"
        " s.SESSION_COOKIE_NAME, 'contact_center.drill.gate.DrillGate' in s.MIDDLEWARE)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "DEMO": "1",
            "DRILL": "1",
            "DATABASE_URL": "postgres://u:p@h/city_drill",
            "EMAIL_URL": "smtp://mail.example:25",
            "REDIS_URL": "redis://redis.example:6379/0",
            "STORAGE_URL": "s3://key:secret@store.example/bucket",
            "DATA_DIR": "/nowhere",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [
        "django.core.mail.backends.dummy.EmailBackend",
        "memory://",
        "{}",
        "/nowhere/drill-files",
        "drill_session",
        "True",
    ]


def test_missing_value_without_default_is_named(monkeypatch):
    monkeypatch.delenv("NOBODY_SET_THIS", raising=False)
    monkeypatch.setattr(environment, "VARIABLES", {})
    with pytest.raises(ImproperlyConfigured, match="NOBODY_SET_THIS is not set: what for"):
        environment.text("NOBODY_SET_THIS", "what for")


def test_files_may_be_kept_in_a_bucket():
    entry = storage_url.parse("s3://key:se%2Fcret@store.example:9000/files?region=ru-1&tls=0")
    from storages.backends.s3 import S3Storage

    storage = S3Storage(**entry["OPTIONS"])
    assert storage.endpoint_url == "http://store.example:9000"
    assert (storage.bucket_name, storage.secret_key) == ("files", "se/cret")
