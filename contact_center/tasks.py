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
