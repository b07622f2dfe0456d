"""What is counted of a company as a whole: claims, disclosure, what was found against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ratings.methodology import OF_COMPANY

if TYPE_CHECKING:
    from ratings.freezing import Window

# Money given back at the first asking, of all applications that were answered or ran out of time.
_CLAIMS = """
SELECT company_id, count(*) AS claims,
       count(*) FILTER (
           WHERE pressed_at IS NULL AND status IN ('granted', 'partly', 'paid')
       ) AS granted
FROM claims_claim
WHERE company_id IS NOT NULL AND filed_at >= %(since)s AND filed_at < %(until)s
  AND status NOT IN ('sent', 'withdrawn')
GROUP BY company_id
"""
# The newest score of the company and of each house that it manages on the window's last day.
_DISCLOSURE = """
SELECT company_id, sum(forms) AS forms, sum(in_time) AS forms_in_time
FROM (
    SELECT DISTINCT ON (s.company_id, s.building_id) s.company_id, s.forms, s.in_time
    FROM disclosure_completenessscore s
    WHERE s.day < %(last)s AND (
        s.building_id IS NULL OR EXISTS (
            SELECT FROM disclosure_managementperiod m
            WHERE m.building_id = s.building_id AND m.company_id = s.company_id
              AND m.during @> (%(last)s::date - 1)
        )
    )
    ORDER BY s.company_id, s.building_id, s.day DESC
) newest
GROUP BY company_id
"""
# A single year says too little to be told from luck.
YEARS = 3
# Newest version of each form that was not returned, as it was published before the window's end.
_COUNTING = """
    SELECT DISTINCT ON (p.company_id, p.form_code, p.year) p.id, p.company_id, p.form_code, p.year
    FROM disclosure_publication p
    WHERE p.building_id IS NULL AND p.published_at < %(until)s AND p.form_code = %(form)s
      AND NOT EXISTS (
          SELECT FROM disclosure_publicationreturn r WHERE r.publication_id = p.id
      )
    ORDER BY p.company_id, p.form_code, p.year, p.version DESC
"""
_VIOLATIONS = f"""
SELECT p.company_id, sum(found.number)::bigint AS violations
FROM ({_COUNTING}) p
JOIN disclosure_disclosurevalue found
  ON found.publication_id = p.id AND found.code = 'number_of_disturbance'
JOIN disclosure_disclosurevalue dated
  ON dated.publication_id = p.id AND dated.code = 'date_of_responsibility'
 AND dated."table" = found."table" AND dated.row = found.row
WHERE dated.day >= %(first)s AND dated.day < %(last)s
GROUP BY p.company_id
"""  # noqa: S608
_DEBTS = f"""
SELECT newest.company_id, count(*) AS debts_told,
       count(*) FILTER (WHERE v.number = 0) AS debts_none
FROM ({_COUNTING}) newest
JOIN disclosure_disclosurevalue v ON v.publication_id = newest.id AND v.code IN (
    'debt_for_thermal_energy', 'debt_for_hot_water', 'debt_for_cold_water', 'debt_for_sewerage',
    'debt_for_gas', 'debt_for_electrical_energy', 'debt_for_other'
)
WHERE newest.year >= extract(year FROM %(last)s::date) - {YEARS}
GROUP BY newest.company_id
"""  # noqa: S608
# 882/пр: 1.5 tells of violations, 1.4 of debts to suppliers.
VIOLATIONS_FORM, DEBTS_FORM = "1.5", "1.4"
_ASKED = (
    (_CLAIMS, ""),
    (_DISCLOSURE, ""),
    (_VIOLATIONS, VIOLATIONS_FORM),
    (_DEBTS, DEBTS_FORM),
)


def counts(cursor: Any, window: Window) -> dict[int, dict[str, int]]:
    """Return the counts of each company by its id; those without any are left out. Four queries."""
    made: dict[int, dict[str, int]] = {}
    for sql, form in _ASKED:
        cursor.execute(
            sql,
            {
                "since": window.since,
                "until": window.until,
                "first": window.first,
                "last": window.last,
                "form": form,
            },
        )
        names = [column.name for column in cursor.description or ()][1:]
        for company, *numbers in cursor:
            mine = made.setdefault(company, dict.fromkeys(OF_COMPANY, 0))
            mine.update(zip(names, map(int, numbers), strict=True))
    return made
