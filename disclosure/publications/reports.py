"""Which form of which company, house and year is meant: «2.8-2025» of house 12."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from disclosure.forms_standard.definition import Form, Subject
from disclosure.models import (
    Building,
    DisclosureForm,
    Draft,
    ManagementCompany,
    ManagementPeriod,
    Publication,
)
from disclosure.publications.models import report_key

COMPANY = "company"
# How many past years a yearly form may still be filled in for.
YEARS_BACK = 5
_KEY = re.compile(r"(\d\.\d{1,2})(?:-(\d{4}))?")


class NoSuchReport(Exception):
    """The standard has no such form on that day, or the company does not run the house."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A form to be filled in or published: the edition in force, its subject and year."""

    company: ManagementCompany
    building: Building | None
    edition: DisclosureForm
    year: int

    @property
    def form(self) -> Form:
        """The definition."""
        return self.edition.form

    @property
    def key(self) -> str:
        """What stands for it in addresses."""
        return report_key(self.form.code, self.year)

    @property
    def place(self) -> str:
        """What stands for its subject in addresses."""
        return str(self.building.pk) if self.building else COMPANY

    @property
    def names(self) -> Mapping[str, Any]:
        """The columns that tell its draft and its publications from all others."""
        return {
            "company": self.company,
            "building": self.building,
            "form_code": self.form.code,
            "year": self.year,
        }

    def newest(self) -> Publication | None:
        """Return the newest version that was not returned by staff."""
        return Publication.objects.filter(**self.names, returned=None).order_by("-version").first()

    def draft(self) -> Draft | None:
        """Return the draft, if somebody has begun."""
        return Draft.objects.filter(**self.names).select_related("saved_by").first()


def last_year(on: date) -> int:
    """Return the year that yearly forms are about."""
    return on.year - 1


def find(company: ManagementCompany, place: str, key: str, *, on: date) -> Report:
    """Return the report that an address names; raise NoSuchReport."""
    meant = _KEY.fullmatch(key)
    if meant is None:
        raise NoSuchReport
    year = int(meant[2] or 0)
    edition = DisclosureForm.objects.in_force(on).filter(code=meant[1]).first()
    if edition is None or edition.is_yearly != bool(year):
        raise NoSuchReport
    if year and not last_year(on) - YEARS_BACK < year <= last_year(on):
        raise NoSuchReport
    if edition.form.kinds and company.kind not in edition.form.kinds:
        raise NoSuchReport
    building = None
    if edition.subject == Subject.HOUSE:
        building = _house(company, place, on=on)
    elif place != COMPANY:
        raise NoSuchReport
    return Report(company=company, building=building, edition=edition, year=year)


def _house(company: ManagementCompany, place: str, *, on: date) -> Building:
    if not place.isdecimal() or len(place) > 15:
        raise NoSuchReport
    period = (
        ManagementPeriod.objects.filter(
            company=company, building_id=int(place), during__contains=on
        )
        .select_related("building")
        .first()
    )
    if period is None:
        raise NoSuchReport
    return period.building
