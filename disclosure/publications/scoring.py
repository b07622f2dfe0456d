"""Scores of completeness: computed from duties, stored when they change, read by pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from disclosure.completeness import Points, percent, points_of, total
from disclosure.forms_standard.checking import Content
from disclosure.models import Building, CompletenessScore, ManagementCompany, ManagementPeriod
from disclosure.publications import duties
from disclosure.publications.contents import contents_of
from disclosure.publications.duties import Duty

BATCH = 200


@dataclass(frozen=True, kw_only=True)
class Scored:
    """A duty with its points; `content` is what the counting version holds."""

    duty: Duty
    points: Points
    content: Content | None


def scored(owed: Sequence[Duty]) -> list[Scored]:
    """Return the duties with their points; one query."""
    contents = contents_of(duty.counting for duty in owed if duty.counting)
    # An older version counts as it was defined then: its own edition says what it lacks.
    return [
        Scored(
            duty=duty,
            points=points_of(
                duty.report.form,
                contents[duty.counting.pk] if duty.counting else None,
                kind=duty.report.company.kind,
                missing=_("not filled in") if duty.counting else _("the form is not published"),
            ),
            content=contents[duty.counting.pk] if duty.counting else None,
        )
        for duty in owed
    ]


def keep(company: ManagementCompany, *, buildings: Sequence[Building], at: datetime) -> None:
    """Store the day's scores of these houses and of the company, where they changed."""
    on = timezone.localtime(at).date()
    rows = []
    for start in range(0, len(buildings), BATCH):
        part = buildings[start : start + BATCH]
        by_house: dict[int, list[Scored]] = {house.pk: [] for house in part}
        for each in scored(duties.of_houses(company, part, on=on)):
            if each.duty.report.building:
                by_house[each.duty.report.building.pk].append(each)
        rows += [_row(company, house, by_house[house.pk], on) for house in part]
    _store(rows)
    own = _row(company, None, scored(duties.of_company(company, on=on)), on)
    own.total = total(own.percent, _houses(company, on))
    _store([own])


def keep_all(company: ManagementCompany, *, at: datetime) -> None:
    """Store the day's scores of a company and of every house it runs."""
    on = timezone.localtime(at).date()
    houses = list(duties.houses_of(company, on=on).order_by("pk"))
    keep(company, buildings=houses, at=at)


def _row(
    company: ManagementCompany, house: Building | None, forms: list[Scored], on: date
) -> CompletenessScore:
    asked = sum((each.points.asked for each in forms), Decimal(0))
    filled = sum((each.points.filled for each in forms), Decimal(0))
    return CompletenessScore(
        company=company,
        building=house,
        day=on,
        asked=asked,
        filled=filled,
        forms=len(forms),
        in_time=sum(each.duty.timing.is_in_time for each in forms),
        percent=percent(filled, asked),
    )


def _houses(company: ManagementCompany, on: date) -> list[tuple[Decimal | None, Decimal]]:
    """Return area and percent of every house the company runs; never scored is 0."""
    known = dict(
        CompletenessScore.objects.filter(company=company, building__isnull=False)
        .order_by("building_id", "-day")
        .distinct("building_id")
        .values_list("building_id", "percent")
    )
    return [
        (area, known.get(house_id, Decimal(0)))
        for house_id, area in ManagementPeriod.objects.filter(
            company=company, during__contains=on
        ).values_list("building_id", "building__area_m2")
    ]


def latest(
    company: ManagementCompany, building: Building | None = None
) -> CompletenessScore | None:
    """Return the newest score of a company, or of its house."""
    return (
        CompletenessScore.objects.filter(company=company, building=building)
        .order_by("-day")
        .first()
    )


def over_time(company: ManagementCompany, *, limit: int = 12) -> list[CompletenessScore]:
    """Return the company's latest scores, newest first; a row a day on which it changed."""
    own = CompletenessScore.objects.filter(company=company, building=None)
    return list(own.order_by("-day")[:limit])


def _same(row: CompletenessScore, kept: CompletenessScore) -> bool:
    names = ("asked", "filled", "forms", "in_time", "percent", "total")
    return all(getattr(row, name) == getattr(kept, name) for name in names)


def _store(rows: Iterable[CompletenessScore]) -> None:
    rows = list(rows)
    if not rows:
        return
    ids = [row.building_id for row in rows]
    own = CompletenessScore.objects.filter(company=rows[0].company)
    own = own.filter(building=None) if ids == [None] else own.filter(building__in=ids)
    kept = {
        row.building_id: row for row in own.order_by("building_id", "-day").distinct("building_id")
    }
    CompletenessScore.objects.bulk_create(
        [
            row
            for row in rows
            if row.building_id not in kept or not _same(row, kept[row.building_id])
        ],
        update_conflicts=True,
        unique_fields=["company", "building", "day"],
        update_fields=["asked", "filled", "forms", "in_time", "percent", "total"],
    )
