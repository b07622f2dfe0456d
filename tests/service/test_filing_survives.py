"""A filing is whole or not there, and sent again it is the same request."""

from __future__ import annotations

import urllib.error
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from notifications.models import Message
from requests_app.models import Request, RequestContact, RequestEvent
from tests.live import wait_for
from tests.service.city import body_of, connect, database_away, file

pytestmark = pytest.mark.service


def written() -> list[int]:
    return [model.objects.count() for model in (Request, RequestContact, RequestEvent, Message)]


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])


def test_web_killed_amid_a_filing_writes_nothing_and_a_retry_files_once(
    live_portal, categories, building
):
    key, body = str(uuid.uuid4()), body_of(building)
    gate = connect()
    with ThreadPoolExecutor() as pool, gate:
        # The filing has stored its request and now waits for the door of its contact.
        gate.cursor().execute("LOCK TABLE requests_app_requestcontact IN ACCESS EXCLUSIVE MODE")
        filing = pool.submit(file, live_portal, body, key=key)
        wait_for(somebody_waits_for_a_lock, what="the filing's wait")
        live_portal.kill("web")
        with pytest.raises((urllib.error.URLError, OSError)):
            filing.result(timeout=10)
        gate.rollback()
    gate.close()
    wait_for(lambda: not somebody_waits_for_a_lock())
    assert written() == [0, 0, 0, 0]
    live_portal.start()
    status, filed, _seconds = file(live_portal, body, key=key)
    again_status, again, _seconds = file(live_portal, body, key=key)
    assert (status, again_status) == (201, 201)
    assert again["number"] == filed["number"]
    assert again["tracking_code"] == filed["tracking_code"]
    assert written()[:3] == [1, 1, 1]


def test_twins_sent_at_once_are_one_request(live_portal, categories, building):
    key, body = str(uuid.uuid4()), body_of(building)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: file(live_portal, body, key=key), range(8)))
    assert {status for status, _filed, _seconds in answers} == {201}
    assert len({filed["number"] for _status, filed, _seconds in answers}) == 1
    assert Request.objects.count() == 1


def test_database_gone_is_a_clear_503_and_nothing_half_written(live_portal, categories, building):
    body, key = body_of(building), str(uuid.uuid4())
    with database_away():
        status, answer, _seconds = file(live_portal, body, key=key)
        assert (status, answer["code"]) == (503, "unavailable")
    assert written() == [0, 0, 0, 0]
    status, _answer, _seconds = wait_for(
        lambda: found if (found := file(live_portal, body, key=key))[0] == 201 else None,
        what="filing after the return",
    )
    assert status == 201
    assert Request.objects.count() == 1
