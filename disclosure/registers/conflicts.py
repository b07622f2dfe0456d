"""
Where a register and a company's publication differ: found, held back, and decided by a person.

A company answers for what it published; a register is often older. Neither wins by itself: the
registry keeps its old value until somebody says whose word holds. A decision is for the pair of
values, so that the same register does not ask again, and another value does.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pghistory
from django.db import transaction
from django.db.backends.utils import CursorWrapper

from accounts.actors import Operator
from disclosure.models import Building, ImportConflict, ManagementCompany
from disclosure.registers.models import Take

# A house's field and what form 2.1 calls it; a number on both sides.
HOUSE_FIELDS = {
    "built_year": "built_year",
    "floors": "floor_count_max",
    "entrances": "entrance_count",
    "flats": "living_quarters_count",
    "area_m2": "area_total",
}
# A company's field and what form 1.1 calls it; a text on both sides.
COMPANY_FIELDS = {"ogrn": "ogrn", "phone": "phone", "site": "site", "address": "legal_address"}
HOUSE_FORM, COMPANY_FORM = "2.1", "1.1"
LONGEST = {
    field: getattr(ManagementCompany._meta.get_field(field), "max_length", 0)
    for field in COMPANY_FIELDS
}

_TABLE = """
CREATE TEMP TABLE IF NOT EXISTS register_conflict (line integer, subject_id bigint, field text,
    said text, told text, publication_id bigint);
TRUNCATE register_conflict;
"""

# Of a house's forms only the present company's count: another's words went with it.
# Only names of this module are put in, here and below.
_OF_HOUSES = """
WITH newest AS (
    SELECT DISTINCT ON (said.line) said.line, publication.id
    FROM register_house AS said
    JOIN disclosure_managementperiod AS period
        ON period.building_id = said.building_id AND upper_inf(period.during)
    JOIN disclosure_publication AS publication
        ON publication.building_id = said.building_id AND publication.form_code = %(form)s
        AND publication.company_id = period.company_id
    WHERE NOT EXISTS (SELECT FROM disclosure_publicationreturn AS returned
        WHERE returned.publication_id = publication.id)
    ORDER BY said.line, publication.version DESC
)
INSERT INTO register_conflict
SELECT said.line, said.building_id, pair.field, pair.number::text, value.text, newest.id
FROM newest JOIN register_house AS said ON said.line = newest.line
CROSS JOIN LATERAL (VALUES {pairs}) AS pair(field, code, number)
JOIN disclosure_disclosurevalue AS value ON value.publication_id = newest.id
    AND value."table" = '' AND value.code = pair.code AND value.number IS NOT NULL
WHERE pair.number IS NOT NULL AND value.number <> pair.number;
""".format(  # noqa: S608
    pairs=", ".join(
        f"('{field}', '{code}', said.{field}::numeric)" for field, code in HOUSE_FIELDS.items()
    )
)

# Texts are the same if their letters and digits are: «ул. Мира, 5» and «ул.Мира 5», a phone in
# brackets and one without, a site with its protocol.
_BARE = (
    "regexp_replace(regexp_replace(lower({0}), "
    "'^(https?://)?(www\\.)?|^(\\+7|8)(?=\\D*9?\\d)', ''), '[^0-9a-zа-яё]', '', 'g')"
)
_OF_COMPANIES = """
WITH newest AS (
    SELECT DISTINCT ON (said.line) said.line, publication.id
    FROM register_org AS said
    JOIN disclosure_publication AS publication
        ON publication.company_id = said.org_id AND publication.building_id IS NULL
        AND publication.form_code = %(form)s
    WHERE NOT EXISTS (SELECT FROM disclosure_publicationreturn AS returned
        WHERE returned.publication_id = publication.id)
    ORDER BY said.line, publication.version DESC
)
INSERT INTO register_conflict
SELECT said.line, said.org_id, pair.field, pair.said, left(value.text, 400), newest.id
FROM newest JOIN register_org AS said ON said.line = newest.line
CROSS JOIN LATERAL (VALUES {pairs}) AS pair(field, code, said)
JOIN disclosure_disclosurevalue AS value ON value.publication_id = newest.id
    AND value."table" = '' AND value.code = pair.code
