"""The audit is written by the database and read in admin; nobody changes or deletes it."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pghistory
import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from pghistory.models import Context, Event

from accounts import roles, tokens
from accounts.audit import history
from accounts.models import CompanyRepresentative, User
from claims.models import FigureRow, Tariff, WorkWon
from disclosure.admin import BuildingAdmin, ManagementCompanyAdmin
from disclosure.models import ManagementCompany, ManagementPeriod
from disclosure.registers import runs
from outreach.models import HouseCouncil, OfficeHolder, Tos
from requests_app import retention
from requests_app.models import Request
from requests_app.statuses import Status
from tests.city_fixtures import NOON, SINCE

AUDITS = sorted(
    (
        model
        for model in apps.get_models()
        if issubclass(model, Event) and not model._meta.proxy and model._meta.managed
    ),
    key=lambda model: model._meta.label,
)
NAMES = {model._meta.label for model in AUDITS}


def refused(sql: str, *values: object) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except DatabaseError as error:
        return "Cannot update or delete rows" in str(error)
    return False


@pytest.fixture
def full_audit(make_request, company_user, editor) -> None:
    """Leave rows in the audits of requests, matters, norms, the registry and representatives."""
    item = make_request(status=Status.CLOSED)
    tokens.issue(company_user, name="x")
    # And in those of ТОС, councils, their people and the questions of meetings.
    call_command("load_majorities", stdout=StringIO())
    Tos.objects.create(name="ТОС")
    council = HouseCouncil.objects.create(building=item.building, elected_on=date(2026, 1, 1))
    OfficeHolder.objects.create(council=council, name="Анна", since=date(2026, 1, 1))
    # And in those of figures of the law, tariffs and works won.
    dated = {"value": "1", "since": date(2026, 1, 1), "source": "акт"}
    FigureRow.objects.create(code="rate.pressure", clause="п. 3", **dated)
    Tariff.objects.create(kind="tariff", utility="gas", unit="m3", act="Приказ", **dated)
    WorkWon.objects.create(
        building=item.building, what="Стояк", done_on=date(2026, 1, 1), price_rub=1, act="№ 1"
    )


@pytest.fixture
def editor(roles_loaded) -> User:
    user = User.objects.create_user(
        "editor@example.org", "a long password", name="Мария Редактор", is_staff=True
    )
    user.groups.add(Group.objects.get(name=roles.EDITORS))
    return user


def test_every_audited_table_is_known():
    assert {
        "accounts.CompanyRepresentativeEvent",
        "claims.ClaimAudit",
        "claims.CourtCaseAudit",
        "claims.FigureAudit",
        "claims.TariffAudit",
        "claims.WorkWonAudit",
        "disclosure.BuildingAudit",
        "disclosure.ManagementCompanyAudit",
        "disclosure.ManagementPeriodAudit",
        "disclosure.ResourceSupplierAudit",
        "disclosure.SupplyPeriodAudit",
        "outreach.CallAudit",
        "outreach.CertificateAudit",
        "outreach.GuideAudit",
        "outreach.SeminarAudit",
        "requests_app.CategoryAudit",
        "requests_app.NormAudit",
        "requests_app.RequestAudit",
    } <= NAMES


@pytest.mark.django_db
@pytest.mark.parametrize("model", AUDITS, ids=lambda model: model._meta.label)
def test_a_trigger_of_each_audit_table_forbids_update_and_delete(model):
    with connection.cursor() as cursor:
        cursor.execute(
            # tgtype is a bit mask: row 1, before 2, delete 8, update 16.
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgenabled = 'O'"
            " AND tgtype = 1 + 2 + 8 + 16 AND tgqual IS NULL",
            [model._meta.db_table],
        )
        assert cursor.fetchone()[0] == 1


@pytest.mark.django_db
def test_the_database_refuses_whoever_tries(full_audit):
    seen = set()
    for model in AUDITS:
        table = connection.ops.quote_name(model._meta.db_table)
        before = list(model._default_manager.order_by("pk").values())
        if not before:
            continue
        seen.add(model._meta.label)
        assert refused(f"UPDATE {table} SET pgh_label = 'x'")
        assert refused(f"UPDATE {table} SET pgh_context_id = NULL")
        assert refused(f"DELETE FROM {table}")
        for change in (
            lambda model=model: model._default_manager.update(pgh_label="x"),
            lambda model=model: model._default_manager.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        assert list(model._default_manager.order_by("pk").values()) == before
    without = {
        "claims.ClaimAudit", "claims.CourtCaseAudit", "outreach.CallAudit",
        "outreach.CertificateAudit", "outreach.GuideAudit", "outreach.SeminarAudit",
    }  # fmt: skip
    assert seen >= {name for name in NAMES if name not in without}


@pytest.mark.django_db
def test_who_it_was_is_completed_by_the_audit_alone(company):
    with pghistory.context(url="/admin/"):
        ManagementCompany.objects.update(phone="1")
        # The middleware learns the user halfway: the trigger itself adds it.
        with pghistory.context(user=7):
            ManagementCompany.objects.update(phone="2")
    context = Context.objects.get()
    assert context.metadata == {"url": "/admin/", "user": 7}
    assert refused("UPDATE pghistory_context SET metadata = '{}'")
    assert refused("DELETE FROM pghistory_context")
    context.refresh_from_db()
    assert context.metadata["user"] == 7


def test_no_desk_offers_a_row_of_an_audit_for_editing():
    assert not [model for model in (*AUDITS, Context) if model in admin.site._registry]


@pytest.mark.django_db
def test_a_change_in_admin_is_told_with_its_author(client, editor, company):
    client.force_login(editor)
    page = reverse("admin:disclosure_managementcompany_change", args=[company.pk])
    form = {
        name: getattr(company, name) or ""
        for name in ("name", "short_name", "kind", "inn", "ogrn", "dispatcher_phone", "email")
    } | {"is_active": "on", "phone": "+78422000099", "address": "", "site": ""}
    assert client.post(page, form).status_code == 302
    shown = client.get(page.replace("change", "history"))
    newest, first = shown.context["entries"]
    assert (newest.who, newest.verb, first.verb) == ("Мария Редактор", "изменено", "внесено")
    assert ("Телефон", company.phone, "+78422000099") in [
        (change.term, change.before, change.after) for change in newest.changes
    ]
    text = shown.content.decode()
    assert "Мария Редактор" in text
    assert "+78422000099" in text
    # Nothing on the page but the way out of the desk is a form.
    main = text.partition('id="content"')[2].partition('id="footer"')[0]
    assert "<form" not in main
    assert "<input" not in main


@pytest.mark.django_db
def test_a_posted_history_changes_nothing(client, admin_user, company):
    client.force_login(admin_user)
    page = reverse("admin:disclosure_managementcompany_history", args=[company.pk])
    audit = apps.get_model("disclosure", "ManagementCompanyAudit")
    before = list(audit.objects.values())
    client.post(page, {"action": "delete_selected", "phone": "1"})
    assert list(audit.objects.values()) == before
    company.refresh_from_db()
    assert company.phone != "1"


@pytest.mark.django_db
def test_a_house_tells_of_its_periods_even_of_a_deleted_one(building, company, rival_company):
    period = ManagementPeriod.objects.get(building=building)
    period.during = DateRange(SINCE, date(2025, 1, 1))
    period.save()
    period.delete()
    told = history(building.pk, BuildingAdmin.audits)
    gone, changed = [entry for entry in told if entry.what == period._meta.verbose_name][:2]
    assert (gone.verb, changed.verb) == ("удалено", "изменено")
    assert str(company) in [change.before for change in gone.changes]
    assert not any(change.after for change in gone.changes)
    (during,) = changed.changes
    assert during.after.endswith("— 01.01.2025")


@pytest.mark.django_db
def test_an_import_is_named_where_no_person_was_at_work(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    path = tmp_path / "gis.csv"
    path.write_text(
        "guid,full_name,short_name,inn,ogrn,role_short,address,url\n"
        "g1,УК Берег,УК,7325000006,,УО,,\n",
        encoding="utf-8",
    )
    run = runs.load(path, at=NOON)
    company = ManagementCompany.objects.get()
    (entry,) = history(company.pk, ManagementCompanyAdmin.audits)
    assert (entry.who, entry.because) == ("", f"загрузка № {run.pk}")


@pytest.mark.django_db
def test_a_long_history_asks_as_many_queries_as_a_short_one(
    building, company, rival_company, django_assert_max_num_queries, django_assert_num_queries
):
    def turn(count: int) -> None:
        period = ManagementPeriod.objects.get(building=building)
        for number in range(count):
            period.company = (rival_company, company)[number % 2]
            with pghistory.context(user=number):
                period.save()

    turn(2)
    with django_assert_max_num_queries(12) as few:
        history(building.pk, BuildingAdmin.audits)
    turn(40)
    with django_assert_num_queries(len(few)):
        assert len(history(building.pk, BuildingAdmin.audits)) > 40


@pytest.mark.django_db
def test_an_erased_account_and_destroyed_data_leave_the_audit_as_it_was(
    make_request, company_user, settings
):
    item = make_request(status=Status.CLOSED)
    speaks = apps.get_model("accounts", "CompanyRepresentativeEvent")
    decides = apps.get_model("requests_app", "RequestAudit")
    before = [list(audit.objects.order_by("pk").values()) for audit in (speaks, decides)]
    company_user.delete()
    assert not CompanyRepresentative.objects.exists()
    late = NOON + timedelta(days=365 * 12)
    assert retention.destroy(item.pk, today=late.date(), at=late)
    assert Request.objects.get(pk=item.pk).description == ""
    for audit, rows in zip((speaks, decides), before, strict=True):
        kept = list(audit.objects.order_by("pk").values())
        assert kept[: len(rows)] == rows
    assert speaks.objects.order_by("-pk").first().pgh_label == "delete"
    # Ids and decisions only: there is nothing in it that would have to be destroyed.
    assert not {"email", "name", "phone", "description"} & {
        column.name for audit in (speaks, decides) for column in audit._meta.concrete_fields
    }
