"""Batches of states: each row its own answer, once however often sent, whatever breaks off."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import threading
from datetime import timedelta
from os import environ
from signal import SIGKILL

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import idempotency
from accounts.actors import actor_of
from accounts.models import CompanyRepresentative
from notifications.models import Message
from requests_app import lifecycle
from requests_app.cabinet import pushed
from requests_app.exchange import running, sending
from requests_app.exchange.sending import Sent
from requests_app.models import Act, ExchangeBatch, ExchangeKind, ExchangeRow, Request
from requests_app.statuses import Status
from tests.city_fixtures import rows_of

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def make(make_request):
    return lambda **fields: make_request(**{"at": timezone.now() - 20 * HOUR, **fields})


@pytest.fixture
def push(company_user):
    def send(*rows: Sent, work: bool = True, by=company_user, key: str = "") -> ExchangeBatch:
        batch = sending.store(
            ExchangeKind.STATES,
            rows,
            by=actor_of(by),
            at=timezone.now(),
            idempotency_key=key,
        )
        if work:
            running.run(at=timezone.now, parts=100)
        batch.refresh_from_db()
        return batch

    return send


def row(item: Request | str, to: str = "", *, key: str = "", **body) -> Sent:
    number = item if isinstance(item, str) else item.number
    return Sent(key=key, number=number, body={"to": to, **body})


def answers(batch: ExchangeBatch) -> list[tuple[str, str]]:
    return list(batch.lines.order_by("place").values_list("answer", "code"))


def an_act(**changes):
    return {"signed_on": str(timezone.localdate()), "signer": "Мастер Фёдоров", **changes}


def test_a_bad_row_spoils_no_other_and_a_foreign_number_looks_unknown(
    make, push, rival, company_user
):
    mine, other, closed = make(), make(), make(status="closed")
    foreign = make()
    Request.objects.filter(pk=foreign.pk).update(executor_inn="7707083893")
    before = rows_of(foreign)["request"]
    batch = push(
        row(mine, "in_progress", text="Начали", key="a"),
        row(foreign, "in_progress"),
        row("26-999999", "in_progress"),
        row(other, "done"),
        row(closed, "accepted"),
        row(mine, "done", act=an_act(), key="b"),
        row(other, "nowhere"),
        row(other, "accepted", version=77),
        Sent(key="c", number=other.number, fault=("to", "Нет такого")),
    )
    assert answers(batch) == [
        ("done", ""),
        ("refused", "not_found"),
        ("refused", "not_found"),
        ("refused", "act_needed"),
        ("refused", "forbidden_step"),
        ("done", ""),
        ("refused", "forbidden_step"),
        ("refused", "stale"),
        ("refused", "invalid"),
    ]
    lines = list(batch.lines.order_by("place"))
    assert lines[1].message == lines[2].message
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.status, other.status) == (Status.DONE, Status.NEW)
    assert lines[5].version == mine.version
    assert rows_of(foreign)["request"] == before
    assert (batch.state, batch.done, batch.refused) == ("finished", 2, 7)
    # What a row said is gone with its answer.
    assert all(line.body == {} for line in lines)


def test_rows_of_one_request_are_taken_in_their_order(make, push):
    item = make()
    batch = push(
        row(item, "accepted"),
        row(item, "accepted"),
        row(item, "done", act=an_act()),
        row(item, "in_progress"),
        row(item, "done", act=an_act()),
        row(item, "done", act=an_act(signer="Другой")),
    )
    assert [answer for answer, _code in answers(batch)] == [
        "done",
        "same",
        "done",
        "refused",
        "same",
        "refused",
    ]
    assert Act.objects.filter(request=item).count() == 1


def test_a_repeat_is_answered_the_same_and_writes_nothing(make, push):
    item = make()
    first = push(row(item, "in_progress", key="x-1"), key="whole")
    before, letters = rows_of(item), Message.objects.count()
    again = push(row(item, "in_progress", key="x-1"), key="whole")
    assert again == first
    other = push(row(item, "in_progress", key="x-1"))
    assert answers(other) == [("same", "")]
    assert other.lines.get().version == first.lines.get().version
    changed = push(row(item, "done", act=an_act(), key="x-1"))
    assert answers(changed) == [("refused", "client_id_reused")]
    with pytest.raises(idempotency.KeyReused):
        push(row(item, "accepted", key="x-2"), key="whole")
    assert rows_of(item) == before
    assert Message.objects.count() == letters
    # A row refused once may be mended and sent again under its name.
    assert answers(push(row(item, "done", key="x-3"))) == [("refused", "act_needed")]
    assert answers(push(row(item, "done", act=an_act(), key="x-3"))) == [("done", "")]


def test_nothing_and_too_much_are_not_taken(push, company_user):
    for rows, code in (((), "no_rows"), ([row("26-1")] * 1001, "too_many_rows")):
        with pytest.raises(sending.NotTaken) as refused:
            push(*rows)
        assert refused.value.code == code
    assert not ExchangeBatch.objects.exists()


def test_who_speaks_for_the_company_no_longer_moves_nothing(make, push, company_user):
    item = make()
    batch = push(row(item, "accepted"), work=False)
    CompanyRepresentative.objects.filter(user=company_user).delete()
    running.run(at=timezone.now, parts=9)
    assert answers(batch) == [("refused", "not_found")]
    item.refresh_from_db()
    assert item.status == Status.NEW


def test_our_own_failure_breaks_one_row_alone(make, push, monkeypatch):
    one, two = make(), make()
    real = pushed.bring

    def bring(wish, item, *args, **named):
        if item.pk == one.pk:
            raise RuntimeError("boom")
        return real(wish, item, *args, **named)

    monkeypatch.setattr(pushed, "bring", bring)
    batch = push(row(one, "accepted"), row(two, "accepted"))
    assert answers(batch) == [("refused", "error"), ("done", "")]
    assert "boom" not in batch.lines.get(place=1).message


def test_queries_grow_with_the_rows_alone(make, push, django_assert_max_num_queries, monkeypatch):
    items = [make() for _ in range(4)]
    batch = push(*[row(item, "accepted") for item in items], work=False)
    with django_assert_max_num_queries(30 * len(items) + 10):
        running.run(at=timezone.now, parts=9)
    assert batch.lines.filter(answer="done").count() == 4


def test_the_cabinet_shows_its_own_batches_and_what_was_refused(
    make, push, company_user, rival, client
):
    item = make()
    batch = push(row(item, "in_progress", key="=1+1"), row(item, "done", key="=1+1 evil"))
    ExchangeRow.objects.filter(place=1).update(answer="refused", message="Причина", code="x")
    ExchangeBatch.objects.update(refused=2)
    client.force_login(company_user)
    assert str(batch.pk) in client.get("/cabinet/requests/batches/").content.decode()
    page = client.get(f"/cabinet/requests/batches/{batch.pk}/")
    assert "Причина" in page.content.decode()
    sent = client.get(f"/cabinet/requests/batches/{batch.pk}/refused.csv")
    text = b"".join(sent.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 3
    assert rows[1][1] == "'=1+1"
    stranger = Client()
    stranger.force_login(rival)
    for path in ("", f"{batch.pk}/", f"{batch.pk}/refused.csv"):
        answer = stranger.get(f"/cabinet/requests/batches/{path}")
        if path:
            assert answer.status_code == 404
        else:
            assert str(batch.pk) not in answer.content.decode()


def test_old_batches_go(push, make):
    batch = push(row(make(), "accepted"))
    assert running.sweep(at=timezone.now()) == 0
    assert running.sweep(at=timezone.now() + running.KEPT + HOUR)
    assert not ExchangeBatch.objects.filter(pk=batch.pk).exists()


_WORKER = """
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = {name!r}
from django.utils.timezone import now
from requests_app.cabinet import pushed
from requests_app.exchange import running
running.PART = 2
real, seen = pushed.bring, []
def bring(*args, **named):
    seen.append(1)
    if len(seen) == 4:
        print("half", flush=True)
        __import__("time").sleep(60)
    return real(*args, **named)
