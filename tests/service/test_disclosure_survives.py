"""A publication is whole or not there, and a hundred exports at once are a hundred whole files."""

from __future__ import annotations

import hashlib
import http.client
import io
import socket
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import StringIO
from threading import Barrier

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.actors import Executor
from accounts.models import User
from disclosure.forms_standard.checking import Content
from disclosure.models import (
    Building,
    CompletenessScore,
    DisclosureValue,
    Draft,
    OpenDataFile,
    Publication,
    Street,
)
from disclosure.open_data import snapshot
from disclosure.publications import drafts, reports
from tests.city_fixtures import COMPANY_INN
from tests.disclosure.forms.conftest import FINANCES
from tests.live import LivePortal, wait_for
from tests.service.city import connect
from tests.service.test_filing_survives import somebody_waits_for_a_lock

pytestmark = pytest.mark.service

AT_ONCE = 100
SLOW = 40


@pytest.fixture
def report(live_portal: LivePortal, company) -> reports.Report:
    """Return last year's finances of the company, as the running portal asks for them today."""
    call_command("load_forms", stdout=StringIO())
    today = timezone.localdate()
    return reports.find(company, "company", f"1.4-{today.year - 1}", on=today)


def signed_in(user: User) -> dict[str, str]:
    """Return the headers of a browser where the user is signed in, with a token for its forms."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    token = "a" * 32
    return {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}",
        "X-CSRFToken": token,
    }


def written() -> dict[str, int]:
    models = (Draft, Publication, DisclosureValue, CompletenessScore)
    return {model.__name__: model.objects.count() for model in models}


def publish(portal: LivePortal, report: reports.Report, headers: dict[str, str], revision: int):
    """Press «publish»; return where the answer leads."""
    where = reverse("cabinet:publish", args=[COMPANY_INN, report.place, report.key])
    host = urllib.parse.urlsplit(portal.url).netloc
    call = http.client.HTTPConnection(host, timeout=30)
    body = urllib.parse.urlencode({"revision": revision})
    form = {"Content-Type": "application/x-www-form-urlencoded", "Referer": portal.url}
    call.request("POST", where, body, {**headers, **form})
    answer = call.getresponse()
    return answer.status, answer.getheader("Location")


@pytest.mark.parametrize(
    "table", ["disclosure_disclosurevalue", "disclosure_draft", "disclosure_completenessscore"]
)
def test_a_publication_killed_half_way_publishes_nothing_and_is_published_once_again(
    live_portal, report, company_user, table
):
    speaker = Executor(id=company_user.pk, inns=(COMPANY_INN,))
    saved = drafts.save(
        report, Content(FINANCES), revision=0, tab="t", by=speaker, at=timezone.now()
    )
    headers, before = signed_in(company_user), written()
    gate = connect()
    with ThreadPoolExecutor() as pool, gate:
        # The version is stored, and what belongs to it waits at this table's door.
        gate.cursor().execute(f"LOCK TABLE {table} IN SHARE MODE")
        pressed = pool.submit(publish, live_portal, report, headers, saved.draft.revision)
        wait_for(somebody_waits_for_a_lock, what="the publication's wait")
        live_portal.kill("web")
        with pytest.raises((http.client.HTTPException, OSError)):
            pressed.result(timeout=10)
        gate.rollback()
    gate.close()
    wait_for(lambda: not somebody_waits_for_a_lock())
    assert written() == before
    assert Draft.objects.get().content["fields"] == FINANCES
    live_portal.start()
    status, where = publish(live_portal, report, headers, saved.draft.revision)
    published = Publication.objects.get()
    assert (status, where, published.version) == (302, published.get_absolute_url(), 1)
    assert set(published.values.values_list("code", flat=True)) == set(FINANCES)
    assert not Draft.objects.exists()


def many_houses(count: int) -> None:
    street = Street.objects.create(settlement="Речной", name="ул. Мира", search_name="мира речной")
    Building.objects.bulk_create(
        Building(
            street=street, house=str(n), search_house=str(n), address=f"Речной, ул. Мира, д. {n}"
        )
        for n in range(1, count + 1)
    )


def get(portal: LivePortal, path: str, headers: dict[str, str] | None = None) -> bytes:
    call = urllib.request.Request(portal.url + path, headers=headers or {})
    with urllib.request.urlopen(call, timeout=60) as answer:
        return answer.read()


def at_once(work, tasks):
    """Return the answers of all tasks, begun in the same moment."""
    start = Barrier(len(tasks), timeout=60)

    def alone(task):
        start.wait()
        return work(task)

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(alone, tasks))


def test_a_hundred_files_asked_for_at_once_come_whole(live_portal, report, building):
    many_houses(3000)
    files = snapshot.make(at=timezone.now())
    asked = [files[n % len(files)] for n in range(AT_ONCE)]
    bodies = at_once(lambda file: get(live_portal, file.get_absolute_url()), asked)
    assert [hashlib.sha256(body).hexdigest() for body in bodies] == [file.sha256 for file in asked]


def test_a_hundred_workbooks_of_a_company_at_once_come_whole(
    live_portal, report, company_user, company, make_building
):
    for _ in range(8):
        make_building(company=company)
    path = reverse("cabinet:houses_sheet_file", args=[COMPANY_INN])
    headers = signed_in(company_user)
    bodies = at_once(lambda _number: get(live_portal, path, headers), range(AT_ONCE))
    first = load_workbook(io.BytesIO(bodies[0]), read_only=True)
    told = [[cell.value for cell in row] for row in first.worksheets[0].iter_rows()]
    assert len(told) == 9
    for body in bodies:
        book = load_workbook(io.BytesIO(body), read_only=True)
        assert [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()] == told


def big_file(megabytes: int) -> OpenDataFile:
    data = bytes(1024) * 1024 * megabytes
    digest = hashlib.sha256(data).hexdigest()
    return OpenDataFile.objects.create(
        day=date(2026, 1, 1),
        table="houses",
        ext="csv",
        made_at=timezone.now(),
        rows=1,
        size=len(data),
        sha256=digest,
        content_sha256=digest,
        storage_key=default_storage.save("open-data/big.csv", ContentFile(data)),
    )


def open_transactions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
        )
        return cursor.fetchone()[0]


def test_readers_that_do_not_read_hold_up_nobody(live_portal):
    """Five times as many as the portal has threads; in pieces of 4 kB eight stopped it."""
    file = big_file(5)
    host, _, port = urllib.parse.urlsplit(live_portal.url).netloc.partition(":")
    readers = []
    try:
        for _ in range(SLOW):
            reader = socket.socket()
            # A small window: the server cannot hand the file over and forget it.
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.connect((host, int(port)))
            reader.sendall(
                f"GET {file.get_absolute_url()} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
            )
            readers.append(reader)
        time.sleep(3)
        began = time.monotonic()
        assert get(live_portal, "/buildings/")
        assert time.monotonic() - began < 20
        assert open_transactions() == 0
        assert hashlib.sha256(get(live_portal, file.get_absolute_url())).hexdigest() == file.sha256
    finally:
        for reader in readers:
            reader.close()
        default_storage.delete(file.storage_key)
