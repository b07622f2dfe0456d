"""Registers get in once, whole, and again without a trace; a killed run leaves nothing."""

from __future__ import annotations

import csv
import gzip
import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from disclosure.models import (
    Building,
    CompanyKind,
    ImportRun,
    ManagementCompany,
    ManagementPeriod,
    ResourceSupplier,
    Street,
)
from disclosure.registers import reading, runs

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
REFORMA = (
    "LAT,LON,HOUSE_ID,ADDRESS,YEAR,LASTUPDATE,HOUSE_TYPE,MGMT_COMPANY,MGMT_COMPANY_LINK,"
    "LEVELS_MAX,DOORS,ROOM_COUNT_LIVE,AREA\n"
)
MINGKH = (
    "URL,Адрес,Год постройки,Управляющая компания\n"
    'http://e.org/1,"ул. 1-я Речная, 2Б, Речной, Область",1950,УК «Гук»\n'
)
LINK = "http://example.org/mymanager/profile/%s/"


def house(
    key="1", address='"г. Речной, ул. Мира, д. 1"', day="01.02.2016", company="11", year="1970"
):
    name, link = (f'"ООО ""УК {company}"""', LINK % company) if company else ("Не заполнено", "")
    return (
        f"54.1,48.2,{key},{address},{year},{day} в 10:00,Многоквартирный дом,{name},{link},"
        "5,4,60,3000.50\n"
    )


@pytest.fixture
def load(db, tmp_path, settings):
    """Return a function: text of a register → its run."""
    settings.DATA_DIR = tmp_path

    def loaded(text: str, name: str = "register.csv", **options):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return runs.load(path, at=NOON, **options)

    return loaded


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.added, run.changed, run.unchanged, run.rejected


def audit_rows() -> int:
    names = ("BuildingAudit", "ManagementPeriodAudit", "ManagementCompanyAudit")
    return sum(apps.get_model("disclosure", name).objects.count() for name in names)


def report_of(run: ImportRun) -> list[list[str]]:
    with (Path(settings.DATA_DIR) / run.report).open(encoding="utf-8") as file:
        return list(csv.reader(file))[1:]


def test_houses_come_with_street_company_and_period(load):
    run = load(REFORMA + house())
    assert counts(run) == (1, 0, 0, 0)
    row = Building.objects.get()
    assert (row.address, row.search_house) == ("Речной, ул. Мира, д. 1", "1")
    assert (row.built_year, row.floors, row.entrances, row.flats) == (1970, 5, 4, 60)
    assert row.street.search_name == "мира речной"
    period = ManagementPeriod.objects.get()
    assert period.company.name == 'ООО "УК 11"'
    assert period.during == DateRange(date(2016, 2, 1), None)


def test_a_second_run_changes_nothing(load):
    text = REFORMA + "".join(
        house(str(n), f'"г. Речной, ул. Мира, д. {n % 40}"', company=str(n % 3))
        for n in range(1, 60)
    )
    load(text)
    before = audit_rows()
    run = load(text)
    assert (run.added, run.changed) == (0, 0)
    assert run.unchanged == 59
    assert audit_rows() == before
    assert ImportRun.objects.count() == 1


