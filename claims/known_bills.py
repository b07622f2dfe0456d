"""The last bill of a flat that its resident claimed by before: what an offer in rubles rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from claims.models import Claim
from claims.recalculation.compute import calculate
from claims.recalculation.figures import Figures
from claims.recalculation.values import Bill, Interval, Kind, Service
from claims.statuses import ClaimStatus
from requests_app.models import Request

# Account, house, flat.
Key = tuple[int | None, int, str]


def key_of(item: Request) -> Key:
    """Return under which key the bill of this request's flat is found."""
    return item.resident_id, item.building_id, item.flat


def of(requests: Iterable[Request], service: Service) -> dict[Key, Bill]:
    """
    Return the last known bill of each flat, by `key_of`; one query.

    Of the same account only: other people may have lived in the flat. Without an account none.
    """
    residents = {item.resident_id for item in requests if item.resident_id is not None}
    if not residents:
        return {}
    rows = (
        Claim.objects.filter(request__resident__in=residents, service=service, is_forgotten=False)
        .exclude(status=ClaimStatus.WITHDRAWN)
        .order_by("month", "pk")
        .values_list(
            *("request__resident_id", "request__building_id", "request__flat"),
            *("month", "charge_rub", "body"),
        )
    )
    return {
        (resident, building, flat): Bill(
            service=service, month=month, charge_rub=charge, metered=body.get("metered")
        )
        for resident, building, flat, month, charge, body in rows
    }


def amount(
    bill: Bill, months: Mapping[date, Figures], *, start: datetime, end: datetime, planned: bool
) -> Decimal:
    """Return the rubles of all `months` (by their figures), each as if charged like `bill`."""
    interval = Interval(kind=Kind.INTERRUPTION, start=start, end=end, planned=planned)
    zone = timezone.get_default_timezone()
    return sum(
        (
            calculate(
                Bill(
                    service=bill.service,
                    month=month,
                    charge_rub=bill.charge_rub,
                    metered=bill.metered,
                ),
                [interval],
                figures=figures,
                zone=zone,
            ).reduction_rub
            for month, figures in months.items()
        ),
        Decimal("0.00"),
    )
