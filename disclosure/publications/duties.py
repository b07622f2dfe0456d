"""Which forms a company owes for itself and its houses, and how each stands on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Min, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from disclosure.forms_standard.definition import Subject
from disclosure.forms_standard.due import Standing, Timing, timing
from disclosure.models import (
    Building,
    DisclosureForm,
    ManagementCompany,
    ManagementPeriod,
    Publication,
)
from disclosure.publications.reports import Report, last_year


@dataclass(frozen=True, kw_only=True)
class Duty:
    """A form that is owed. `counting`: the version pages show; `newest` may be a returned one."""

    report: Report
    timing: Timing
    newest: Publication | None
    counting: Publication | None

    @property
    def standing(self) -> Standing:
        """How the form stands."""
        return self.timing.standing


def houses_of(company: ManagementCompany, *, on: date) -> QuerySet[Building]:
    """Return the houses that the company runs on the day."""
    return Building.objects.filter(
        management_periods__company=company, management_periods__during__contains=on
    )


def of_company(company: ManagementCompany, *, on: date) -> list[Duty]:
    """Return the company's own forms in the order of the standard; a constant number of queries."""
    editions = [
        edition
        for edition in DisclosureForm.objects.in_force(on).about(Subject.COMPANY)
        if not edition.form.kinds or company.kind in edition.form.kinds
    ]
    began = ManagementPeriod.objects.filter(company=company).aggregate(day=Min(Lower("during")))
    return _duties(company, [(None, began["day"])], editions, on=on)


def of_houses(company: ManagementCompany, houses: Iterable[Building], *, on: date) -> list[Duty]:
    """Return the forms of these houses that the company runs on the day; constant queries."""
    wanted = list(houses)
    editions = [
        edition
        for edition in DisclosureForm.objects.in_force(on).about(Subject.HOUSE)
        if not edition.form.kinds or company.kind in edition.form.kinds
    ]
    began = {
        house_id: during.lower
        for house_id, during in ManagementPeriod.objects.filter(
            company=company, building__in=wanted, during__contains=on
        ).values_list("building_id", "during")
    }
    subjects: list[tuple[Building | None, date | None]] = [
        (house, began[house.pk]) for house in wanted if house.pk in began
    ]
    return _duties(company, subjects, editions, on=on)


def _duties(
    company: ManagementCompany,
    subjects: list[tuple[Building | None, date | None]],
    editions: list[DisclosureForm],
    *,
    on: date,
) -> list[Duty]:
    published = Publication.objects.filter(company=company)
    if subjects and subjects[0][0] is None:
        published = published.filter(building=None)
    else:
        published = published.filter(building__in=[house for house, _day in subjects if house])
    newest = {_names(row): row for row in published.newest()}
    counting = {_names(row): row for row in published.counting()}
    found = []
    for house, began in subjects:
        for edition in editions:
            year = last_year(on) if edition.is_yearly else 0
            names = (house.pk if house else None, edition.code, year)
            last, counts = newest.get(names), counting.get(names)
            returned = getattr(last, "returned", None) if last else None
            loaded = timezone.localtime(edition.loaded_at).date()
            # An edition always has a first day; a period of management may lie open.
            first: date = edition.during.lower or loaded
            since = max(began or first, first)
            if edition.is_yearly and since.year > year:
                # The company did not run the house in the year the report is about.
                continue
            report = Report(company=company, building=house, edition=edition, year=year)
            stands = timing(
                edition.form.due,
                year=year,
                # Nobody owed the portal anything before it asked.
                began=max(since, loaded),
                published_on=timezone.localtime(counts.published_at).date() if counts else None,
                returned_on=timezone.localtime(returned.at).date() if returned else None,
                on=on,
            )
            found.append(Duty(report=report, timing=stands, newest=last, counting=counts))
    return found


def _names(row: Publication) -> tuple[int | None, str, int]:
    return row.building_id, row.form_code, row.year
