"""A register loaded again shows its differences first; what companies published is asked about."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.actors import Executor, Operator
from disclosure.models import (
    Building,
    ImportConflict,
    ImportRun,
    ManagementCompany,
    ManagementPeriod,
)
from disclosure.publications import reports
from disclosure.registers import conflicts, runs
from disclosure.registers.models import Take
from tests.city_fixtures import COMPANY_INN
from tests.disclosure.forms.conftest import (  # noqa: F401 - the forms' cast
    _files,
    publish,
    speaker,
    standard,
)
from tests.disclosure.test_registers import NOON, REFORMA, audit_rows, counts, house, load  # noqa: F401

LATER = NOON + timedelta(days=30)
GIS = "guid,full_name,short_name,inn,ogrn,role_short,address,url\n"


@pytest.fixture
def compare(db, tmp_path, settings):
    """Return a function: text of a register → its run and the differences as rows."""
    settings.DATA_DIR = tmp_path

    def compared(text: str):
        path = tmp_path / "again.csv"
        path.write_text(text, encoding="utf-8")
        run, differences = runs.compare(path, at=LATER)
        with differences.path.open(encoding="utf-8") as file:
            return run, [tuple(row) for row in csv.reader(file)][1:]

    return compared


def at(number: int) -> str:
    return f'"г. Речной, ул. Мира, д. {number}"'


FIRST = REFORMA + house("1", at(1)) + house("2", at(2)) + house("3", at(3))
SECOND = (
    REFORMA
    + house("1", at(1))
    + house("2", at(2), year="1971", company="22", day="01.03.2018")
    + house("4", at(4))
)


def test_a_second_register_is_compared_and_changes_nothing(load, compare):  # noqa: F811
    load(FIRST)
    before = audit_rows(), Building.objects.count(), ManagementCompany.objects.count()
    run, rows = compare(SECOND)
    assert (run.added, run.changed, run.unchanged, run.gone, run.conflicts) == (1, 1, 1, 1, 0)
    assert rows == [
        ("changed", "3", "Речной, ул. Мира, д. 2", "built_year", "1970", "1971"),
        ("changed", "3", "Речной, ул. Мира, д. 2", "company", 'ООО "УК 11"', 'ООО "УК 22"'),
        ("new", "4", "Речной, ул. Мира, д. 4", "", "", ""),
        ("gone", "0", "Речной, ул. Мира, д. 3", "", "", ""),
    ]
    assert (audit_rows(), Building.objects.count(), ManagementCompany.objects.count()) == before
    assert run.finished_at is None
    assert run.compared_at is not None


def test_what_was_shown_is_what_is_applied(load, compare):  # noqa: F811
    load(FIRST)
    shown, _rows = compare(SECOND)
    done = load(SECOND)
    assert counts(done) == counts(shown)
    assert (done.gone, done.conflicts) == (shown.gone, shown.conflicts)
    assert done.finished_at is not None
    # What is gone is only told of: a person looks whether the house still stands.
    assert set(Building.objects.values_list("source_key", flat=True)) == {"1", "2", "3", "4"}
    assert Building.objects.get(source_key="2").built_year == 1971


def test_a_file_speaks_only_for_the_settlements_it_names(load, compare):  # noqa: F811
    load(FIRST)
    run, rows = compare(REFORMA + house("9", '"г. Озёрный, ул. Мира, д. 1"'))
    assert run.gone == 0
    assert [row[0] for row in rows] == ["new"]


def test_a_village_without_streets_does_not_speak_for_another(load):  # noqa: F811
    load(REFORMA + house("1", '"обл. Речная, с. Лесное, д. 1"'))
    other = load(REFORMA + house("2", '"обл. Степная, с. Озёрное, д. 2"'))
    assert (other.added, other.gone) == (1, 0)
    again = load(REFORMA + house("3", '"обл. Степная, с. Озёрное, д. 3"'))
    assert (again.added, again.gone) == (1, 1)


def test_the_command_compares_what_was_loaded_before_and_applies_when_told(
    load,  # noqa: F811
    tmp_path,
    capsys,
):
    load(FIRST)
    path = tmp_path / "again.csv"
    path.write_text(SECOND, encoding="utf-8")
    call_command("import_registry", str(path))
    out = capsys.readouterr().out
    assert "1 new, 1 changed, 1 unchanged, 1 gone, 0 in conflict, 0 rejected" in out
    assert "changed: Речной, ул. Мира, д. 2, built_year: «1970» → «1971»" in out
    assert "nothing is changed yet" in out
    assert Building.objects.count() == 3
    call_command("import_registry", "--apply", str(path))
    assert Building.objects.count() == 4


@pytest.fixture
def published(load, standard, company, speaker, publish):  # noqa: F811
    """Return a house of the register of which its company published 1968 and six floors."""
    load(FIRST)
    row = Building.objects.get(source_key="1")
    ManagementPeriod.objects.filter(building=row).update(company=company)
    form = reports.find(company, str(row.pk), "2.1", on=NOON.date())
    publish(
        form,
        {"built_year": "1968", "floor_count_max": "5", "area_total": "3000.5"},
        by=Executor(id=speaker.id, inns=(COMPANY_INN,)),
    )
    return row


@pytest.fixture
def chief_actor(chief) -> Operator:
    return Operator(id=chief.pk, sees_contacts=True, is_admin=False)


def test_what_contradicts_a_publication_waits_and_changes_nothing(published, load, compare):  # noqa: F811
    text = REFORMA + house("1", at(1), year="1969")
    run, rows = compare(text)
    assert ("conflict", "2", published.address, "built_year", "1968", "1969") in rows
    assert run.conflicts == 1
    assert not ImportConflict.objects.exists()
    load(text)
    row = ImportConflict.objects.get()
    assert (row.field, row.register_value, row.published_value, row.take) == (
        *("built_year", "1969", "1968"),
        Take.WAITING,
    )
    published.refresh_from_db()
    assert (published.built_year, published.floors) == (1970, 5)


@pytest.mark.parametrize(("take", "year"), [(Take.REGISTER, 1969), (Take.COMPANY, 1968)])
def test_a_person_decides_once_and_the_same_file_does_not_ask_again(
    published,
    load,  # noqa: F811
    chief_actor,
    take,
    year,
):
    text = REFORMA + house("1", at(1), year="1969")
    load(text)
    conflicts.decide(ImportConflict.objects.get(), take=take, by=chief_actor, at=LATER)
    published.refresh_from_db()
    assert published.built_year == year
    with pytest.raises(conflicts.AlreadyDecided):
        conflicts.decide(ImportConflict.objects.get(), take=take, by=chief_actor, at=LATER)
    again = load(text)
    assert (again.changed, again.conflicts) == (0, 0)
    published.refresh_from_db()
    assert published.built_year == year
    assert ImportConflict.objects.count() == 1
    # Another value is another question.
    assert load(REFORMA + house("1", at(1), year="1975")).conflicts == 1


def test_a_returned_publication_and_a_former_company_do_not_count(
    published,
    load,  # noqa: F811
    rival_company,
):
    ManagementPeriod.objects.filter(building=published).update(company=rival_company)
    assert load(REFORMA + house("1", at(1), year="1969")).conflicts == 0
    published.refresh_from_db()
    assert published.built_year == 1969


def test_a_companys_own_facts_are_asked_about_but_not_their_spelling(
    load,  # noqa: F811
    standard,  # noqa: F811
    company,
    publish,  # noqa: F811
):
    form = reports.find(company, "company", "1.1", on=NOON.date())
    publish(form, {"legal_address": "г. Речной, ул. Мира, д. 5", "site": "https://uk.example/"})
    said = f"g1,УК,УК,{COMPANY_INN},,УО,%s,%s\n"
    assert load(GIS + said % ('"г.Речной, ул.Мира, д.5"', "www.uk.example")).conflicts == 0
    assert load(GIS + said % ('"г. Речной, ул. Лесная, д. 7"', "uk.example")).conflicts == 1
    row = ImportConflict.objects.get()
    assert (row.company, row.field) == (company, "address")
    company.refresh_from_db()
    assert "Лесная" not in company.address


def test_chiefs_decide_in_admin_and_operators_do_not_see_it(
    published,
    load,  # noqa: F811
    client,
    chief,
    operator,
):
    load(REFORMA + house("1", at(1), year="1969"))
    row = ImportConflict.objects.get()
    address = reverse("admin:disclosure_importconflict_changelist")
    choice = {"action": "take_company", "_selected_action": [row.pk]}
    client.force_login(operator)
    assert client.post(address, choice).status_code == 403
    client.force_login(chief)
    page = client.get(address).content.decode()
    assert "1968" in page
    assert "1969" in page
    assert client.post(address, choice, follow=True).status_code == 200
    row.refresh_from_db()
    assert (row.take, row.decided_by) == (Take.COMPANY, chief)
    assert "1969" not in client.get(address).content.decode()
    assert "1969" in client.get(address, {"take": "company"}).content.decode()


def test_the_table_of_differences_is_downloaded_by_those_who_see_runs(
    load,  # noqa: F811
    client,
    chief,
    operator,
):
    run = load(FIRST)
    address = reverse("admin:disclosure_importrun_differences", args=[run.pk])
    client.force_login(operator)
    assert client.get(address).status_code == 404
    client.force_login(chief)
    assert "ул. Мира".encode() in b"".join(client.get(address).streaming_content)
    assert (
        Path(run.report).name
        in client.get(reverse("admin:disclosure_importrun_changelist")).content.decode()
    )


def test_runs_are_told_apart_by_what_they_did(load, compare):  # noqa: F811
    load(FIRST)
    compare(SECOND)
    done, only_compared = ImportRun.objects.order_by("pk")
    assert (done.compared_at, only_compared.finished_at) == (None, None)
    assert done.finished_at > datetime(2026, 1, 1, tzinfo=UTC)
