"""Everything public in one archive: whole, of one moment, without anybody's secret."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import signal
import subprocess
import sys
import time
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from disclosure.models import Building, ManagementCompany, OpenDataArchive
from disclosure.open_data import tables as dictionary
from disclosure.open_data.cells import as_text
from disclosure.open_data.everything import checking, copying, making, pages, ranges
from disclosure.open_data.tables import Column, OpenTable, tables
from outreach.models import Guide, Seminar
from ratings.models import Methodology, RatingSnapshot
from requests_app.models import Incident, Request
from tests.city_fixtures import NOON
from tests.disclosure.forms.conftest import FINANCES

DAY = "2026-03-02"
ADDRESS = f"/open-data/everything/{DAY}.zip"
SECRETS = ("Секретов", "secret@example.org", "79009990000", "ТайнаяКвартира", "Тайное слово")


@pytest.fixture
def city(
    transactional_db, standard, company, building, finances, publish, make_request, make_building
) -> None:
    """Publish a form, file requests, and plant secrets where no archive may look."""
    from requests_app.intake import Contact

    publish(finances, FINANCES)
    ManagementCompany.objects.filter(pk=company.pk).update(name='=cmd|" /C calc"!A0')
    secret = {
        "description": f"Тайное слово: {SECRETS[3]}",
        "contact": Contact(name=SECRETS[0], email=SECRETS[1], phone="+79009990000"),
    }
    make_request(public=True, status="closed", **secret)
    make_request(public=False, **secret)
    small = make_building(company=company, flats=2, street="ул. Малая", house="77")
    make_request(public=True, building=small.pk, **secret)
    Request.objects.update(flat="Тайное 9")
    Incident.objects.create(
        kind="fault",
        category=Request.objects.first().category,
        title="Нет воды",
        started_at=NOON,
        act_signer=SECRETS[0],
        executor_name="+7+8 плюс",
    )
    Guide.objects.create(
        slug="draft",
        title=SECRETS[0],
        question=SECRETS[0],
        topic="rights",
        summary=SECRETS[0],
        body=SECRETS[0],
        clauses=SECRETS[0],
        sources=SECRETS[0],
        reviewed_on=NOON.date(),
        review_due_on=NOON.date(),
        is_published=False,
    )
    Seminar.objects.create(
        title=SECRETS[0], topic="rights", about=SECRETS[0], speaker=SECRETS[0], capacity=9,
        closes_at=NOON, state="draft", online_link="https://example.org/secret",
    )  # fmt: skip
    methodology = Methodology.objects.create(
        version=1, dated=NOON.date(), document={}, sha256="0" * 64
    )
    draft = RatingSnapshot.objects.create(
        period=NOON.date().replace(day=1), methodology=methodology, frozen_at=NOON, inputs="",
        manifest={},
    )  # fmt: skip
    draft.results.create(
        company=company, position=1, reference="1", name=SECRETS[0], group="small",
        is_rated=False, score=1, low=0, high=2, indicators=[{"code": SECRETS[0]}],
    )  # fmt: skip


def opened(row: OpenDataArchive) -> zipfile.ZipFile:
    with default_storage.open(row.storage_key) as stream:
        return zipfile.ZipFile(io.BytesIO(stream.read()))


def rows_of(archive: zipfile.ZipFile, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(f"data/{table}.csv").decode())))


def faults_of(data: bytes) -> list[str]:
    return list(checking.check(io.BytesIO(data)))


def test_an_archive_reads_back_and_tells_no_secret(city, company_user, resident, operator):
    row = making.make(at=NOON)
    archive = opened(row)
    reads_back_by_its_manifest(row, archive)
    people = [
        part for user in (company_user, resident, operator) for part in (user.email, user.name)
    ]
    holds_no_secret(archive, people)
    says_what_python_says(archive)


def reads_back_by_its_manifest(row: OpenDataArchive, archive: zipfile.ZipFile) -> None:
    manifest = json.loads(archive.read("manifest.json"))
    assert {line["table"] for line in manifest["files"]} == {table.name for table in tables()}
    for line in manifest["files"]:
        data = archive.read(line["file"])
        assert (len(data), hashlib.sha256(data).hexdigest()) == (line["size"], line["sha256"])
        rows = rows_of(archive, line["table"])
        assert len(rows) == line["rows"]
        schema = json.loads(archive.read(line["schema"]["file"]))
        names = [column["name"] for column in schema["tableSchema"]["columns"]]
        assert data.decode().splitlines()[0].split(",") == names
    assert manifest["snapshot_at"] == NOON.isoformat().replace("+00:00", "Z")
    assert manifest["licence"].startswith("https://creativecommons.org/")
    assert manifest["rows"] == row.rows == sum(line["rows"] for line in manifest["files"])
    assert faults_of(default_storage.open(row.storage_key).read()) == []


def holds_no_secret(archive: zipfile.ZipFile, people: list[str]) -> None:
    for name in archive.namelist():
        text = archive.read(name).decode()
        for secret in (*SECRETS, *people, *Request.objects.values_list("number", flat=True)):
            assert secret not in text, (name, secret)
    requests = rows_of(archive, "requests")
    assert len(requests) == 2
    assert [row["house_id"] != "" for row in requests] == [True, False]
    assert "77" not in requests[1]["place"]
    assert rows_of(archive, "ratings") == rows_of(archive, "seminars") == []


def says_what_python_says(archive: zipfile.ZipFile) -> None:
    """No cell runs, and COPY writes what Python writes."""
    assert rows_of(archive, "companies")[0]["name"].startswith("'=cmd")
    assert rows_of(archive, "incidents")[0]["executor"].startswith("'+7+8")
    for table in tables():
        if isinstance(table.rows, dictionary.Select):
            told = [
                {
                    column.name: as_text(value)
                    for column, value in zip(table.columns, row, strict=True)
                }
                for row in table.rows()
            ]
            numbers = {column.name for column in table.columns if column.type == "number"}
            written = rows_of(archive, table.name)
            for one in (*told, *written):
                for name in numbers:
                    one[name] = float(one[name]) if one[name] else None
            assert written == told, table.name


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1-2", "-2+3", "@SUM(A1)", "\tx", "\rx", "\nx", "-12", "+7,5", "+79001234567",
     "+٧٩٠٠١٢٣٤٥٦٧", 'a"b,c\r\nd', "", " ", "'=x", "\\.", "NULL", "🏠", "=\u202ex"],
)  # fmt: skip
def test_every_text_is_escaped_in_the_database_as_in_python(db, text):
    class Said(dictionary.Select):
        def statement(self):
            return "SELECT %s", (text,)

    table = OpenTable("t", "t", "t", ("a",), (Column("a", "string", "a"),), Said(None, ()))
    out = io.BytesIO()
    assert copying.write_csv(table, out) == 1
    read = list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))[1:]
    assert (read[0] if read and read[0] else [""]) == [as_text(text)]


def test_all_tables_are_of_one_moment(city, building, monkeypatch):
    real = making.Pack.add

    def add(self, table):
        real(self, table)
        if table.name == "companies":
            # Another session changes the city while the archive is being written.
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("UPDATE disclosure_building SET floors = 99")
            other.close()

    monkeypatch.setattr(making.Pack, "add", add)
    archive = opened(making.make(at=NOON))
    assert "99" not in {row["floors"] for row in rows_of(archive, "houses")}
    assert Building.objects.filter(floors=99).exists()


def test_a_day_keeps_its_archive_and_only_the_newest_stay(city, django_assert_num_queries):
    client = Client()
    assert ".zip" not in client.get("/open-data/everything/").content.decode()
    first = making.make(at=NOON)
    assert making.make(at=NOON) == first
    assert ADDRESS in client.get("/open-data/everything/").content.decode()
    assert "/open-data/everything/" in client.get("/open-data/").content.decode()
    Building.objects.update(floors=98)
    again = making.make(at=NOON + timedelta(hours=1), again=True)
    assert again.sha256 != first.sha256
    assert not default_storage.exists(first.storage_key)
    for day in range(1, making.KEPT + 1):
        key = making.make(at=NOON + timedelta(days=day)).storage_key
    assert OpenDataArchive.objects.count() == making.KEPT
    with django_assert_num_queries(1):
        client.get("/open-data/everything/")
    assert not default_storage.exists(again.storage_key)
    assert default_storage.exists(key)
    assert Client().get(ADDRESS).status_code == 404


def test_a_failure_is_shown_and_yesterday_stays(city, monkeypatch, client, admin_user):
    making.make(at=NOON)
    monkeypatch.setattr(
        copying, "as_text", lambda value: (_ for _ in ()).throw(RuntimeError("диск полон"))
    )
    with pytest.raises(RuntimeError):
        making.make(at=NOON + timedelta(days=1))
    broken = OpenDataArchive.objects.get(state="failed")
    assert "диск полон" in broken.fault
    assert 0 < broken.tables_done < broken.tables
    assert not broken.storage_key
    assert client.get("/open-data/everything/2026-03-03.zip").status_code == 404
    assert client.head(ADDRESS).status_code == 200
    client.force_login(admin_user)
    shown = client.get("/admin/disclosure/opendataarchive/").content.decode()
    assert "диск полон" in shown
    assert f"{broken.tables_done} / {broken.tables}" in shown
    monkeypatch.undo()
    assert making.make(at=NOON + timedelta(days=1)).state == "ready"


_KILLED = """
import os, django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
from disclosure.open_data.everything import making
from django.utils.timezone import now
real = making.Pack.add
def add(self, table):
    real(self, table)
    if table.name == "norms":
        print("half", flush=True)
        __import__("time").sleep(60)
