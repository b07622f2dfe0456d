"""States as a table: taken away, looked through, done wholly or not at all, and only once."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.actors import actor_of
from disclosure.sheets.writing import Sheet, csv_line, workbook
from notifications.models import Message
from requests_app import lifecycle
from requests_app.cabinet import bringing
from requests_app.lifecycle import Details, NewExecutor
from requests_app.models import Act, Request
from requests_app.statuses import Status
from tests.city_fixtures import rows_of

pytestmark = pytest.mark.django_db

CABINET = "/cabinet/requests/"
HOUR = timedelta(hours=1)


@pytest.fixture
def firm(company_user) -> Client:
    client = Client()
    client.force_login(company_user)
    return client


@pytest.fixture
def make(make_request):
    return lambda **fields: make_request(**{"at": timezone.now() - 20 * HOUR, **fields})


def taken_away(client: Client, **query) -> list[dict[str, str]]:
    answer = client.get(f"{CABINET}requests.csv", query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def send(client: Client, *rows: dict, head=None, name="states.csv"):
    columns = head or list(dict.fromkeys(key for row in rows for key in row))
    lines = [columns, *([str(row.get(key, "")) for key in columns] for row in rows)]
    body = "\ufeff" + "".join(csv_line(line) for line in lines)
    return client.post(
        f"{CABINET}table/", {"file": SimpleUploadedFile(name, body.encode(), "text/csv")}
    )


def done_with(client: Client, preview):
    return client.post(f"{CABINET}table/do/", {"rows": preview.context["rows"]})


def faults_of(answer) -> dict[str, str]:
    return {fault.address: fault.message for fault in answer.context["faults"]}


def clock(moment) -> str:
    return timezone.localtime(moment).strftime("%d.%m.%Y %H:%M")


def today() -> str:
    return timezone.localdate().strftime("%d.%m.%Y")


def test_the_table_holds_ones_own_requests_without_contact_and_without_formulas(
    make, firm, operator, rival_company
):
    mine = make(description='=HYPERLINK("http://evil";"x") холодно', flat="12")
    theirs = lifecycle.move(
        make(),
        Status.REDIRECTED,
        by=actor_of(operator),
        at=timezone.now(),
        details=Details(text="Их дом", executor=NewExecutor(company=rival_company.pk)),
    )
    rows = taken_away(firm)
    assert [row["Номер"] for row in rows] == [mine.number]
    (row,) = rows
    assert (row["Состояние"], row["Квартира"], row["Версия"]) == ("Новая", "12", "1")
    assert row["Описание"].startswith("'=HYPERLINK")
    whole = str(rows)
    for secret in ("Анна", "resident@example.org", "9000000001", theirs.number):
        assert secret not in whole
    assert taken_away(firm, state="done") == []


def test_the_preview_does_nothing_and_the_press_does_all_of_it(make, firm):
    new, begun, done = make(), make(status="in_progress"), make(status="in_progress")
    planned = timezone.now() + 2 * HOUR
    before = {item.pk: rows_of(item) for item in (new, begun, done)}
    preview = send(
        firm,
        {"Номер": new.number, "Состояние": "Принята", "План": clock(planned)},
        {"Номер": begun.number, "Состояние": "needs_info", "Слова жителю": "Какой код?"},
        {
            "Номер": done.number,
            "Состояние": "Выполнена, есть акт",
            "Акт от": today(),
            "Акт подписал": "Мастер Фёдоров",
        },
    )
    assert preview.status_code == 200
    assert len(preview.context["changes"]) == 3
    for item in (new, begun, done):
        assert rows_of(item) == before[item.pk]
    assert done_with(firm, preview).status_code == 302
    for item in (new, begun, done):
        item.refresh_from_db()
    assert [new.status, begun.status, done.status] == ["accepted", "needs_info", "done"]
    assert clock(new.planned_at) == clock(planned)
    assert Act.objects.get(request=done).signer == "Мастер Фёдоров"


def test_sent_again_the_same_file_changes_nothing(make, firm):
    item, done = make(), make(status="in_progress")
    version = {"Версия": item.version}
    rows = [
        {
            "Номер": item.number,
            "Состояние": "В работе",
            **version,
            "План": clock(timezone.now() + HOUR),
        },
        {
            "Номер": done.number,
            "Состояние": "done",
            "Версия": done.version,
            "Акт от": today(),
            "Акт подписал": " Мастер  Фёдоров ",
        },
    ]
    preview = send(firm, *rows)
    done_with(firm, preview)
    letters = Message.objects.count()
    before = [rows_of(item), rows_of(done)]
    # The button pressed twice, then the file once more.
    assert done_with(firm, preview).status_code == 302
    again = send(firm, *rows)
    assert (again.status_code, again.context["changes"]) == (200, [])
    assert again.context["unchanged"] == 2
    assert "ничего не меняет" in again.text
    assert [rows_of(item), rows_of(done)] == before
    assert Message.objects.count() == letters
    item.refresh_from_db()
    # From new to in progress there are two steps; both are in the history.
    assert item.status == Status.IN_PROGRESS
    assert list(item.events.exclude(step="").values_list("step", flat=True))[-2:] == [
        "accept",
        "start",
    ]


def test_one_mistake_anywhere_and_nothing_is_done(make, firm, operator, rival_company):
    good, early, asked = make(), make(status="in_progress"), make()
    theirs = lifecycle.move(
        make(),
        Status.REDIRECTED,
        by=actor_of(operator),
        at=timezone.now(),
        details=Details(text="Их дом", executor=NewExecutor(company=rival_company.pk)),
    )
    items = (good, early, asked, theirs)
    before = [rows_of(item) for item in items]
    head = ["Номер", "Состояние", "План", "Акт от", "Акт подписал", "Слова жителю"]
    answer = send(
        firm,
        {"Номер": good.number, "Состояние": "Принята"},
        {
            "Номер": early.number,
            "Состояние": "done",
            "Акт от": "01.01.2099",
            "Акт подписал": "Мастер",
        },
        {"Номер": asked.number, "Состояние": "needs_info"},
        {"Номер": theirs.number, "Состояние": "Принята"},
        head=head,
    )
    assert answer.status_code == 422
    faults = faults_of(answer)
    assert set(faults) == {"D3", "F4", "A5"}
    assert "в будущем" in faults["D3"]
    assert faults["A5"] == "Заявки с таким номером у вас нет."
    assert [rows_of(item) for item in items] == before


@pytest.mark.parametrize(
    ("row", "cell", "said"),
    [
        ({"Состояние": "Починена"}, "B2", "Такого состояния нет"),
        ({"Состояние": "Закрыта"}, "B2", "нельзя поставить"),
        ({"Состояние": "Передана другой организации"}, "B2", "нельзя поставить"),
        ({"Состояние": "Принята", "План": "завтра"}, "C2", "Напишите день и время"),
        ({"Состояние": "Принята", "План": "01.01.2020 10:00"}, "C2", "прошло"),
        ({"Состояние": "done", "Акт от": "31.02.2026"}, "C2", "Напишите день"),
        ({"Состояние": "done"}, "A2", "подписал"),
        ({"Состояние": "Принята", "Версия": "-1"}, "C2", "версию"),
        ({"Состояние": "Принята", "Версия": "77"}, "B2", "изменилась после выгрузки"),
        ({"Состояние": "Принята", "Сумма": "5"}, "C1", "Неизвестный столбец"),
    ],
)
def test_each_mistake_is_told_by_its_cell(make, firm, row, cell, said):
    item = make()
    before = rows_of(item)
    answer = send(firm, {"Номер": item.number, **row})
    assert answer.status_code == 422
    faults = faults_of(answer)
    assert cell in faults
    assert said in faults[cell]
    assert rows_of(item) == before


@pytest.mark.parametrize(
    "body",
    [b"", "Состояние;План\r\nПринята;\r\n".encode(), b"\x00\x01\x02", b"PK\x03\x04broken"],
)
def test_what_is_no_such_table_is_refused_in_words(make, firm, body):
    make()
    file = SimpleUploadedFile("x.csv", body, "text/csv")
    answer = firm.post(f"{CABINET}table/", {"file": file})
    assert answer.status_code == 422
    assert "Файл не принят" in answer.text
    assert firm.post(f"{CABINET}table/").status_code == 422


def test_too_many_rows_and_one_request_twice_are_refused(make, firm):
    item = make()
    twice = send(firm, {"Номер": item.number}, {"Номер": item.number})
    assert set(faults_of(twice)) == {"A3"}
    many = send(firm, *({"Номер": f"26-{n:06d}"} for n in range(400)))
    assert many.status_code == 422
    assert many.context["refused"]


def test_a_workbook_does_as_well_and_a_formula_in_it_does_not(make, firm):
    item = make()
    body = workbook([Sheet("Лист", [["Номер", "Состояние"], [item.number, "Принята"]])])
    preview = firm.post(f"{CABINET}table/", {"file": SimpleUploadedFile("s.xlsx", body)})
    assert preview.status_code == 200
    done_with(firm, preview)
    assert Request.objects.get(pk=item.pk).status == Status.ACCEPTED


def test_what_changed_between_preview_and_press_stops_all_of_it(make, firm, operator):
    first, second = make(), make()
    preview = send(
        firm,
        {"Номер": first.number, "Состояние": "Принята", "Версия": 1},
        {"Номер": second.number, "Состояние": "Принята", "Версия": 1},
    )
    lifecycle.move(
        second,
        Status.NEEDS_INFO,
        by=actor_of(operator),
        at=timezone.now(),
        details=Details(text="Какая комната?"),
    )
    before = [rows_of(first), rows_of(second)]
    answer = done_with(firm, preview)
    assert answer.status_code == 422
    assert set(faults_of(answer)) == {"B3"}
    assert [rows_of(first), rows_of(second)] == before


def test_a_preview_is_nobody_elses_and_cannot_be_forged(make, firm, rival):
    item = make()
    preview = send(firm, {"Номер": item.number, "Состояние": "Принята"})
    other = Client()
    other.force_login(rival)
    before = rows_of(item)
    assert done_with(other, preview).status_code == 422
    for forged in ("", "x", preview.context["rows"][:-2]):
        assert firm.post(f"{CABINET}table/do/", {"rows": forged}).status_code == 422
    assert rows_of(item) == before


@pytest.mark.parametrize(
    ("source", "target", "steps"),
    [
        ("new", "accepted", ["accepted"]),
        ("new", "in_progress", ["accepted", "in_progress"]),
        ("new", "done", ["accepted", "in_progress", "done"]),
        ("redirected", "in_progress", ["in_progress"]),
        ("reopened", "done", ["in_progress", "done"]),
        ("needs_info", "done", ["in_progress", "done"]),
        ("new", "needs_info", ["needs_info"]),
        ("in_progress", "accepted", None),
        ("done", "closed", None),
        ("closed", "in_progress", None),
    ],
)
def test_the_way_of_an_executor_between_states(source, target, steps):
    assert bringing.way(source, target) == steps
