"""
Measures booking while ten hands press at once: seats of one seminar, times of one host.

Two hundred presses for a hundred seats or times; a line is the time of the whole by press. The
floor does the statements that nobody can leave out, by psycopg2, with as many hands. What was made
is taken away again.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")

import django

django.setup()

import psycopg2  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from bench.rows import Row  # noqa: E402
from notifications.models import Message  # noqa: E402
from outreach.models import Booking, Host, Meeting, Seminar, SignUp, Slot  # noqa: E402
from outreach.reception import booking  # noqa: E402
from outreach.seminars import signing_up  # noqa: E402

HANDS, PRESSES, PLACES = 10, 200, 100
# What is typed is judged, and the words of two letters are made, in one Python under one lock.
TARGET = 10.0
_LETTER = """
INSERT INTO notifications_message (event, channel, template, recipient, context, sensitive, topic,
    why, dedupe_key, priority, created_at, not_before, state, attempts, doubts, last_error)
VALUES ('bench', 'email', 'x', 'x@post.example', '{}', false, %s, '', %s, 5, now(),
    now() + interval '1 day', 'queued', 0, 0, '')
"""
_SEAT = """
SELECT number FROM generate_series(1, %s) AS number
WHERE NOT EXISTS (SELECT FROM outreach_signup WHERE seminar_id = %s AND seat = number)
ORDER BY number LIMIT 1
"""
_SIGN_UP = """
INSERT INTO outreach_signup (uid, code, seminar_id, seat, name, email, phone, district, state,
    is_walk_in, made_at)
VALUES (%s, %s, %s, %s, 'x', %s, '', '', 'seated', false, now())
"""
_FREE = """
SELECT id FROM outreach_slot AS slot WHERE id = %s AND cancelled_at IS NULL AND NOT EXISTS (
    SELECT FROM outreach_booking WHERE slot_id = slot.id AND state IN ('booked', 'came', 'missed'))