def test_another_company_closes_the_period_and_opens_one(load):
    load(REFORMA + house())
    run = load(REFORMA + house(company="22", day="01.03.2018"))
    assert counts(run) == (0, 1, 0, 0)
    periods = ManagementPeriod.objects.order_by("during")
    assert [(period.company.source_key, period.during) for period in periods] == [
        ("11", DateRange(date(2016, 2, 1), date(2018, 3, 1))),
        ("22", DateRange(date(2018, 3, 1), None)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "later", [{"company": "22", "day": "01.02.2015"}, {"company": "22"}, {"company": ""}]
)
def test_an_older_or_silent_register_leaves_history(load, later):
    load(REFORMA + house())
    load(REFORMA + house(**later))
    period = ManagementPeriod.objects.get()
    assert (period.company.source_key, period.during.upper) == ("11", None)


def test_what_people_entered_stays(load):
    street = Street.objects.create(settlement="Речной", name="ул. Мира", search_name="мира речной")
    Building.objects.create(
        street=street,
        house="1",
        search_house="1",
        address="Речной, ул. Мира, д. 1",
        built_year=1950,
    )
    load(REFORMA + house())
    row = Building.objects.get()
    assert (row.built_year, row.floors, row.source) == (1950, 5, "")


def test_each_rejected_line_is_reported_with_its_line_and_reason(load):
    run = load(
        REFORMA
        + house("1", '"г. Речной,\n ул. Мира, д. 1"')
        + house("2", '"г. Речной, ул. Мира"')
        + house("1", '"г. Речной, ул. Мира, д. 9"')
        + house("3", f'"г. Речной, ул. Мира, д. {"5" * 60}"')
    )
    assert counts(run) == (1, 0, 0, 3)
    assert report_of(run) == [
        ["4", "rejected", "no house number in the address"],
        ["5", "rejected", "the same key as a line above"],
        ["6", "rejected", "house number too long to be one"],
    ]


@pytest.mark.parametrize("area", ["NaN", "-5", "1e999999", "много", "Infinity"])
def test_nonsense_facts_are_left_out(load, area):
    text = (REFORMA + house(year="99999")).replace("54.1,48.2", "654.1,Не заполнено")
    load(text.replace("3000.50", area))
    row = Building.objects.get()
    assert (row.built_year, row.lat, row.lon, row.area_m2) == (None, None, None, None)


def test_the_official_export_of_houses_joins_its_organisations(load):
    load(
        "\ufeffid;subject_rf;name_full;name_short;name_employee;inn;orn;legal_address;"
        "actual_address;phone;email;site\n"
        '77;"Область";"Товарищество собственников жилья ""Волна""";"ТСЖ ""Волна""";"Имя";'
        '7325000006;;"г. Речной, ул. Мира, д. 2, кв. 7";;88422000000;a@example.org;\n'
        '78;"Область";Плохой;Плохой;;7325000007;;;;;;\n'
    )
    company = ManagementCompany.objects.get()
    assert (company.inn, company.kind) == ("7325000006", CompanyKind.TSJ)
    assert (company.address, company.email) == ("г. Речной, ул. Мира, д. 2", "")
    run = load(
        "id;formalname_region;formalname_area;shortname_city;formalname_city;shortname_street;"
        "formalname_street;house_number;building;block;letter;houseguid;"
        "management_organization_id;built_year;area_total\r\n"
        "5;Речная;;г.;Речной;с-к;А.Невского;81-Б;;2;;e8923b56-67b7-46ad-9f07-f27a96812eb5;77;"
        '1951;"3070,70"\r\n'
        '6;;;;;;;"г Речной ул Мира д.40";;;;;;;\r\n'
        "7;Речная;;г.;Речной;ул.;Мира;3;;;;;99;;\r\n",
        as_of=date(2026, 3, 1),
    )
    assert counts(run) == (2, 0, 0, 1)
    row = Building.objects.get(source_key="5")
    assert row.address == "Речной, с-к А.Невского, д. 81-Б к. 2"
    assert float(row.area_m2) == 3070.70
    assert ManagementPeriod.objects.get().during == DateRange(date(2026, 3, 1), None)
    assert [line[:2] for line in report_of(run)] == [["3", "rejected"], ["4", "note"]]


def test_roles_make_companies_and_suppliers(load):
    head = "guid,full_name,short_name,inn,ogrn,role_short,address,url\n"
    rows = (
        "g1,УК Берег,УК,7325000006,,УО,,\ng2,Водоканал,ВК,7325000020,,РСО|УО,,\n"
        "g3,Иные,И,7325000013,,ОМС,,\ng4,Криво,К,7325000014,,УО,,\n"
    )
    run = load(head + rows)
    assert counts(run) == (2, 0, 0, 2)
    assert ManagementCompany.objects.count() == 2
    assert ResourceSupplier.objects.get().inn == "7325000020"
    assert counts(load(head + rows)) == (0, 0, 2, 2)


@pytest.mark.parametrize(
    ("text", "houses", "companies"),
    [
        (MINGKH, 1, 1),
        ("address,year_built\nг. Речной ул. Мира д. 1,1903\nг. Речной ул. Мира д. 2,н.д.\n", 2, 0),
        ("city,company,reformagkh_profile_id\nречной,УК Берег,11\n", 0, 1),
    ],
)  # fmt: skip
def test_other_layouts_are_told_by_their_header(load, text, houses, companies):
    load(text)
    assert Building.objects.count() == houses
    assert ManagementCompany.objects.count() == companies


@pytest.mark.parametrize(
    "content",
    [b"", b"incident_name\nx\n", b"\xff\xfe\x00", b"\x1f\x8b no", b"PK\x03\x04 no", b"a;b\n1;2\n"],
)  # fmt: skip
def test_other_files_are_refused_in_one_line(db, tmp_path, content, capsys):
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match="1 of 1 files refused"):
        call_command("import_registry", str(path))
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not ImportRun.objects.exists()


