"""What the demo's residents won back: claims on requests that took long, and works with acts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import F
from django.utils import timezone, translation

from claims import letters, lifecycle
from claims.models import Claim, ClaimEvent, FigureRow, WorkWon
from claims.recalculation import parse
from claims.recalculation.compute import calculate
from claims.recalculation.figures import Figures
from claims.recalculation.shapes import shown
from claims.statuses import ClaimStatus
from claims.tariffs import loading
from claims.totals import publishing
from requests_app.models import Request
from requests_app.statuses import Status
from requests_app.steps import Role

CLAIMS = 160
WORKS = 40
# One claim in so many was refused; the others' money is on the bill.
_REFUSED = 6
_CHARGES = ("1180.40", "2150.40", "1640.00", "890.75", "2975.10", "3320.00")
_WORKS = (
    ("Замена стояка холодной воды", "84300.00"),
    ("Ремонт кровли над подъездом", "412000.00"),
    ("Промывка системы отопления", "56700.00"),
    ("Ремонт межпанельных швов", "138500.00"),
    ("Замена задвижек в тепловом узле", "97200.00"),
)


# Utility, kind, unit, then (first day, value): invented, but believable.
_TARIFFS = (
    ("hot_water", "tariff", "m3", ((2024, "176.32"), (2025, "192.41"), (2026, "214.18"))),
    ("cold_water", "tariff", "m3", ((2024, "34.87"), (2025, "38.26"), (2026, "42.65"))),
    ("sewerage", "tariff", "m3", ((2024, "27.15"), (2025, "30.04"), (2026, "33.50"))),
    ("heating", "tariff", "gcal", ((2024, "2318.40"), (2025, "2571.16"), (2026, "2850.42"))),
    ("electricity", "tariff", "kwh", ((2024, "5.32"), (2025, "5.98"), (2026, "6.61"))),
    ("hot_water", "norm", "m3_person", ((2024, "3.23"),)),
    ("cold_water", "norm", "m3_person", ((2024, "4.15"),)),
)


def _tariffs() -> bytes:
    """Return the list that an editor of the city would load."""
    head = "kind;utility;value;unit;from;act;source"
    rows = [
        f"{kind};{utility};{value};{unit};{year}-07-01;"
        f"Приказ регионального регулятора от 20.06.{year} № {year % 100}-П;"
        "https://tariff.svetlorechye.example/acts"
        for utility, kind, unit, values in _TARIFFS
        for year, value in values
    ]
    return "\n".join([head, *rows]).encode()


def win(*, at: datetime) -> None:
    """Store tariffs, claims and works of the last two years, and the public totals of them."""
    long_ones = (
        Request.objects.filter(
            status=Status.CLOSED,
            category__parent__slug__in=lifecycle.SERVICES,
            done_at__gt=F("registered_at") + timedelta(hours=20),
            done_at__lt=at - timedelta(days=60),
        )
        .exclude(executor_inn="")
        .order_by("registered_at")
    )
    # Spread over the years, as the requests are.
    ids = list(long_ones.values_list("pk", flat=True))
    ids = ids[:: max(1, len(ids) // (CLAIMS * 3 // 2))]
    requests = list(long_ones.filter(pk__in=ids).select_related("category__parent", "building"))
    claims = list(_claims(requests))[:CLAIMS]
    Claim.objects.bulk_create(claims)
    ClaimEvent.objects.bulk_create(event for claim in claims for event in _story(claim))
    WorkWon.objects.bulk_create(_works(requests, at.date()))
    loading.load(_tariffs())
    publishing.refresh(at=at)


def _claims(requests: list[Request]) -> Iterator[Claim]:
    zone = timezone.get_default_timezone()
    figures: dict[date, Figures] = {}
    for number, item in enumerate(requests):
        service, done = lifecycle.service_of(item), item.done_at
        if service is None or done is None:
            continue
        start = timezone.localtime(item.registered_at)
        body = {
            "utility": str(service),
            "month": f"{start:%Y-%m}",
            "charge": _CHARGES[number % len(_CHARGES)],
            "metered": True,
            "intervals": [
                {
                    "kind": "interruption",
                    "start": start.isoformat(timespec="minutes"),
                    "end": timezone.localtime(done).isoformat(timespec="minutes"),
                }
            ],
        }
        bill, intervals = parse.read(body, zone=zone)
        if bill.month not in figures:
            figures[bill.month] = FigureRow.objects.figures_on(bill.month)
        chosen = figures[bill.month]
        with translation.override(letters.LANGUAGE):
            result = calculate(bill, intervals, figures=chosen, zone=zone)
        if not result.reduction_rub:
            continue
        is_paid = number % _REFUSED != 0
        filed_at = done + timedelta(days=2)
        yield Claim(
            request=item,
            place=1,
            number=f"{item.number}/1",
            service=str(service),
            month=bill.month,
            body=body,
            figures={code: figure.value for code, figure in sorted(chosen.by_code.items())},
            found=shown(result),
            charge_rub=bill.charge_rub,
            amount_rub=result.reduction_rub,
            granted_rub=result.reduction_rub if is_paid else None,
            paid_rub=result.reduction_rub if is_paid else None,
            credited_in=_month_after(bill.month) if is_paid else None,
            status=ClaimStatus.PAID if is_paid else ClaimStatus.REFUSED,
            version=3 if is_paid else 2,
            filed_at=filed_at,
            changed_at=filed_at + timedelta(days=40 if is_paid else 3),
            company_id=item.company_id,
            supplier_id=item.supplier_id,
            executor_inn=item.executor_inn,
            executor_name=item.executor_name,
        )


def _story(claim: Claim) -> Iterator[ClaimEvent]:
    """Yield the lines that led a claim to where it stands."""
    steps = [("file", ClaimStatus.SENT, Role.RESIDENT, 0, "")]
    if claim.status == ClaimStatus.PAID:
        steps += [
            ("grant", ClaimStatus.GRANTED, Role.EXECUTOR, 3, ""),
            ("confirm", ClaimStatus.PAID, Role.RESIDENT, 40, ""),
        ]
    else:
        words = "Перерыв вызван ремонтом, о котором жителей предупредили."
        steps.append(("refuse", ClaimStatus.REFUSED, Role.EXECUTOR, 3, words))
    for step, status, author, days, text in steps:
        yield ClaimEvent(
            claim=claim,
            at=claim.filed_at + timedelta(days=days),
            step=step,
            status=status,
            author=author,
            text=text,
            amount_rub=None if status == ClaimStatus.REFUSED else claim.amount_rub,
        )


def _works(requests: list[Request], today: date) -> Iterator[WorkWon]:
    managed = [item for item in requests if item.company_id]
    done = managed[:: max(1, len(managed) // WORKS)][:WORKS]
    for number, item in enumerate(done):
        what, price = _WORKS[number % len(_WORKS)]
        day = min(timezone.localtime(item.registered_at).date() + timedelta(days=30), today)
        yield WorkWon(
            building=item.building,
            request=item,
            executor_name=item.executor_name,
            what=what,
            done_on=day,
            price_rub=Decimal(price),
            act=f"№ {number + 1} от {day:%d.%m.%Y}",
        )


def _month_after(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
