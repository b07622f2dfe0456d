"""Open data: whole tables of one moment, described for programs, checked against their words."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import User
from disclosure.models import Building, ManagementCompany, OpenDataFile
from disclosure.open_data import snapshot
from disclosure.open_data.tables import tables
from disclosure.open_data.verifying import verify
from tests.city_fixtures import NOON
from tests.disclosure.forms.conftest import FINANCES

DAY = "2026-03-02"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city(standard, company, building, finances, publish) -> None:
    """Publish a form, and give the company a name that wants to be a formula."""
    publish(finances, FINANCES)
    ManagementCompany.objects.filter(pk=company.pk).update(name='=cmd|" /C calc"!A0')


@pytest.fixture
def files(city) -> list[OpenDataFile]:
    return snapshot.make(at=NOON)


def body(address: str) -> bytes:
    answer = Client().get(address)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_every_table_has_every_format_and_all_is_right(files):
    assert {(file.table, file.ext) for file in files} == {
        (table.name, ext) for table in tables() for ext in table.formats
    }
    assert list(verify(NOON.date())) == []
    out = io.StringIO()
    call_command("verify_open_data", stdout=out)
    assert "61 files" in out.getvalue()


def test_formats_say_the_same_and_no_cell_runs(files, company):
    rows = list(csv.DictReader(io.StringIO(body(f"/open-data/{DAY}/companies.csv").decode())))
    assert rows[0]["name"].startswith("'=cmd")
    line = json.loads(body(f"/open-data/{DAY}/companies.jsonl").splitlines()[0])
    assert line["name"].startswith("=cmd")
    assert line["is_active"] is True
    book = load_workbook(io.BytesIO(body(f"/open-data/{DAY}/companies.xlsx")))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_published_values_and_their_dictionary_go_together(files):
    values = list(csv.DictReader(io.StringIO(body(f"/open-data/{DAY}/values.csv").decode())))
    known = {
        (row["table"], row["code"])
        for row in csv.DictReader(io.StringIO(body(f"/open-data/{DAY}/fields.csv").decode()))
    }
    assert {row["code"] for row in values} == set(FINANCES)
    assert {(row["table"], row["code"]) for row in values} <= known


def test_no_file_names_a_person(files, company_user: User, resident: User):
    for file in files:
        if file.ext == "xlsx":
            continue
        text = body(file.get_absolute_url()).decode()
        for user in (company_user, resident):
            assert user.email not in text
            assert user.name not in text


def test_a_day_keeps_its_files_and_an_unchanged_table_shares_them(files, building):
    before = {file.table: file.storage_key for file in files if file.ext == "csv"}
    Building.objects.filter(pk=building.pk).update(floors=99)
    assert set(snapshot.make(at=NOON)) == set(files)
    after = {
        file.table: file.storage_key
        for file in snapshot.make(at=NOON + timedelta(days=1))
        if file.ext == "csv"
    }
    assert {table for table in before if before[table] != after[table]} == {"houses"}
    assert ",99," in body("/open-data/2026-03-03/houses.csv").decode()
    assert ",99," not in body(f"/open-data/{DAY}/houses.csv").decode()
    latest = Client().get("/open-data/latest/houses.csv")
    assert latest["Location"] == "/open-data/2026-03-03/houses.csv"


def test_files_made_again_replace_those_of_the_day(files, building):
    Building.objects.filter(pk=building.pk).update(floors=99)
    old = OpenDataFile.objects.get(table="houses", ext="csv").storage_key
    snapshot.make(at=NOON, again=True)
    assert ",99," in body(f"/open-data/{DAY}/houses.csv").decode()
    assert not default_storage.exists(old)
    assert list(verify(NOON.date())) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("'=cmd", "=cmd"), "is not escaped"),
        (lambda text: text.replace("true", "да"), "is no boolean"),
        (lambda text: text.replace("inn", "tin", 1), "columns"),
        (lambda text: text + text.splitlines()[1] + "\r\n", "stands twice"),
        (lambda text: text.splitlines()[0] + "\r\n", "0 rows"),
        (lambda text: text.replace(",true", ""), "cells"),
    ],
)
def test_the_check_finds_what_is_wrong(files, change, told):
    import hashlib

    row = OpenDataFile.objects.get(table="companies", ext="csv")
    with default_storage.open(row.storage_key) as stream:
        text = stream.read().decode()
    wrong = change(text).encode()
    assert wrong != text.encode()
    row.storage_key = default_storage.save("open-data/wrong.csv", ContentFile(wrong))
    row.size, row.sha256 = len(wrong), hashlib.sha256(wrong).hexdigest()
    row.save()
    assert any(told in fault for fault in verify(NOON.date()))
    with pytest.raises(CommandError):
        call_command("verify_open_data", stdout=io.StringIO())


def test_the_check_finds_lost_and_changed_bytes_and_missing_files(files):
    lost, changed, gone = OpenDataFile.objects.filter(ext="csv")[:3]
    default_storage.delete(lost.storage_key)
    OpenDataFile.objects.filter(pk=changed.pk).update(sha256="0" * 64)
    gone.delete()
    faults = " ".join(verify(NOON.date()))
    assert "its bytes are gone" in faults
    assert "its bytes changed" in faults
    assert f"{gone.table}.csv: missing" in faults


def test_the_catalogue_speaks_dcat_and_csvw(files):
    catalogue = json.loads(Client().get("/open-data/catalog.jsonld").content)
    assert len(catalogue["dcat:dataset"]) == len(tables())
    distribution = catalogue["dcat:dataset"][0]["dcat:distribution"][0]
    assert distribution["spdx:checksum"]["spdx:checksumValue"]
    described = json.loads(Client().get(f"/open-data/{DAY}/houses.csv-metadata.json").content)
    names = [column["name"] for column in described["tableSchema"]["columns"]]
    head = body(f"/open-data/{DAY}/houses.csv").decode().splitlines()[0]
    assert head == ",".join(names)
    assert described["tableSchema"]["primaryKey"] == "id"


def test_the_page_and_the_feed_open_with_few_queries(files):
    with CaptureQueriesContext(connection) as asked:
        page = Client().get("/open-data/")
    assert page.status_code == 200
    assert f"/open-data/{DAY}/houses.csv" in page.content.decode()
    assert len(asked) <= 4
    feed = Client().get("/open-data/changes.atom")
    assert "Финансово-хозяйственная" in feed.content.decode()


def test_a_file_that_did_not_change_is_not_sent_again(files):
    answer = Client().get(f"/open-data/{DAY}/houses.csv")
    answer.close()
    again = Client().get(f"/open-data/{DAY}/houses.csv", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304


@pytest.mark.parametrize(
    "address",
    [
        "/open-data/2026-03-02/people.csv",
        "/open-data/2026-03-02/houses.exe",
        "/open-data/yesterday/houses.csv",
        "/open-data/2020-01-01/houses.csv",
        "/open-data/latest/people.csv",
        "/open-data/2026-03-02/people.csv-metadata.json",
    ],
)
def test_what_does_not_exist_is_404(files, address):
    assert Client().get(address).status_code == 404


def test_before_the_first_night_the_page_says_so(db):
    assert "готов" in Client().get("/open-data/").content.decode()
    with pytest.raises(CommandError):
        call_command("verify_open_data", stdout=io.StringIO())