def test_a_missing_file_is_refused(db, tmp_path):
    with pytest.raises(CommandError):
        call_command("import_registry", str(tmp_path / "none.csv"))


def test_a_packed_register_is_read(load, tmp_path):
    path = tmp_path / "houses.csv.gz"
    path.write_bytes(gzip.compress((REFORMA + house()).encode()))
    assert runs.load(path, at=NOON).added == 1


def test_a_file_cut_short_is_told_and_nothing_of_it_is_stored(load, tmp_path):
    text = REFORMA + "".join(
        house(str(n), f'"г. Речной, ул. Мира, д. {n}"') for n in range(1, 9000)
    )
    path = tmp_path / "houses.csv.gz"
    path.write_bytes(gzip.compress(text.encode())[:-2000])
    with pytest.raises(reading.NotARegister, match="broken after line"):
        runs.load(path, at=NOON)
    assert ImportRun.objects.get().finished_at is None
    assert not Building.objects.exists()


def test_overlapping_periods_are_impossible(load, rival_company):
    load(REFORMA + house())
    with pytest.raises(IntegrityError), transaction.atomic():
        ManagementPeriod.objects.create(
            building=Building.objects.get(),
            company=rival_company,
            during=DateRange(date(2017, 1, 1), date(2018, 1, 1)),
        )
    assert ManagementPeriod.objects.count() == 1


KILLED = """
import os, signal, sys, django
django.setup()
from datetime import UTC, datetime
from pathlib import Path
from disclosure.registers import runs
runs.BATCH = 20
seen = []
def progress(position):
    seen.append(position)
    if len(seen) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
with runs.only_one():
    runs.load(Path(sys.argv[1]), at=datetime(2026, 3, 2, 12, tzinfo=UTC), progress=progress)
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_nothing_half_done_and_ends_as_if_nothing_had_happened(
    tmp_path, settings
):
    settings.DATA_DIR = tmp_path
    lines = [
        house(str(n), f'"г. Речной, ул. Мира, д. {n}"', company=str(n % 4)) for n in range(1, 200)
    ]
    lines[5] = house("6", '"г. Речной"')
    lines[150] = house("151", '"г. Речной"')
    path = tmp_path / "houses.csv"
    path.write_text(REFORMA + "".join(lines), encoding="utf-8")
    base = connection.settings_dict
    url = (
        f"postgres://{base['USER']}:{base['PASSWORD']}@{base['HOST']}:{base['PORT']}/{base['NAME']}"
    )
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)],
        env={**os.environ, "DATABASE_URL": url, "DATA_DIR": str(tmp_path),
             "DJANGO_SETTINGS_MODULE": "contact_center.settings", "DEMO": "1"},
        check=False, capture_output=True, cwd=settings.BASE_DIR,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-500:]
    half = ImportRun.objects.get()
    assert half.finished_at is None
    assert not Building.objects.exists()
    assert not ManagementPeriod.objects.exists()
    with runs.only_one():
        whole = runs.load(path, at=NOON)
    assert counts(whole) == (197, 0, 0, 2)
    assert Building.objects.count() == ManagementPeriod.objects.count() == 197
    assert [line[0] for line in report_of(whole)] == ["7", "152"]


@pytest.mark.django_db(transaction=True)
def test_two_imports_do_not_mix(tmp_path):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [runs._LOCK])
        with pytest.raises(CommandError, match="another import is running"):
            call_command("import_registry", str(tmp_path / "any.csv"))
    finally:
        other.close()
