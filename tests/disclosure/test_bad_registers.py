"""Files that a register's office really sends: cp1251, torn, doubled, misspelt, or malicious."""

from __future__ import annotations

import csv
import gzip
import io

import pytest
from django.core.management import CommandError, call_command

from disclosure.models import Building, ImportRun, ManagementCompany, ManagementPeriod, Street
from disclosure.registers import reading, runs, streets
from tests.disclosure.test_registers import (  # noqa: F401 - the register's fixtures
    NOON,
    REFORMA,
    counts,
    house,
    load,
    report_of,
)

YEARS = "address,year_built\n"
GIS = "guid,full_name,short_name,inn,ogrn,role_short,address,url\n"


GONE = {"YEAR", "AREA", "DOORS", "ROOM_COUNT_LIVE"}


def nothing_is_stored() -> bool:
    models = (Building, Street, ManagementCompany, ManagementPeriod)
    return not any(model.objects.exists() for model in models)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_register_in_cp1251_is_read_as_in_utf_8(load, tmp_path, pack):  # noqa: F811
    lines = "".join(house(str(n), f'"г. Речной, ул. Мира, д. {n}"') for n in range(1, 900))
    path = tmp_path / "houses.csv"
    path.write_bytes(pack((REFORMA + lines).encode("cp1251")))
    assert runs.load(path, at=NOON).added == 899
    assert Building.objects.get(source_key="7").address == "Речной, ул. Мира, д. 7"
    assert counts(load(REFORMA + lines)) == (0, 0, 899, 0)


@pytest.mark.parametrize(
    "cell",
    ["x" * 10_000_000, f'"{"x" * 10_000_000}"', f'"{"x" * 10_000_000}'],
    ids=["bare", "quoted", "never closed"],
)
def test_ten_megabytes_in_one_cell_stop_the_file_and_nothing_of_it_is_stored(load, cell):  # noqa: F811
    good = "".join(f"г. Речной ул. Мира д. {n},1903\n" for n in range(1, 2500))
    with pytest.raises(reading.NotARegister, match="broken after line 2501"):
        load(f"{YEARS}{good}{cell},1903\n")
    assert nothing_is_stored()
    assert ImportRun.objects.get().finished_at is None


def test_ten_megabytes_for_a_header_are_no_register(load):  # noqa: F811
    with pytest.raises(reading.NotARegister):
        load("x" * 10_000_000 + "\n1\n")


def test_columns_stand_in_any_order(load):  # noqa: F811
    assert counts(load(YEARS + "г. Речной ул. Мира д. 1,1903\n")) == (1, 0, 0, 0)
    assert counts(load("year_built,address\n1903,г. Речной ул. Мира д. 1\n")) == (0, 0, 1, 0)


def test_a_column_that_is_not_needed_may_be_missing_and_wipes_nothing(load):  # noqa: F811
    load(REFORMA + house())
    rows = list(csv.DictReader(io.StringIO(REFORMA + house())))
    out = io.StringIO()
    writer = csv.DictWriter(
        out, ["HOUSE_ID", *(set(rows[0]) - GONE - {"HOUSE_ID"})], None, "ignore"
    )
    writer.writeheader()
    writer.writerows(rows)
    assert counts(load(out.getvalue())) == (0, 0, 1, 0)
    row = Building.objects.get()
    assert (row.built_year, row.entrances, float(row.area_m2)) == (1970, 4, 3000.5)


def test_without_a_column_that_tells_houses_apart_it_is_no_register(load):  # noqa: F811
    with pytest.raises(reading.NotARegister, match="LAT, LON, HOUSE_ID"):
        load((REFORMA + house()).replace("MGMT_COMPANY_LINK", "LINK", 1))
    assert nothing_is_stored()


@pytest.mark.parametrize("twice", ["address", "year_built"])
def test_a_column_that_stands_twice_stops_the_file(load, twice):  # noqa: F811
    with pytest.raises(reading.NotARegister, match="a column stands twice"):
        load(f"address,year_built,{twice}\nг. Речной ул. Мира д. 1,1903,1904\n")
    assert nothing_is_stored()