WHERE pair.said <> '' AND {said} <> {told};
""".format(  # noqa: S608
    pairs=", ".join(
        f"('{field}', '{code}', said.{field})" for field, code in COMPANY_FIELDS.items()
    ),
    said=_BARE.format("pair.said"),
    told=_BARE.format("value.text"),
)

_ASK = """
INSERT INTO disclosure_importconflict (run_id, {subject}, field, register_value, published_value,
    publication_id, found_at, take)
SELECT %(run)s, subject_id, field, left(said, 400), told, publication_id, %(at)s, ''
FROM register_conflict ORDER BY line, field
ON CONFLICT DO NOTHING;
DELETE FROM register_conflict AS held USING disclosure_importconflict AS known
WHERE known.{subject} = held.subject_id AND known.field = held.field
    AND known.register_value = left(held.said, 400) AND known.published_value = held.told
    AND known.take = 'register';
"""
_WAITING = """
SELECT held.line, held.field, held.told, held.said FROM register_conflict AS held
JOIN disclosure_importconflict AS known
    ON known.{subject} = held.subject_id AND known.field = held.field
    AND known.register_value = left(held.said, 400) AND known.published_value = held.told
WHERE known.take = '' ORDER BY held.line, held.field
"""


def hold_houses(
    cursor: CursorWrapper, *, run: int, at: datetime
) -> list[tuple[int, str, str, str]]:
    """
    Take out of `register_house` what contradicts a publication and nobody gave to the register.

    Return the lines that wait: (line, field, published, said).
    """
    cursor.execute(_TABLE + _OF_HOUSES, {"form": HOUSE_FORM})
    blanks = "".join(
        f"UPDATE register_house SET {field} = NULL FROM register_conflict AS held "  # noqa: S608
        f"WHERE held.line = register_house.line AND held.field = '{field}';"
        for field in HOUSE_FIELDS
    )
    return _held(cursor, "building_id", blanks, run=run, at=at)


def hold_companies(
    cursor: CursorWrapper, *, run: int, at: datetime
) -> list[tuple[int, str, str, str]]:
    """Do the same for `register_org`, whose `org_id` is known."""
    cursor.execute(_TABLE + _OF_COMPANIES, {"form": COMPANY_FORM})
    blanks = "".join(
        f"UPDATE register_org SET {field} = '' FROM register_conflict AS held "  # noqa: S608
        f"WHERE held.line = register_org.line AND held.field = '{field}';"
        for field in COMPANY_FIELDS
    )
    return _held(cursor, "company_id", blanks, run=run, at=at)


def _held(
    cursor: CursorWrapper, subject: str, blanks: str, *, run: int, at: datetime
) -> list[tuple[int, str, str, str]]:
    cursor.execute("SELECT EXISTS (SELECT FROM register_conflict)")
    if not cursor.fetchone()[0]:
        return []
    cursor.execute(_ASK.format(subject=subject) + blanks, {"run": run, "at": at})
    cursor.execute(_WAITING.format(subject=subject))
    return [(line, field, told, said) for line, field, told, said in cursor.fetchall()]


class AlreadyDecided(Exception):
    """Somebody else decided meanwhile; the other decision stands."""


@transaction.atomic
def decide(conflict: ImportConflict, *, take: Take, by: Operator, at: datetime) -> None:
    """
    Give the field to the register or to the company, and store whose word held.

    Raise AlreadyDecided if somebody was faster.
    """
    # Lock before reading: two people may decide at once.
    row = ImportConflict.objects.select_for_update().get(pk=conflict.pk)
    if row.take:
        raise AlreadyDecided
    value = row.register_value if take == Take.REGISTER else row.published_value
    with pghistory.context(import_conflict=row.pk):
        subject: Building | ManagementCompany
        if row.building_id is not None:
            subject = Building.objects.select_for_update().get(pk=row.building_id)
            setattr(subject, row.field, _number(row.field, value))
        else:
            subject = ManagementCompany.objects.select_for_update().get(pk=int(row.company_id or 0))
            setattr(subject, row.field, value[: LONGEST[row.field]])
        subject.save(update_fields=[row.field])
    row.take, row.decided_by_id, row.decided_at = take, by.id, at
    row.save(update_fields=["take", "decided_by", "decided_at"])


def _number(field: str, value: str) -> Decimal | int:
    number = Decimal(value)
    return number if field == "area_m2" else int(number)