making.Pack.add = add
making.make(at=now())
"""


def test_killed_half_way_it_is_made_by_the_next_run(city):
    worker = subprocess.Popen(
        [sys.executable, "-c", _KILLED.format(name=settings.DATABASES["default"]["NAME"])],
        cwd=settings.BASE_DIR,
        env={
            **__import__("os").environ,
            "DJANGO_SETTINGS_MODULE": "contact_center.settings",
        },
        stdout=subprocess.PIPE,
    )
    assert worker.stdout.readline() == b"half\n"
    left = OpenDataArchive.objects.get()
    assert left.state == "making"
    assert left.tables_done > 5
    assert Client().get(left.get_absolute_url()).status_code == 404
    with pytest.raises(making.Busy):
        making.make(at=left.started_at)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    for _ in range(100):
        try:
            made = making.make(at=left.started_at)
            break
        except making.Busy:
            time.sleep(0.05)
    assert made.pk == left.pk
    assert made.state == "ready"
    assert faults_of(default_storage.open(made.storage_key).read()) == []
    with making._alone(), pytest.raises(CommandError):
        call_command("publish_everything")
    out = io.StringIO()
    call_command("publish_everything", check=True, stdout=out)
    assert "as its manifest says" in out.getvalue()


def test_a_download_goes_on_from_where_it_stopped(city):
    row = making.make(at=NOON)
    client = Client()
    whole = client.get(ADDRESS)
    body = b"".join(whole.streaming_content)
    assert whole["Accept-Ranges"] == "bytes"
    assert len(body) == row.size
    assert hashlib.sha256(body).hexdigest() == row.sha256
    tag = whole["ETag"]
    assert client.get(ADDRESS, headers={"If-None-Match": tag}).status_code == 304
    part = client.get(ADDRESS, headers={"Range": "bytes=1000-", "If-Range": tag})
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes 1000-{row.size - 1}/{row.size}"
    assert b"".join(part.streaming_content) == body[1000:]
    last = client.get(ADDRESS, headers={"Range": "bytes=-7"})
    assert b"".join(last.streaming_content) == body[-7:]
    other = client.get(ADDRESS, headers={"Range": "bytes=5-", "If-Range": '"other"'})
    assert (other.status_code, b"".join(other.streaming_content)) == (200, body)
    beyond = client.get(ADDRESS, headers={"Range": f"bytes={row.size}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{row.size}")
    head = client.head(ADDRESS, headers={"Range": "bytes=1-2"})
    assert (head.status_code, head["Content-Length"]) == (200, str(row.size))
    leaves_threads_to_people(client)


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("bytes=٣-", None),
        ("bytes=" + "9" * 40 + "-", None),
        ("bytes=0-0", (0, 0)),
        ("bytes=3-99", (3, 9)),
        ("bytes=-99", (0, 9)),
    ],
)
def test_a_strange_range_is_the_whole(header, part):
    assert ranges.asked(header, size=10, if_range="", etag='"a"') == part


def leaves_threads_to_people(client: Client) -> None:
    """Readers who do not read hold two threads, and give them back."""
    held = []
    for _ in range(2):
        assert pages._SEATS.acquire(blocking=False)
        held.append(1)
    try:
        refused = client.get(ADDRESS)
        assert (refused.status_code, refused["Retry-After"]) == (503, "30")
    finally:
        for _ in held:
            pages._SEATS.release()
    for _ in range(5):
        answer = client.get(ADDRESS)
        assert answer.status_code == 200
        b"".join(answer.streaming_content)
        answer.close()


@pytest.mark.parametrize("day", ["2026-13-01", "x", "2026-03-02x", "٢٠٢٦-03-02", "1999-01-01"])
def test_what_does_not_exist_is_404(db, day):
    assert Client().get(f"/open-data/everything/{day}.zip").status_code == 404


def test_the_check_finds_what_is_wrong(city):
    data = default_storage.open(making.make(at=NOON).storage_key).read()
    assert faults_of(b"nothing") == ["no ZIP"]
    assert faults_of(data[: len(data) // 2]) == ["no ZIP"]
    source = zipfile.ZipFile(io.BytesIO(data))

    def rewritten(**changes: bytes | None) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as target:
            for name in source.namelist():
                kept = changes.get(name.replace("/", "__").replace(".", "_"), source.read(name))
                if kept is not None:
                    target.writestr(name, kept)
            if "more" in changes:
                target.writestr("more.txt", b"x")
        return out.getvalue()

    assert faults_of(rewritten()) == []
    assert "its bytes changed" in faults_of(rewritten(data__houses_csv=b"id\n"))[0]
    assert "missing" in faults_of(rewritten(data__houses_csv=None))[0]
    assert "missing" in faults_of(rewritten(manifest_json=None))[0]
    assert "unreadable" in faults_of(rewritten(manifest_json=b"[]"))[0]
    assert faults_of(rewritten(more=b"")) == ["more.txt: not in the manifest"]
    manifest = json.loads(source.read("manifest.json"))
    manifest["files"][0]["rows"] += 1
    assert (
        "the manifest says" in faults_of(rewritten(manifest_json=json.dumps(manifest).encode()))[0]
    )


def test_memory_stays_flat(transactional_db, monkeypatch, tmp_path):
    """A table of 40 MB goes through two pieces of a megabyte."""

    class Long(dictionary.Select):
        def statement(self):
            return "SELECT g, repeat('x', 190) FROM generate_series(1, 200000) AS g", ()

    columns = (Column("id", "integer", "id"), Column("text", "string", "text"))
    table = OpenTable("long", "long", "long", ("id",), columns, Long(None, ()))
    monkeypatch.setattr(making, "tables", lambda: (table,))
    tracemalloc.start()
    try:
        pack = making.write(tmp_path / "a.zip", day=NOON.date(), at=NOON)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert pack.rows == 200_000
    assert peak < 8 * 1024 * 1024
    assert re.match(r"PK", (tmp_path / "a.zip").read_bytes()[:2].decode())
