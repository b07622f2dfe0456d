"""Letters of outside portals: read as they come, filed only where all is certain, answered back."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import threading
from datetime import timedelta
from os import environ
from signal import SIGKILL
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actors import actor_of
from disclosure.models import Building
from disclosure.sheets.reading import Unreadable
from requests_app.exchange import running, sending
from requests_app.models import (
    Category,
    ExchangeBatch,
    ExchangeKind,
    OutsideLetter,
    OutsideMatter,
    Request,
    RequestContact,
)
from requests_app.outside import letters, placing, reading, sources
from requests_app.outside.sources import SOURCES
from requests_app.statuses import Channel
from tests.city_fixtures import ORDINARY

POS, GIS = SOURCES["pos"], SOURCES["gis-zhkh"]
ADMIN = "/admin/requests_app/outsideletter/"
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def house(building) -> Building:
    return building


@pytest.fixture
def letter(categories, house):
    """Return a maker of what a portal says of one letter, by our names."""

    def make(number="77-1", **fields) -> dict:
        return {
            "number": number,
            "received_at": (timezone.now() - 5 * HOUR).isoformat(),
            "address": house.address,
            "matter": Category.objects.get(slug=ORDINARY).name,
            "text": "Батарея холодная",
            "name": "Секретов Пётр",
            "email": "secret@example.org",
            "phone": "8 900 999-00-00",
            "flat": "9",
            **fields,
        }

    return make


@pytest.fixture
def take(operator):
    def run(*records: dict, source=POS, work: bool = True) -> ExchangeBatch:
        at = timezone.now()
        batch = sending.store(
            ExchangeKind.LETTERS,
            [reading.sent(record, at=at) for record in records],
            by=actor_of(operator),
            at=at,
            source=source.code,
        )
        if work:
            running.run(at=timezone.now, parts=50)
        batch.refresh_from_db()
        return batch

    return run


def answers(batch: ExchangeBatch) -> list[tuple[str, str]]:
    return list(batch.lines.order_by("place").values_list("answer", "field"))


def test_a_certain_letter_becomes_a_request_of_the_moment_it_was_received(take, letter, house):
    said = letter(kind="Обращение")
    batch = take(said)
    assert answers(batch) == [("done", "")]
    row = OutsideLetter.objects.get()
    item = row.request
    assert (item.channel, item.building, item.category.slug) == (Channel.POS, house, ORDINARY)
    assert item.registered_at == row.received_at
    assert timezone.now() - item.registered_at > 4 * HOUR
    assert item.legal_kind == "appeal_59fz" or item.answer_by is not None
    contact = RequestContact.objects.get(request=item)
    assert (contact.consent_version, contact.phone) == ("59-FZ", "+79009990000")
    assert contact.email == "secret@example.org"
    # The person is in the contact alone.
    assert row.payload == {}
    assert batch.lines.get().body == {}
    assert batch.lines.get().number == item.number
    assert "Секретов" not in str(list(OutsideLetter.objects.values()))


def test_a_letter_without_a_way_to_reach_the_person_is_answered_through_its_portal(take, letter):
    take(letter(email="", phone="не число", name=""))
    contact = RequestContact.objects.get()
    assert (contact.email, contact.phone, contact.consent_version) == ("", "", "59-FZ")
    take(letter("78", email="", phone=""), source=GIS)
    assert RequestContact.objects.filter(consent_version="209-FZ").count() == 1


def test_sent_again_it_makes_no_second_request(take, letter):
    said = letter()
    take(said)
    twice = letter("77-2")
    batch = take(said, letter(text="Другой текст"), twice, twice)
    assert [answer for answer, _field in answers(batch)] == ["same", "same", "done", "same"]
    assert [line.code for line in batch.lines.all()] == ["", "differs", "", ""]
    assert Request.objects.count() == OutsideLetter.objects.count() == 2
    # Another portal has numbers of its own.
    assert answers(take(letter(), source=GIS)) == [("done", "")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "x" * 65}, "number"),
        ({"number": "1\n2\x00<>"}, "number"),
        ({"number": ["7"]}, "number"),
        ({"text": "  \x00 "}, "text"),
        ({"text": "х" * 5001}, "text"),
        ({"address": None}, "address"),
        ({"received_at": "вчера"}, "received_at"),
        ({"received_at": "31.02.2026 10:00"}, "received_at"),
        ({"received_at": "9999-12-31T23:59:59-23:59"}, "received_at"),
        ({"received_at": "0001-01-01T00:00:00+14:00"}, "received_at"),
        ({"received_at": "2020-01-01 10:00"}, "received_at"),
        ({"received_at": (timezone.now() + timedelta(days=1)).isoformat()}, "received_at"),
        ({"fias": "нет"}, "fias"),
        ({"flat": "1" * 13}, "flat"),
        ({"kind": "донос"}, "kind"),
        ({"kind": "appeal", "name": ""}, "name"),
        ({"text": True}, "text"),
        ({"text": 1.5}, "text"),
    ],
)
def test_what_is_no_letter_is_refused_by_its_field_and_stops_no_other(take, letter, changes, field):
    batch = take(
        letter("1", **changes) if "number" not in changes else letter(**changes), letter("2")
    )
    assert answers(batch) == [("refused", field), ("done", "")]
    assert batch.lines.first().message


def test_what_is_not_certain_waits_for_staff_and_is_guessed_by_nobody(
    take, letter, house, make_building, company, supplier
):
    make_building(company=company, supplier=supplier, street="ул. Парковая", house="7")
    make_building(
        company=company, supplier=supplier, street="ул. Парковая", house="7", city="с. Луговое"
    )
    batch = take(
        letter("1", address="ул. Сдовая, д. 1"),
        letter("2", address="ул. Парковая, д. 7"),
        letter("3", address="Светлоречье, ул. Парковая, дом 7, кв. 3"),
        letter("4", matter="Что-то холодно"),
        letter("5", address="ул. Садовая, д. 999"),
        letter("6", address="Где-то у нас", fias=str(uuid4())),
        letter("7", address="9" * 400),
    )
    assert [answer for answer, _field in answers(batch)] == [
        "to_sort",
        "to_sort",
        "done",
        "to_sort",
        "to_sort",
        "to_sort",
        "to_sort",
    ]
    assert batch.to_sort == 6
    assert OutsideLetter.objects.get(number="4").unclear == placing.MATTER
    assert OutsideLetter.objects.get(number="1").unclear == placing.HOUSE
    Building.objects.filter(pk=house.pk).update(fias_guid=(guid := uuid4()))
    assert answers(take(letter("8", address="непонятно", fias=str(guid)))) == [("done", "")]


def test_staff_sort_out_once_and_teach_the_matter(
    take, letter, house, client, operator, editor, company_user
):
    take(letter("1", matter="Нет тепла"), letter("2", matter="Нет тепла"), letter("3", matter="?"))
    first, second, third = OutsideLetter.objects.order_by("number")
    client.force_login(operator)
    page = client.get(ADMIN).content.decode()
    assert "77" not in page or first.number in page
    shown = client.get(f"{ADMIN}{first.pk}/change/").content.decode()
    assert "Батарея холодная" in shown
    assert "Секретов" not in shown
    assert "secret@example.org" not in shown
    answer = client.post(f"{ADMIN}{first.pk}/file/", {"building": "x", "category": ORDINARY})
    assert answer.status_code == 422
    answer = client.post(f"{ADMIN}{first.pk}/file/", {"building": house.pk, "category": "нет"})
    assert answer.status_code == 422
    assert not Request.objects.exists()
    press = {"building": house.pk, "category": ORDINARY, "always": "1"}
    assert client.post(f"{ADMIN}{first.pk}/file/", press).status_code == 302
    first.refresh_from_db()
    assert (first.state, first.payload, first.sorted_by) == ("filed", {}, operator)
    assert first.request.registered_at == first.received_at
    # A second press, or a colleague's, makes no second request.
    assert client.post(f"{ADMIN}{first.pk}/file/", press).status_code == 302
    assert client.post(f"{ADMIN}{first.pk}/decline/", {"reason": "нет"}).status_code == 302
    assert Request.objects.count() == 1
    assert OutsideMatter.objects.get().category.slug == ORDINARY
    assert answers(take(letter("4", matter="нет тепла"))) == [("done", "")]
    assert client.post(f"{ADMIN}{second.pk}/decline/", {"reason": " "}).status_code == 422
    client.post(f"{ADMIN}{second.pk}/decline/", {"reason": "Не наш город"})
    second.refresh_from_db()
    assert (second.state, second.reason, second.payload) == ("declined", "Не наш город", {})
    for user, status in ((editor, 403), (company_user, 302)):
        stranger = Client()
        stranger.force_login(user)
        assert stranger.get(f"{ADMIN}{third.pk}/change/").status_code == status
        assert stranger.post(f"{ADMIN}{third.pk}/file/", press).status_code == status
    third.refresh_from_db()
    assert third.state == "to_sort"


def as_csv(source, *records, delimiter=";", coding="utf-8-sig") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(source.headings.values())
    for record in records:
        writer.writerow([record.get(field, "") for field in source.headings])
    return out.getvalue().encode(coding)


def as_json(source, *records) -> bytes:
    found = []
    for record in records:
        one: dict = {}
        for field, path in source.paths.items():
            *way, last = path.split(".")
            place = one
            for part in way:
                place = place.setdefault(part, {})
            place[last] = record.get(field)
        found.append(one)
    return json.dumps({source.list_name: found}, ensure_ascii=False).encode()


@pytest.mark.parametrize("source", SOURCES.values(), ids=str)
def test_both_formats_of_both_portals_say_the_same(letter, source):
    at = timezone.now()
    said = letter()
    files = [
        as_csv(source, said),
        as_csv(source, said, delimiter=",", coding="utf-8"),
        as_csv(source, said, delimiter="\t", coding="cp1251"),
        as_json(source, said),
        b"\xef\xbb\xbf" + as_json(source, said),
    ]
    found = [reading.rows_of(data, source, at=at) for data in files]
    for rows in found:
        (row,) = rows
        assert row.fault is None, row
        assert letters.read(row.body, at=at) == letters.read(found[0][0].body, at=at)
    assert letters.read(found[0][0].body, at=at).phone == "+79009990000"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"PK\x03\x04 broken",
        "Номер сообщения|Текст\n1|2\n".encode(),
        "Номер сообщения;Адрес\n1;2\n".encode(),
        'Номер сообщения;Адрес\n"1;2\n'.encode(),
        b"{}",
        b"[",
        b'{"messages": 1}',
        b'{"messages": [NaN]}',
        b'{"messages": []}',
        b"[" * 100_000,
        '{"messages": []}'.encode("cp1251") + "я".encode("cp1251"),
        b'{"appeals": []}',
    ],
)
def test_what_is_no_file_of_the_portal_is_refused_whole(db, data):
    with pytest.raises(Unreadable):
        reading.rows_of(data, POS, at=timezone.now())


def test_one_strange_record_of_a_file_is_its_own_refusal(letter):
    data = json.loads(as_json(POS, letter("1")))
    data["messages"] += [7, None, {"id": {"a": 1}}, {"text": "\ud800"}]
    rows = reading.rows_of(json.dumps(data).encode(), POS, at=timezone.now())
    assert [row.fault is None for row in rows] == [True, False, False, False, False]


def upload(client: Client, data: bytes, source="pos", name="letters.csv"):
    return client.post(
        f"{ADMIN}upload/", {"source": source, "file": SimpleUploadedFile(name, data)}
    )


def test_a_file_is_looked_through_first_and_then_taken_in(letter, client, operator):
    client.force_login(operator)
    assert upload(client, b"").status_code == 422
    answer = upload(
        client,
        as_csv(POS, letter("1"), letter("=1+1"), letter("3", address="Не найти, 5"), letter("4")),
    )
    assert answer.status_code == 302, answer.content.decode()
    batch = ExchangeBatch.objects.get()
    assert running.run(at=timezone.now, parts=5) == 0
    page = client.get(answer["Location"]).content.decode()
    assert "letters.csv" in page
    assert not OutsideLetter.objects.exists()
    refused = client.get(f"{ADMIN}batches/{batch.pk}/refused.csv")
    table = b"".join(refused.streaming_content).decode("utf-8-sig")
    assert "'=1+1" in table
    client.post(f"{ADMIN}batches/{batch.pk}/go/")
    client.post(f"{ADMIN}batches/{batch.pk}/go/")
    running.run(at=timezone.now, parts=5)
    batch.refresh_from_db()
    assert (batch.done, batch.to_sort, batch.refused, batch.state) == (2, 1, 1, "finished")
    assert client.get(answer["Location"]).status_code == 200
    # Nobody sent it: what people wrote does not stay.
    upload(client, as_csv(POS, letter("9")))
    assert running.sweep(at=timezone.now() + 2 * running.LOOKED_FOR)


def test_the_answers_go_back_as_a_table(take, letter, client, operator):
    take(letter("1"), letter("2", address="нигде"))
    client.force_login(operator)
    sent = client.get(f"{ADMIN}answers/pos.csv")
    text = b"".join(sent.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert [row["Номер там"] for row in rows] == ["1", "2"]
    assert rows[0]["Номер здесь"] == Request.objects.get().number
    assert rows[1]["Номер здесь"] == ""
    assert client.get(f"{ADMIN}answers/nobody.csv").status_code == 404


def test_the_headings_say_every_field():
    for source in SOURCES.values():
        assert set(source.headings) == set(source.paths) == set(sources.FIELDS)


_WORKER = """
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
from django.utils.timezone import now
from requests_app.exchange import running
from requests_app.outside import taking
running.PART = 2
real, seen = taking.take_in, []
def take_in(*args, **named):
    seen.append(1)
    found = real(*args, **named)
    if len(seen) == 4:
        print("half", flush=True)
        __import__("time").sleep(60)
    return found
taking.take_in = take_in
running.run(at=now, parts=100)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_and_sent_twice_at_once_each_letter_is_one_request(take, letter):
    first = take(*[letter(str(n)) for n in range(6)], work=False)
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER.format(name=connection.settings_dict["NAME"])],
        cwd=settings.BASE_DIR,
        env={**environ, "DJANGO_SETTINGS_MODULE": "contact_center.settings"},
        stdout=subprocess.PIPE,
    )
    assert worker.stdout.readline() == b"half\n"
    worker.send_signal(SIGKILL)
    worker.wait()
    worker.stdout.close()
    first.refresh_from_db()
    assert (first.done, first.state) == (2, "running")
    second = take(*[letter(str(n)) for n in range(6)], work=False)

    def work():
        try:
            for _ in range(200):
                running.run(at=timezone.now, parts=9)
                if not ExchangeBatch.objects.unfinished().exists():
                    return
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for batch in (first, second):
        batch.refresh_from_db()
        assert batch.state == "finished"
    assert first.done + second.done == 6
    assert first.same + second.same == 6
    assert Request.objects.count() == OutsideLetter.objects.count() == 6
