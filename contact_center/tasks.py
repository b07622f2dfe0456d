"""What beat starts for the roof itself."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils.timezone import now

log = structlog.get_logger(__name__)


@shared_task(queue="default")
def keep_monthly_report(**_newer: object) -> None:
    """Make the report of the month that is over; safe to run at any time and twice."""
    # Here and not above: the worker's other tasks carry nothing of the pages' memory.
    from contact_center.dashboard import report

    kept = report.keep(at=now())
    if kept:
        log.info("monthly_report_kept", month=str(kept))


@shared_task(queue="default")
def erase_accounts(**_newer: object) -> None:
    """Erase the accounts whose time has come; a worker killed on the way is followed by another."""
    from contact_center.own_data import erasing

    erasing.run_due(at=now())


@shared_task(queue="default")
def count_record(**_newer: object) -> None:
    """Count the centre's record by year; safe to run at any time and twice."""
    from contact_center.record import counting

    counting.refresh(at=now())
