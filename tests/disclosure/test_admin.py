"""The registry in the operators' workplace: no overlapping periods, no counting of all."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from accounts import roles
from accounts.capped_pages import COUNTED, CappedPaginator
from accounts.models import User
from disclosure.models import Building, ImportRun, ManagementPeriod, Street

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(roles_loaded) -> User:
    user = User.objects.create_user("editor@example.org", "a long password", is_staff=True)
    user.groups.add(Group.objects.get(name=roles.EDITORS))
    return user


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def house_form(building: Building, periods: list[dict[str, str]], old: int) -> dict[str, str]:
    values = {
        "street": str(building.street_id),
        "house": building.house,
        "is_open": "on",
        "management_periods-TOTAL_FORMS": str(len(periods)),
        "management_periods-INITIAL_FORMS": str(old),
        "supply_periods-TOTAL_FORMS": "0",
        "supply_periods-INITIAL_FORMS": "0",
    }
    for place, period in enumerate(periods):
        for name, value in period.items():
            values[f"management_periods-{place}-{name}"] = value
        values[f"management_periods-{place}-building"] = str(building.pk)
    return values


def test_house_is_found_as_people_say_it(desk, make_building, company):
    found = make_building(company=company, street="ул. Гончарова", house="5 к. 2")
    make_building(company=company, street="ул. Мира", house="7")
    page = desk.get(reverse("admin:disclosure_building_changelist"), {"q": "гочарова 5к2"})
    assert found.address in page.content.decode()
    assert "ул. Мира" not in page.content.decode()


def test_new_manager_follows_the_old_one_in_one_save(desk, make_building, company, rival_company):
    building = make_building(company=company)
    old = ManagementPeriod.objects.get(building=building)
    answer = desk.post(
        reverse("admin:disclosure_building_change", args=[building.pk]),
        house_form(
            building,
            [
                {
                    "id": str(old.pk),
                    "company": str(company.pk),
                    "during_0": "2020-01-01",
                    "during_1": "2026-01-01",
                },
                {"company": str(rival_company.pk), "during_0": "2026-01-01"},
            ],
            old=1,
        ),
    )
    assert answer.status_code == 302
    periods = ManagementPeriod.objects.filter(building=building).order_by("during")
    assert [(p.company, p.during.lower, p.during.upper) for p in periods] == [
        (company, date(2020, 1, 1), date(2026, 1, 1)),
        (rival_company, date(2026, 1, 1), None),
    ]


def test_two_managers_at_once_are_refused_beside_the_field(
    desk, make_building, company, rival_company
):
    building = make_building(company=company)
    old = ManagementPeriod.objects.get(building=building)
    answer = desk.post(
        reverse("admin:disclosure_building_change", args=[building.pk]),
        house_form(
            building,
            [
                {"id": str(old.pk), "company": str(company.pk), "during_0": "2020-01-01"},
                {"company": str(rival_company.pk), "during_0": "2026-01-01"},
            ],
            old=1,
        ),
    )
    assert answer.status_code == 200
    assert "пересекается" in answer.content.decode()
    assert list(ManagementPeriod.objects.filter(building=building)) == [old]


def test_overlap_is_refused_for_a_period_by_itself(desk, make_building, company, rival_company):
    building = make_building(company=company)
    answer = desk.post(
        reverse("admin:disclosure_managementperiod_add"),
        {
            "building": building.pk,
            "company": rival_company.pk,
            "during_0": "2026-01-01",
            "during_1": "",
            "basis": "",
        },
    )
    assert answer.status_code == 200
    assert "пересекается" in answer.content.decode()
    assert ManagementPeriod.objects.count() == 1


def test_renamed_street_renames_its_houses(admin_user, client, make_building, company):
    building = make_building(company=company, street="ул. Старая", house="3")
    street = Street.objects.get(buildings=building)
    client.force_login(admin_user)
    client.post(
        reverse("admin:disclosure_street_change", args=[street.pk]),
        {"settlement": street.settlement, "name": "ул. Новая"},
    )
    building.refresh_from_db()
    assert building.address.endswith("ул. Новая, д. 3")
    page = client.get(reverse("admin:disclosure_building_changelist"), {"q": "новая 3"})
    assert building.address in page.content.decode()


@pytest.mark.parametrize("model", ["building", "managementcompany", "resourcesupplier", "street"])
def test_nothing_of_the_register_is_deleted(admin_user, client, model, make_building, company):
    building = make_building(company=company)
    client.force_login(admin_user)
    address = reverse(f"admin:disclosure_{model}_delete", args=[building.pk])
    assert client.post(address, {"post": "yes"}).status_code in (302, 403, 404)
    assert Building.objects.filter(pk=building.pk).exists()


def test_operator_reads_and_does_not_change(client, operator, make_building, company):
    building = make_building(company=company)
    client.force_login(operator)
    address = reverse("admin:disclosure_building_change", args=[building.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, house_form(building, [], old=0)).status_code == 403


def test_report_is_for_those_who_may_see_runs(admin_user, client, desk, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "imports").mkdir()
    (tmp_path / "imports" / "houses.csv").write_text("line,reason\n7,no street\n")
    (tmp_path / "secret.csv").write_text("secret")
    run, outside = (
        ImportRun.objects.create(
            kind="houses",
            file_name="houses.csv",
            file_sha256=str(place),
            started_at=timezone.now(),
            report=report,
        )
        for place, report in enumerate(("imports/houses.csv", "../secret.csv"))
    )
    address = reverse("admin:disclosure_importrun_report", args=[run.pk])
    assert desk.get(address).status_code == 404
    client.force_login(admin_user)
    assert b"no street" in b"".join(client.get(address).streaming_content)
    hidden = reverse("admin:disclosure_importrun_report", args=[outside.pk])
    assert client.get(hidden).status_code == 404


def test_list_costs_the_same_for_ten_times_the_houses(
    desk, make_building, company, django_assert_max_num_queries
):
    for _ in range(3):
        make_building(company=company)
    address = reverse("admin:disclosure_building_changelist")
    desk.get(address)
    with django_assert_max_num_queries(20) as few:
        desk.get(address)
    for _ in range(30):
        make_building(company=company)
    with django_assert_max_num_queries(len(few)):
        desk.get(address)


def test_pages_are_counted_no_further_than_needed(django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        assert CappedPaginator(Building.objects.order_by("id"), 50).count == 0
    assert f"LIMIT {COUNTED}" in asked[0]["sql"]
