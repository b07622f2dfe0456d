"""Nightly work of the disclosure: reminders before limits, scores as limits pass."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import structlog
from django.db import transaction

from disclosure.models import ManagementCompany
from disclosure.publications import letters, scoring

log = structlog.get_logger(__name__)


class Act(Protocol):
    """What is done for one company."""

    def __call__(self, company: ManagementCompany, *, at: datetime) -> None: ...


def _each_company(act: Act, *, at: datetime, event: str) -> int:
    """Call `act(company, at=at)` for each, one transaction each; return how many went well."""
    done = 0
    for company in ManagementCompany.objects.filter(is_active=True).order_by("pk").iterator(200):
        try:
            with transaction.atomic():
                act(company, at=at)
            done += 1
        except Exception:
            # One company's trouble must not silence the letters of all after it.
            log.exception(event, company_id=company.pk)
    return done


def remind(at: datetime) -> int:
    """Write the letters that limits of the day call for."""
    return _each_company(letters.remind, at=at, event="disclosure_reminder_failed")


def rescore(at: datetime) -> int:
    """Store the scores that changed because a limit passed or a form got a new edition."""
    return _each_company(scoring.keep_all, at=at, event="disclosure_score_failed")