FOR UPDATE
"""
_BOOK = """
INSERT INTO outreach_booking (uid, slot_id, name, email, phone, question, state, made_at, record)
VALUES (%s, %s, 'x', 'x@post.example', '', 'x', 'booked', now(), '')
"""
Press = Callable[[int], bool]
How = Callable[[Press], float]


def main(rounds: int, out: Path) -> None:
    """Measure and write the rows."""
    logging.disable(logging.INFO)
    turns = max(1, rounds // 25)
    rows = [seminars(turns), reception(turns)]
    for row in rows:
        print(
            f"    {row.name:<36} {row.value:8.2f} ms  {row.ratio:5.2f} × of {row.floor:6.2f} ms,"
            f" {row.queries} statements",
            flush=True,
        )
    out.write_text(json.dumps([row.as_json() for row in rows]))


def seminars(turns: int) -> Row:
    """Return the row of signing up to one seminar."""
    at = now()

    def press_for(seminar: Seminar) -> Press:
        def press(number: int) -> bool:
            person = signing_up.Person(
                name="Анна Ким", email=f"{number}@post.example", consent=True
            )
            try:
                signing_up.sign_up(seminar.pk, person, user_id=None, at=at)
            except signing_up.Full:
                return False
            return True

        return press

    def bare_for(seminar: Seminar) -> Press:
        return lambda number: _bare_sign_up(seminar.pk, number)

    values, floors = [], []
    for _turn in range(turns):
        values.append(_with_seminar(at, press_for))
        floors.append(_with_seminar(at, bare_for))
    queries = _with_seminar(at, press_for, how=_statements)
    return _row("Seminar sign-up, ten hands", values, floors, queries)


def reception(turns: int) -> Row:
    """Return the row of booking times of one host."""
    at = now()

    def press_for(slots: list[Slot]) -> Press:
        def press(number: int) -> bool:
            visitor = booking.Visitor(
                name="Анна Ким", email=f"{number}@post.example", question="Счёт", consent=True
            )
            try:
                booking.book(slots[number % PLACES].pk, visitor, user_id=None, at=at)
            except booking.Taken:
                return False
            return True

        return press

    def bare_for(slots: list[Slot]) -> Press:
        return lambda number: _bare_booking(slots[number % PLACES].pk)

    values, floors = [], []
    for _turn in range(turns):
        values.append(_with_slots(at, press_for))
        floors.append(_with_slots(at, bare_for))
    queries = _with_slots(at, press_for, how=_statements)
    return _row("Reception booking, ten hands", values, floors, queries)


def _row(name: str, values: list[float], floors: list[float], queries: float) -> Row:
    return Row(
        name, min(values), min(floors), TARGET, floor_is="bare statements", queries=int(queries)
    )


def _with_seminar(
    at: datetime, press_for: Callable[[Seminar], Press], *, how: How | None = None
) -> float:
    starts = at + timedelta(days=9)
    seminar = Seminar.objects.create(
        title="bench", topic="bills", about="x", speaker="x", place="x", capacity=PLACES,
        closes_at=starts, state="open",
    )  # fmt: skip
    Meeting.objects.create(seminar=seminar, starts_at=starts, ends_at=starts + timedelta(hours=1))
    try:
        return (how or _pressed)(press_for(seminar))
    finally:
        _forget(f"seminar:{uid}" for uid in _uids(SignUp.objects.filter(seminar=seminar)))
        SignUp.objects.filter(seminar=seminar).delete()
        seminar.delete()


def _with_slots(
    at: datetime, press_for: Callable[[list[Slot]], Press], *, how: How | None = None
) -> float:
    host = Host.objects.create(name="bench", post="x")
    hour = timedelta(hours=1)
    starts = at + timedelta(days=9)
    slots = [
        Slot.objects.create(
            host=host, kind="office", place="x",
            during=DateTimeTZRange(starts + n * hour, starts + (n + 1) * hour),
        )
        for n in range(PLACES)
    ]  # fmt: skip
    try:
        return (how or _pressed)(press_for(slots))
    finally:
        _forget(f"reception:{uid}" for uid in _uids(Booking.objects.filter(slot__host=host)))
        Booking.objects.filter(slot__host=host).delete()
        host.delete()


def _statements(press: Press) -> float:
    """Return how many statements one booking needs."""
    with CaptureQueriesContext(connection) as seen:
        press(0)
    return len([one for one in seen if "SAVEPOINT" not in one["sql"]])


def _pressed(press: Press) -> float:
    """Return the milliseconds a press took, and see that every place was given once."""
    numbers = iter(range(PRESSES))
    turn = threading.Lock()
    given: list[int] = []

    def hand() -> None:
        try:
            while True:
                with turn:
                    number = next(numbers, None)
                if number is None:
                    return
                if press(number):
                    given.append(number)
        finally:
            connection.close()
            _close_bare()

    hands = [threading.Thread(target=hand) for _n in range(HANDS)]
    began = time.perf_counter()
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    took = time.perf_counter() - began
    if len(given) != PLACES:
        raise SystemExit(f"{len(given)} places given instead of {PLACES}")
    return took * 1000 / PRESSES


_own = threading.local()


def _bare() -> psycopg2.extensions.connection:
    if not hasattr(_own, "raw"):
        _own.raw = psycopg2.connect(os.environ["DATABASE_URL"])
    return _own.raw


def _close_bare() -> None:
    if hasattr(_own, "raw"):
        _own.raw.close()
        del _own.raw


def _bare_sign_up(seminar: int, number: int) -> bool:
    raw = _bare()
    with raw, raw.cursor() as cursor:
        cursor.execute("SELECT * FROM outreach_seminar WHERE id = %s FOR UPDATE", [seminar])
        cursor.execute(_SEAT, [PLACES, seminar])
        found = cursor.fetchone()
        if found is None:
            return False
        uid = uuid.uuid4()
        cursor.execute(
            _SIGN_UP, [str(uid), uid.hex[:8], seminar, found[0], f"{number}@post.example"]
        )
        for letter in ("seated", "reminder"):
            cursor.execute(_LETTER, [f"seminar:{uid}", f"bench:{uid}:{letter}"])
    return True


def _bare_booking(slot: int) -> bool:
    raw = _bare()
    try:
        with raw, raw.cursor() as cursor:
            cursor.execute(_FREE, [slot])
            if cursor.fetchone() is None:
                return False
            uid = uuid.uuid4()
            cursor.execute(_BOOK, [str(uid), slot])
            for letter in ("booked", "reminder"):
                cursor.execute(_LETTER, [f"reception:{uid}", f"bench:{uid}:{letter}"])
    except psycopg2.errors.UniqueViolation:
        # Two hands found it free at the same moment; the constraint let one through.
        return False
    return True


def _uids(rows: Any) -> list[uuid.UUID]:
    return list(rows.values_list("uid", flat=True))


def _forget(topics: Iterable[str]) -> None:
    Message.objects.filter(topic__in=list(topics)).delete()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