def test_a_line_with_more_cells_than_columns_is_reported_and_not_guessed(load):  # noqa: F811
    """An address with commas that nobody quoted would put its house number under the year."""
    run = load(
        YEARS + "г. Речной, ул. Мира, д. 1,1903\nг. Речной ул. Мира д. 2,1904\n"
        "г. Речной ул. Мира д. 3,1905,\n"
    )
    assert counts(run) == (2, 0, 0, 1)
    assert report_of(run) == [["2", "rejected", "more cells than columns"]]


@pytest.mark.parametrize(
    ("inn", "why"),
    [
        ("7325000007", "ИНН with wrong check digits"),
        ("732500000", "ИНН with wrong check digits"),
        ("73250000О6", "ИНН with wrong check digits"),
        ("500100732258", "ИНН with wrong check digits"),
        ("", "no ИНН"),
    ],
)  # fmt: skip
def test_an_inn_with_wrong_check_digits_is_reported_and_makes_no_company(load, inn, why):  # noqa: F811
    run = load(f"{GIS}g1,УК Берег,УК,{inn},,УО,,\ng2,УК Порог,УП,7325000006,,УО,,\n")
    assert counts(run) == (1, 0, 0, 1)
    assert report_of(run) == [["2", "rejected", why]]
    assert ManagementCompany.objects.get().inn == "7325000006"


SPELLINGS = [
    ("ул. 1-я Зелёная", "ул. Зеленая 1", True),
    ("ул. 1-я Зелёная", "ул. 1я ЗЕЛЁНАЯ", True),
    ("ул. 40 лет Победы", "ул. 40-летия Победы", True),
    ("ул. Розы Люксембург", "ул. Люксембург Розы", True),
    ("ул. Военное Шоссе", "ул. Военное шоссе", True),
    ("ул. Мира", "пер. Мира", False),
    ("ул. 1-я Зелёная", "ул. 2-я Зелёная", False),
    ("ул. Зелёная", "ул. 1-я Зелёная", False),
    ("ул. Новая", "ул. Новая Линия", False),
]


@pytest.mark.parametrize(("one", "other", "is_same"), SPELLINGS)
def test_a_house_in_two_registers_with_different_spellings_is_one(load, one, other, is_same):  # noqa: F811
    load(REFORMA + house(address=f'"обл. Речная, г. Речной, {one}, д. 5, корп. 2, лит. А"'))
    load(f"{YEARS}г. Речной {other} д. 5а к. 2,1955\n".replace("5а к. 2", "5 к. 2 лит. А"))
    assert (Street.objects.count(), Building.objects.count()) == ((1, 1) if is_same else (2, 2))
    first = Building.objects.get(source="reformagkh")
    assert first.address == f"Речной, {one}, д. 5 к. 2 лит. А"
    if is_same:
        assert first.built_year == 1970


@pytest.mark.parametrize(("one", "other", "is_same"), SPELLINGS)
def test_two_spellings_in_one_register_are_one_street_too(load, one, other, is_same):  # noqa: F811
    lines = "".join(
        house(str(n), f'"г. Речной, {(one, other)[n % 2]}, д. {n // 2}"') for n in range(2, 10)
    )
    load(REFORMA + lines)
    again = load(REFORMA + lines)
    assert Street.objects.count() == (1 if is_same else 2)
    # Of two lines under two keys the second fills the blanks of the first, at every loading.
    assert counts(again) == (0, 0, 8, 0)
    if is_same:
        # An even line comes first and names the street.
        assert set(Building.objects.values_list("street__name", flat=True)) == {one}
        assert Building.objects.filter(address__startswith=f"Речной, {one}, ").count() == 4


def test_the_key_of_a_street_keeps_settlements_apart():
    assert streets.spelling("п. Лесной", "ул. Мира") != streets.spelling("Речной", "ул. Мира")


def test_the_command_says_in_one_line_what_is_wrong_and_loads_the_others(db, tmp_path, capsys):
    """Bytes of no alphabet in a header must not break the message into several lines."""
    bad, good = tmp_path / "bad.csv", tmp_path / "good.csv"
    bad.write_bytes("улица\x0bдом\x1c\x85,г\x0cод\n1,2\n".encode("cp1251", "replace"))
    good.write_text(YEARS + "г. Речной ул. Мира д. 1,1903\n", encoding="utf-8")
    with pytest.raises(CommandError, match="1 of 2 files refused"):
        call_command("import_registry", str(bad), str(good))
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert Building.objects.count() == 1
