"""
Bringing into a drill what it needs of the city: registry, matters, norms and the staff's accounts.

No request, resident, letter or file is read. The city's database is only read, in one snapshot;
its address is known to the process that copies, and to no other of the drill.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from tempfile import SpooledTemporaryFile
from typing import Any

import psycopg2
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import connection, models, transaction
from psycopg2 import sql

from accounts.models import User
from contact_center.drill import running
from disclosure.models import (
    Building,
    ManagementCompany,
    ManagementPeriod,
    ResourceSupplier,
    Street,
    SupplyPeriod,
)
from requests_app.models import AnswerTemplate, CalendarDay, Category, Norm

_IN_MEMORY = 16 * 1024 * 1024
_STAFF = "is_staff AND is_active"
_OF_STAFF = "user_id IN (SELECT id FROM accounts_user WHERE is_staff AND is_active)"


class Gone(Enum):
    """What becomes of a row of the drill that the city no longer has."""

    STAYS = "stays"
    GOES = "goes"
    IS_OFF = "is off"


@dataclass(frozen=True)
class Copied:
    """A table of the city; `where` narrows its rows."""

    model: type[models.Model]
    gone: Gone = Gone.STAYS
    where: str = "true"


TABLES = (
    Copied(Street),
    Copied(ManagementCompany),
    Copied(ResourceSupplier),
    Copied(Building),
    Copied(ManagementPeriod, Gone.GOES),
    Copied(SupplyPeriod, Gone.GOES),
    Copied(Category),
    Copied(Norm),
    Copied(CalendarDay, Gone.GOES),
    Copied(AnswerTemplate, Gone.GOES),
    Copied(User, Gone.IS_OFF, _STAFF),
    Copied(EmailAddress, Gone.GOES, _OF_STAFF),
    # Recovery codes are used up one by one: using one here would not use it there.
    Copied(Authenticator, Gone.GOES, "type = 'totp' AND " + _OF_STAFF),
)
_GROUPS = """
SELECT member.user_id, g.name FROM accounts_user_groups AS member
JOIN auth_group AS g ON g.id = member.group_id
JOIN accounts_user AS u ON u.id = member.user_id
WHERE u.is_staff AND u.is_active
"""


def copy_in(source_url: str) -> dict[str, int]:
    """
    Copy from the city at `source_url` and return how many rows each table has there.

    All or nothing. Raise NotADrill on a real portal, psycopg2.Error where the two databases do not
    stand at the same migrations.
    """
    running.must_be_drill()
    city = psycopg2.connect(source_url)
    try:
        city.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with transaction.atomic(), connection.cursor() as here, city.cursor() as there:
            counts = {
                copied.model._meta.db_table: _copy(copied, here=here, there=there)
                for copied in TABLES
            }
            there.execute(_GROUPS)
            _join_groups(there.fetchall())
        city.rollback()
    finally:
        city.close()
    return counts


def _copy(copied: Copied, *, here: Any, there: Any) -> int:
    meta = copied.model._meta
    assert meta.pk is not None
    key = str(meta.pk.column)
    columns = [
        str(field.column)
        for field in meta.local_concrete_fields
        if not isinstance(field, models.GeneratedField)
    ]
    names = {
        "table": sql.Identifier(meta.db_table),
        "kept": sql.Identifier(f"copied_{meta.db_table}"),
        "key": sql.Identifier(key),
        "columns": sql.SQL(", ").join(sql.Identifier(column) for column in columns),
        "fresh": sql.SQL(", ").join(sql.Identifier("excluded", column) for column in columns),
        "old": sql.SQL(", ").join(sql.Identifier(meta.db_table, column) for column in columns),
        # Fixed words of this module, never anybody's input.
        "where": sql.SQL(copied.where),
    }
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as rows:
        read = sql.SQL("COPY (SELECT {columns} FROM {table} WHERE {where}) TO STDOUT")
        there.copy_expert(read.format(**names), rows)
        rows.seek(0)
        here.execute(
            sql.SQL(
                "CREATE TEMP TABLE {kept} ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0"
            ).format(**names)
        )
        here.cursor.copy_expert(sql.SQL("COPY {kept} ({columns}) FROM STDIN").format(**names), rows)
    absent = sql.SQL(" WHERE {key} NOT IN (SELECT {key} FROM {kept})").format(**names)
    if copied.gone is Gone.GOES:
        here.execute(sql.SQL("DELETE FROM {table}").format(**names) + absent)
    elif copied.gone is Gone.IS_OFF:
        here.execute(sql.SQL("UPDATE {table} SET is_active = false").format(**names) + absent)
    here.execute(
        sql.SQL(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM {kept}"
            " ON CONFLICT ({key}) DO UPDATE SET ({columns}) = ROW ({fresh})"
            " WHERE ({old}) IS DISTINCT FROM ({fresh})"
        ).format(**names)
    )
    # Rows made in the drill come behind the city's.
    here.execute(
        sql.SQL(
            "SELECT setval(pg_get_serial_sequence(%s, %s), max({key})) FROM {table}"
            " HAVING max({key}) IS NOT NULL"
        ).format(**names),
        [meta.db_table, key],
    )
    here.execute(sql.SQL("SELECT count(*) FROM {kept}").format(**names))
    return int(here.fetchone()[0])


def _join_groups(members: list[tuple[int, str]]) -> None:
    """Put the staff into the groups of the same names; the drill's own roles say what these may."""
    groups = {group.name: group.pk for group in Group.objects.all()}
    through = User.groups.through
    through.objects.all().delete()
    through.objects.bulk_create(
        through(user_id=user, group_id=groups[name]) for user, name in members if name in groups
    )
