"""Tariffs and norms: lists loaded, rows refused, days that never overlap, what they fill in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from claims.models import Tariff
from claims.tariffs import finding, loading, planning, reading
from claims.tariffs.planning import Doing, Told
from disclosure.models import ResourceSupplier, SupplyPeriod
from disclosure.sheets.reading import Unreadable
from tests.claims.test_claims import AT

ADDRESS = "/admin/claims/tariff/load/"
HEAD = "вид;услуга;населённый пункт;инн поставщика;для кого;значение;единица;с;по;акт;источник"
HOT = "tariff;hot_water;;;;200,00;m3;2025-07-01;;Приказ № 1 от 01.06.2025;https://act.example/1"
COLD = "tariff;cold_water;;;;40;m3;01.07.2025;;Приказ № 1 от 01.06.2025;https://act.example/1"
NORM = "norm;hot_water;;;;3,5;m3_person;2024-01-01;;Приказ № 9;https://act.example/9"


def csv(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def days() -> list[tuple[str, date, date | None]]:
    return list(
        Tariff.objects.order_by("utility", "since").values_list("utility", "since", "until")
    )


# ── The plan, as values


def told(since: date, until: date | None = None, *, line: int = 0, value: int = 1, key="a") -> Told:
    number = Decimal(value)
    return Told((key, "u", "", None, ""), number, "m3", since, until, "акт", "где", line=line)


def test_an_open_tariff_ends_the_day_before_the_next():
    old = replace(told(date(2025, 7, 1)), pk=7)
    found = planning.plan([old], [told(date(2026, 7, 1), line=2, value=3)])
    assert [(one.doing, one.after.until) for one in found.changes] == [
        (Doing.CLOSED, date(2026, 6, 30)),
        (Doing.NEW, None),
    ]
    assert found.changes[0].after.pk == 7


def test_a_row_that_takes_days_of_a_known_one_is_rejected_with_its_number():
    old = replace(told(date(2025, 7, 1), date(2026, 6, 30)), pk=7)
    found = planning.plan([old], [told(date(2026, 1, 1), line=2)])
    assert not found.changes
    assert [(one.told.line, one.reason, one.other.pk) for one in found.rejected] == [
        (2, "overlaps", 7)
    ]


def test_two_rows_of_a_file_about_one_day_must_agree():
    row = told(date(2026, 1, 1), line=2)
    other = replace(row, line=3, value=Decimal(9))
    found = planning.plan([], [row, replace(row, line=4), other])
    assert [one.after.line for one in found.changes] == [2]
    assert [(one.told.line, one.reason, one.other.line) for one in found.rejected] == [
        (3, "twice", 2)
    ]


DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
ROWS = st.lists(
    st.builds(
        lambda since, length, value, key: told(
            since,
            None if length is None else since + timedelta(days=length),
            value=value,
            key=key,
        ),
        DAYS,
        st.none() | st.integers(0, 500),
        st.integers(1, 3),
        st.sampled_from("ab"),
    ),
    max_size=8,
).map(lambda rows: [replace(row, line=place) for place, row in enumerate(rows, start=2)])


def after(known: list[Told], plan: planning.Plan) -> list[Told]:
    rows = {(row.key, row.since): row for row in known}
    rows |= {(one.after.key, one.after.since): one.after for one in plan.changes}
    return [replace(row, pk=place, line=0) for place, row in enumerate(rows.values(), start=1)]


@given(ROWS, ROWS)
def test_days_never_overlap_and_the_same_list_changes_nothing_twice(first, second):
    known = after([], planning.plan([], first))
    found = planning.plan(known, second)
    kept = after(known, found)
    for one in kept:
        for other in kept:
            if one is not other and one.key == other.key and one.since < other.since:
                assert one.until is not None
                assert one.until < other.since
    again = planning.plan(kept, second)
    assert {change.doing for change in again.changes} <= {Doing.SAME}
    assert {one.told.line for one in again.rejected} == {one.told.line for one in found.rejected}


# ── Reading: each row that is not taken is named, with why


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("тариф;hot_water;;;;200;m3;2025-07-01;;а;б", "не из списка"),
        ("tariff;steam;;;;200;m3;2025-07-01;;а;б", "не из списка"),
        ("tariff;hot_water;;;;200;m3_person;2025-07-01;;а;б", "не подходит"),
        ("tariff;hot_water;;;;двести;m3;2025-07-01;;а;б", "не число"),
        ("tariff;hot_water;;;;NaN;m3;2025-07-01;;а;б", "больше нуля"),
        ("tariff;hot_water;;;;-5;m3;2025-07-01;;а;б", "больше нуля"),
        ("tariff;hot_water;;;;0;m3;2025-07-01;;а;б", "больше нуля"),
        ("tariff;hot_water;;;;1.1234567;m3;2025-07-01;;а;б", "пяти знаков"),
        ("tariff;hot_water;;;;200;m3;31.02.2025;;а;б", "не дата"),
        ("tariff;hot_water;;;;200;m3;2025-07-01;2025-06-01;а;б", "раньше"),
        ("tariff;hot_water;;123;;200;m3;2025-07-01;;а;б", "ИНН 123"),
        ("tariff;hot_water;;;;200;m3;2025-07-01;;;б", "не заполнено"),
        (f"tariff;hot_water;;;{'я' * 201};200;m3;2025-07-01;;а;б", "не больше 200"),
    ],
)
def test_a_row_that_is_none_is_named_and_hinders_no_other(row, reason):
    found, bad = reading.read(csv(row, HOT), suppliers={})
    assert [one.line for one in found] == [3]
    assert bad[0].line == 2
    assert reason in bad[0].reason


@pytest.mark.parametrize("data", [b"", "вид;услуга\n1;2".encode(), b"\x00\x01", b"PK\x03\x04zip"])
def test_a_file_that_is_no_list_is_refused_whole(data):
    with pytest.raises(Unreadable):
        reading.read(data, suppliers={})


def test_the_words_of_the_page_are_understood_too():
    row = "тариф, рубли;горячая вода;;;;200;₽ за 1 м³;2025-07-01;;а;б"
    found, bad = reading.read(csv(row), suppliers={})
    assert not bad
    assert found[0].key[:2] == ("tariff", "hot_water")


# ── Loading


@pytest.mark.django_db
def test_a_list_is_loaded_once_whatever_often_it_comes():
    loading.load(csv(HOT, COLD))
    first = days()
    assert loading.load(csv(HOT, COLD)).plan.of(Doing.SAME) != []
    assert days() == first
    loading.load(csv(HOT.replace("200,00", "212,40").replace("2025-07", "2026-07")))
    assert days() == [
        ("cold_water", date(2025, 7, 1), None),
        ("hot_water", date(2025, 7, 1), date(2026, 6, 30)),
        ("hot_water", date(2026, 7, 1), None),
    ]
    history = apps.get_model("claims", "TariffAudit").objects.filter(utility="hot_water")
    assert list(history.order_by("pgh_id").values_list("pgh_label", "until")) == [
        ("insert", None),
        ("update", date(2026, 6, 30)),
        ("insert", None),
    ] or sorted(history.values_list("pgh_label", flat=True)) == ["insert", "insert", "update"]


@pytest.mark.django_db
def test_the_database_itself_refuses_days_of_another():
    loading.load(csv(HOT))
    row = Tariff.objects.get()
    row.pk, row.since = None, date(2026, 1, 1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
    assert Tariff.objects.count() == 1


@pytest.mark.django_db
def test_what_was_not_agreed_to_is_not_loaded():
    mark = loading.preview(csv(HOT)).mark
    loading.load(csv(HOT.replace("200,00", "190")))
    with pytest.raises(loading.Changed):
        loading.load(csv(HOT), agreed=mark)
    assert Tariff.objects.get().value == 190


@pytest.mark.django_db
def test_the_command_shows_then_applies_and_names_what_it_did_not_take(tmp_path):
    file = tmp_path / "tariffs.csv"
    file.write_bytes(csv(HOT, COLD, HOT.replace("200,00", "нет")))
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="1 rows not taken"):
        call_command("load_tariffs", str(file), stdout=out, stderr=err)
    assert "nothing written" in out.getvalue()
    assert "row 4" in err.getvalue()
    assert not Tariff.objects.exists()
    with pytest.raises(CommandError):
        call_command("load_tariffs", str(file), "--apply", stdout=out, stderr=err)
    assert Tariff.objects.count() == 2
    with pytest.raises(CommandError, match="No such file"):
        call_command("load_tariffs", str(tmp_path / "none.csv"))


# ── At the desk


@pytest.fixture
def editor_client(admin_user) -> Client:
    client = Client()
    client.force_login(admin_user)
    return client


def kept_in(page: str) -> dict[str, str]:
    return {
        name: page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]
        for name in ("kept", "agreed")
    }


@pytest.mark.django_db
def test_a_list_is_seen_before_it_is_loaded(editor_client):
    assert editor_client.get(ADDRESS).status_code == 200
    upload = SimpleUploadedFile("t.csv", csv(HOT, COLD, "tariff;x;;;;1;m3;2025-07-01;;а;б"))
    page = editor_client.post(ADDRESS, {"file": upload}).content.decode()
    assert "200 ₽ за 1 м³" in page
    assert "Строка 4: «услуга»" in page
    assert not Tariff.objects.exists()
    answer = editor_client.post(ADDRESS, kept_in(page))
    assert answer.status_code == 302
    assert Tariff.objects.count() == 2
    # A double click finds that somebody changed the tariffs meanwhile: oneself.
    page = editor_client.post(ADDRESS, kept_in(page)).content.decode()
    assert "Ничего: всё это уже есть" in page
    assert Tariff.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{}, {"kept": "???"}, {"kept": "QUJD", "agreed": "1"}])
def test_no_file_is_told_beside_the_field(editor_client, wrong):
    answer = editor_client.post(ADDRESS, wrong)
    assert answer.status_code == 422
    assert "Выберите файл" in answer.content.decode()


@pytest.mark.django_db
def test_a_tariff_edited_by_hand_keeps_its_history_and_takes_no_days_of_another(editor_client):
    loading.load(csv(HOT))
    row = Tariff.objects.get()
    one = f"/admin/claims/tariff/{row.pk}/change/"
    values = {
        "kind": "tariff",
        "utility": "hot_water",
        "value": "205",
        "unit": "m3",
        "since": "2025-07-01",
        "act": row.act,
        "source": row.source,
    }
    assert editor_client.post(one, values).status_code == 302
    history = editor_client.get(f"/admin/claims/tariff/{row.pk}/history/").content.decode()
    assert "205" in history
    answer = editor_client.post("/admin/claims/tariff/add/", {**values, "since": "2026-01-01"})
    assert answer.status_code == 200
    assert f"№ {row.pk}" in answer.content.decode()
    assert editor_client.post(one, {**values, "unit": "m3_person"}).status_code == 200
    assert Tariff.objects.get().value == 205


@pytest.mark.django_db
def test_an_operator_reads_tariffs_and_loads_none(operator):
    client = Client()
    client.force_login(operator)
    assert client.get("/admin/claims/tariff/").status_code == 200
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, {"file": SimpleUploadedFile("t.csv", csv(HOT))}).status_code == 403
    assert not Tariff.objects.exists()


# ── What they fill in


def water(**fields) -> dict[str, object]:
    return {
        "utility": "hot_water",
        "month": "2026-04",
        "charge": "1200",
        "metered": True,
        "hot_water": {"volume_m3": "6", **fields},
        "intervals": [
            {
                "kind": "temperature",
                "start": "2026-04-10T05:00:00+04:00",
                "end": "2026-04-13T05:00:00+04:00",
                "celsius": "38",
            }
        ],
    }


def counted(body: dict[str, object]) -> dict[str, object]:
    answer = Client().post("/api/v1/recalculation/", json.dumps(body), "application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.django_db
def test_the_citys_tariff_is_taken_where_nobody_wrote_one():
    loading.load(csv(HOT, COLD))
    found = counted(water())
    assert found == counted(water(tariff="200", cold_tariff="40", basis="Приказ № 1 от 01.06.2025"))
    # 6 m³ × 72 h of 720 h × (200 − 40) ₽: V28 of the worked examples.
    assert found["reduction"] == "96.00"
    assert "Приказ № 1 от 01.06.2025" in found["lines"][-1]["explanation"]


@pytest.mark.django_db
def test_without_a_known_tariff_the_call_asks_for_it():
    answer = Client().post("/api/v1/recalculation/", json.dumps(water()), "application/json")
    assert answer.status_code == 400
    assert "hot_water.tariff" in answer.content.decode()


@pytest.mark.django_db
def test_what_was_written_stands_before_what_is_known():
    loading.load(csv(HOT, COLD))
    assert counted(water(tariff="100", cold_tariff="40"))["reduction"] == "36.00"


@pytest.mark.django_db
def test_the_volume_by_norm_is_that_of_who_lives_there():
    loading.load(csv(HOT, COLD, NORM))
    body = water(residents=2)
    del body["hot_water"]["volume_m3"]
    assert counted(body) == counted(water(volume_m3="7"))


@pytest.mark.django_db
def test_hours_over_a_change_of_tariff_are_split_at_its_day():
    loading.load(csv(HOT.replace(";;Приказ", ";2026-04-11;Приказ"), COLD))
    loading.load(csv(HOT.replace("200,00", "300").replace("2025-07-01", "2026-04-12")))
    found = counted(water())
    lines = [line for line in found["lines"] if line["kind"] == "cold_tariff"]
    # From the 10th 05:00 to the 12th 00:00 are 43 hours, then 29.
    assert [(line["hours"], line["amount"]) for line in lines] == [
        ("43", "57.33"),
        ("29", "62.84"),
    ]
    assert Decimal(found["reduction"]) == Decimal("120.17")
    exact = Decimal(6) * (43 * 160 + 29 * 260) / 720
    assert abs(exact - Decimal(found["reduction"])) < Decimal("0.005")


@pytest.mark.django_db
def test_a_change_to_the_same_tariff_changes_nothing():
    same = {"from": "2026-04-12", "tariff": "200", "cold_tariff": "40"}
    split = counted(water(tariff="200", cold_tariff="40", later=[same]))
    assert split["reduction"] == counted(water(tariff="200", cold_tariff="40"))["reduction"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("later", "field"),
    [
        ("soon", "hot_water.later"),
        ([1], "hot_water.later.0"),
        ([{"from": "2026-05-01", "tariff": 1, "cold_tariff": 1}], "hot_water.later.0.from"),
        ([{"from": "2026-04-01", "tariff": 1, "cold_tariff": 1}], "hot_water.later.0.from"),
        ([{"from": "завтра", "tariff": 1, "cold_tariff": 1}], "hot_water.later.0.from"),
        ([{"from": "2026-04-02", "tariff": -1, "cold_tariff": 1}], "hot_water.later.0.tariff"),
        ([{"from": "2026-04-02", "tariff": 1}], "hot_water.later.0.cold_tariff"),
        ([{"from": "2026-04-02", "tariff": 1, "cold_tariff": 1, "x": 1}], "hot_water.later.0.x"),
    ],
)
def test_a_later_tariff_with_a_mistake_is_named(later, field):
    body = water(tariff="200", cold_tariff="40", later=later)
    answer = Client().post("/api/v1/recalculation/", json.dumps(body), "application/json")
    assert answer.status_code == 400
    assert field in {error["field"] for error in answer.json()["errors"]}


@pytest.mark.django_db
def test_the_houses_own_supplier_and_settlement_stand_before_the_citys(building):
    supplier = SupplyPeriod.objects.get(building=building, utility="hot_water").supplier
    ResourceSupplier.objects.filter(pk=supplier.pk).update(inn="7707083893")
    building.street.settlement = "Берёзовка"
    building.street.save()
    loading.load(
        csv(
            HOT,
            COLD,
            COLD.replace(";;;;40", ";Берёзовка;;;33"),
            HOT.replace(";;;;200,00", ";;7707083893;;250"),
            HOT.replace(";;;;200,00", ";;;для бань;999"),
        )
    )
    month = date(2026, 4, 1)
    assert [one.facts for one in finding.of_month(month).prices] == [(200, 40)]
    assert [one.facts for one in finding.of_month(month, building).prices] == [(250, 33)]
    assert finding.of_month(date(2025, 1, 1), building).prices == ()


@pytest.mark.django_db
def test_the_calculator_offers_the_months_tariffs_and_counts_by_them(client):
    loading.load(csv(HOT, COLD, NORM))
    query = {
        "utility": "hot_water",
        "month": "2026-04",
        "charge": "1200",
        "metered": "yes",
        "volume": "6",
        "i0-kind": "temperature",
        "i0-start": "2026-04-10T05:00",
        "i0-end": "2026-04-13T05:00",
        "i0-reading": "38",
    }
    page = client.get("/recalculation/", query).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "горячая вода 200 ₽ 00 к., холодная 40 ₽ 00 к. за 1 м³" in page
    assert "96 ₽ 00 к." in page
    assert AT.year == 2026