pushed.bring = bring
running.run(at=now, parts=100)
"""


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_it_goes_on_and_two_workers_do_each_row_once(make, push, monkeypatch):
    items = [make() for _ in range(6)]
    batch = push(*[row(item, "accepted", key=f"k{item.pk}") for item in items], work=False)
    worker = subprocess.Popen(
        [sys.executable, "-c", _WORKER.format(name=connection.settings_dict["NAME"])],
        cwd=settings.BASE_DIR,
        env={**environ, "DJANGO_SETTINGS_MODULE": "contact_center.settings"},
        stdout=subprocess.PIPE,
    )
    assert worker.stdout.readline() == b"half\n"
    # Meanwhile another worker finds the batch taken, and waits for nothing.
    assert running.run(at=timezone.now, parts=9) == 0
    worker.send_signal(SIGKILL)
    worker.wait()
    worker.stdout.close()
    batch.refresh_from_db()
    assert (batch.done, batch.state) == (2, "running")
    monkeypatch.setattr(running, "PART", 2)

    def work():
        try:
            while ExchangeBatch.objects.unfinished().exists():
                running.run(at=timezone.now, parts=9)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    batch.refresh_from_db()
    assert (batch.done, batch.same, batch.refused, batch.state) == (6, 0, 0, "finished")
    for item in items:
        item.refresh_from_db()
        assert (item.status, item.version) == (Status.ACCEPTED, 2)
        assert item.events.filter(step="accept").count() == 1


def test_the_worker_answers_in_the_language_of_whoever_sent(make, push):
    from django.utils import translation

    with translation.override("en"):
        batch = push(row("26-999999", "accepted"), work=False)
    running.run(at=timezone.now, parts=9)
    assert batch.lines.get().message == "There is no such request."
    assert lifecycle.NotFound().message != "There is no such request."
