"""A drill's own database: what it gets from the city's, and that it gives nothing back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
import yaml
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from psycopg2 import sql

from accounts import roles
from accounts.actors import actor_of
from accounts.models import User
from contact_center.drill import copying, playing, report, running
from deploy import drill as deploy_drill
from deploy.run import CannotStart
from disclosure.models import Building, ManagementPeriod, SupplyPeriod
from notifications.models import Message
from requests_app.models import Category, Norm, Request, RequestContact
from tests.city_fixtures import NOON

ROOT = Path(__file__).resolve().parents[2]


def url_of(name: str) -> str:
    here = connection.settings_dict
    at = f"{here['USER']}:{here['PASSWORD']}@{here['HOST']}:{here['PORT']}"
    return f"postgres://{at}/{name}"


@contextmanager
def city_of_this_database() -> Iterator[str]:
    """Copy the test's database as it stands, and empty the test's own: the drill's from now on."""
    mine = connection.settings_dict["NAME"]
    city = f"{mine}_city"
    connection.close()
    keeper = psycopg2.connect(url_of("postgres"))
    keeper.autocommit = True
    with keeper.cursor() as cursor:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(city))
        cursor.execute(drop)
        cursor.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(city), sql.Identifier(mine)
            )
        )
        try:
            call_command("flush", interactive=False, verbosity=0)
            call_command("load_roles", stdout=StringIO())
            yield url_of(city)
        finally:
            cursor.execute(drop)
            keeper.close()


def rows_of(url: str) -> dict[str, int]:
    """Count the rows of every table there is."""
    with psycopg2.connect(url) as there, there.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        counts = {}
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            counts[table] = cursor.fetchone()[0]
    there.close()
    return counts


def in_city(url: str, statement: str, *values: object) -> None:
    with psycopg2.connect(url) as there, there.cursor() as cursor:
        cursor.execute(statement, values)
    there.close()


@pytest.fixture
def lived_in(make_request, make_building, company, supplier, operator, chief, admin_user, resident):
    """A city with houses, staff, a resident and their request."""
    for house in range(1, 4):
        make_building(company=company, supplier=supplier, street="ул. Длинная", house=str(house))
    make_request(status="accepted")
    EmailAddress.objects.create(user=operator, email=operator.email, verified=True, primary=True)
    EmailAddress.objects.create(user=resident, email=resident.email, verified=True, primary=True)
    Authenticator.objects.create(user=operator, type="totp", data={"secret": "totp-secret"})
    Authenticator.objects.create(user=operator, type="recovery_codes", data={"seed": "x"})
    User.objects.create_user("left@example.org", "a long password", is_staff=True, is_active=False)


@pytest.mark.django_db(transaction=True)
def test_a_drill_copies_registry_and_staff_and_leaves_the_city_untouched(
    lived_in, operator, chief, settings
):
    settings.DRILL = True
    houses, norms = Building.objects.count(), Norm.objects.count()
    with city_of_this_database() as city:
        before = rows_of(city)
        assert before["requests_app_request"] == 1
        counts = copying.copy_in(city)
        assert counts["disclosure_building"] == Building.objects.count() == houses
        assert Norm.objects.count() == norms > 0
        assert Category.objects.get(slug="cw_none").parent is not None
        assert SupplyPeriod.objects.exists()
        # The staff as they are, nobody else, and nothing that residents ever wrote.
        emails = set(User.objects.values_list("email", flat=True))
        assert emails == {"operator@example.org", "chief@example.org", "admin@example.org"}
        same = User.objects.get(email=operator.email)
        assert (same.pk, same.name, same.password) == (
            operator.pk,
            operator.name,
            operator.password,
        )
        assert same.check_password("a long password")
        assert [group.name for group in same.groups.all()] == [roles.OPERATORS]
        assert same.has_perm("requests_app.change_request")
        assert list(EmailAddress.objects.values_list("email", flat=True)) == [operator.email]
        assert list(Authenticator.objects.values_list("type", flat=True)) == ["totp"]
        assert not RequestContact.objects.exists()
        assert not Message.objects.exists()
        # A whole storm in the drill, with its letters.
        head = actor_of(User.objects.get(email=chief.email))
        drill = running.start(speed=20, crew=[operator.pk], by=head, at=NOON)
        for minute in range(0, 45, 2):
            playing.play(at=drill.moment(minute))
        running.stop(drill, by=head, at=drill.moment(46))
        assert report.of(drill, at=NOON + timedelta(days=1)).calls
        assert Request.objects.count() > 27
        assert Message.objects.exists()
        assert rows_of(city) == before


@pytest.mark.django_db(transaction=True)
def test_copying_again_follows_what_changed_in_the_city(lived_in, operator, chief, settings):
    settings.DRILL = True
    with city_of_this_database() as city:
        copying.copy_in(city)
        in_city(city, "UPDATE accounts_user SET is_active = false WHERE id = %s", operator.pk)
        in_city(city, "UPDATE accounts_user SET name = 'Новая' WHERE id = %s", chief.pk)
        in_city(city, "UPDATE disclosure_building SET flats = 999")
        in_city(city, "DELETE FROM disclosure_managementperiod")
        copying.copy_in(city)
        assert not User.objects.get(pk=operator.pk).is_active
        assert User.objects.get(pk=chief.pk).name == "Новая"
        assert set(Building.objects.values_list("flats", flat=True)) == {999}
        assert not ManagementPeriod.objects.exists()
        assert not EmailAddress.objects.exists()
        assert set(Group.objects.get(name=roles.OPERATORS).user_set.all()) == set()
        # A new row stands behind the city's.
        assert User.objects.create_user("new@example.org").pk > chief.pk
        assert copying.copy_in(city)["disclosure_building"] == Building.objects.count()


@pytest.mark.django_db
def test_nothing_is_ever_copied_into_a_real_portal():
    with pytest.raises(running.NotADrill):
        copying.copy_in("postgres://nobody@nowhere/city")


def test_the_drills_database_stands_beside_the_citys():
    assert deploy_drill.drill_url("postgres://u:p@h:5/city") == "postgres://u:p@h:5/city_drill"
    for wrong in ("postgres://u:p@h/city_drill", "postgres://u:p@h/", "postgres://u:p@h"):
        with pytest.raises(CannotStart):
            deploy_drill.drill_url(wrong)


def test_a_drill_runs_pages_and_storm_and_nothing_that_sends(tmp_path):
    started = deploy_drill.DrillPortal(home=tmp_path, port=1).commands()
    assert list(started) == ["web", "player"]
    assert started["player"][-1] == "play_drill"


def test_a_drill_of_the_containers_has_no_process_that_sends():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    drills = {name: one for name, one in services.items() if one.get("profiles") == ["drill"]}
    assert set(drills) == {"drill-migrate", "drill", "drill-player"}
    assert not [one for one in drills.values() if {"worker", "beat", "relay"} & {*one["command"]}]
    for name in ("drill", "drill-player"):
        environment = drills[name]["environment"]
        assert environment["DRILL"] == "1"
        assert environment["DATABASE_URL"].endswith("/portal_drill")
        assert (environment["EMAIL_URL"], environment["STORAGE_URL"]) == ("", "")
