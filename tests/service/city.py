"""Filing, letters and faults as tests of the running portal use them."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.db import connection
from django.utils.timezone import now
from psycopg2 import sql

from disclosure.models import Building
from notifications import outbox
from notifications.models import Message, Priority, State
from tests.city_fixtures import ORDINARY
from tests.live import LivePortal


def body_of(building: Building, **fields: Any) -> dict[str, Any]:
    """Return a request as a program files it."""
    return {
        "category": ORDINARY,
        "building": building.pk,
        "flat": "12",
        "description": "Батарея в комнате холодная со вчерашнего вечера",
        "contact": {"name": "Анна Петрова", "email": "anna@example.org"},
        "consent": True,
        **fields,
    }


def file(
    portal: LivePortal, body: dict[str, Any], *, key: str = ""
) -> tuple[int, dict[str, Any], float]:
    """File by API; return status, answer and the seconds it took."""
    call = urllib.request.Request(
        f"{portal.url}/api/v1/requests/",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Idempotency-Key": key or str(uuid.uuid4())},
    )
    began = time.monotonic()
    try:
        with urllib.request.urlopen(call, timeout=30) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        status, text = refused.code, refused.read()
    return status, json.loads(text), time.monotonic() - began


def write_letters(
    count: int, *, priority: Priority = Priority.NORMAL, name: str = "person"
) -> None:
    """Put letters to `count` people into the outbox, in one commit."""
    outbox.enqueue_many(
        [
            outbox.Letter(
                event="test",
                template="account/mail/letter",
                to=f"{name}{place}@example.org",
                context={"subject": "Отключение воды", "paragraphs": ["С 10:00 до 14:00."]},
                topic="outage:1",
                dedupe_key=f"{name}:{place}",
                why="Вы живёте в этом доме.",
                priority=priority,
            )
            for place in range(count)
        ],
        at=now(),
    )


def in_state(*states: State) -> int:
    """Return how many messages are in one of the states."""
    return Message.objects.filter(state__in=states).count()


def run_out_leases() -> None:
    """Let the time of every lease pass, and of every pause."""
    Message.objects.filter(state=State.LEASED).update(lease_until=now())
    Message.objects.filter(state=State.QUEUED).update(not_before=now())


def connect(name: str = "") -> psycopg2.extensions.connection:
    """Return a connection of its own to the test's database, or to another one."""
    here = connection.settings_dict
    return psycopg2.connect(
        host=here["HOST"],
        port=here["PORT"],
        user=here["USER"],
        password=here["PASSWORD"],
        dbname=name or here["NAME"],
    )


@contextmanager
def database_away() -> Iterator[None]:
    """Cut every connection to the test's database and let no new one in."""
    here = connection.settings_dict
    connection.close()
    keeper = connect("postgres")
    keeper.autocommit = True
    name = sql.Identifier(here["NAME"])
    with keeper.cursor() as cursor:
        cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [here["NAME"]],
        )
        try:
            yield
        finally:
            cursor.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
            keeper.close()
