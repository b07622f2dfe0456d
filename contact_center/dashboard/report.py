"""The standing monthly report: made once when the month is over, and kept as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation

from contact_center.dashboard import sections
from contact_center.dashboard.models import StandingReport
from contact_center.dashboard.sections import Section
from ratings import months
from requests_app.figures import keeping
from requests_app.models import Figure

LANGUAGE = "ru"
# What a report is about; the forecast is of the days after it was asked for, and so no report.
_LEFT_OUT = "forecast"


@dataclass(frozen=True)
class Report:
    """A month's tables; `is_kept` tells a standing report from figures as they are now."""

    month: date
    made_at: datetime
    sections: tuple[Section, ...]
    is_kept: bool


def of_month(month: date, *, at: datetime) -> Report:
    """Return the kept report of a month, or its figures as they stand."""
    kept = StandingReport.objects.filter(month=month).first()
    if kept:
        found = tuple(sections.of_json(one) for one in kept.sections)
        return Report(month, kept.made_at, found, is_kept=True)
    return Report(month, at, _sections(month, at=at), is_kept=False)


def keep(*, at: datetime) -> StandingReport | None:
    """Keep the report of the month before `at`; None if it is kept already or nothing happened."""
    month = months.shifted(timezone.localtime(at).date().replace(day=1), -1)
    if StandingReport.objects.filter(month=month).exists():
        return None
    keeping.refresh(at=at)
    if not Figure.objects.city_months(month, month).exists():
        return None
    found = [sections.as_json(one) for one in _sections(month, at=at)]
    with transaction.atomic():
        kept, is_new = StandingReport.objects.get_or_create(
            month=month, defaults={"made_at": at, "sections": found}
        )
    return kept if is_new else None


def _sections(month: date, *, at: datetime) -> tuple[Section, ...]:
    with translation.override(LANGUAGE):
        board = sections.build(month, today=timezone.localtime(at).date(), is_public=False)
    return tuple(one for one in board.sections if one.code != _LEFT_OUT)
