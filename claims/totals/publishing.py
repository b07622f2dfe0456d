"""Making the public groups of what was won: anew whenever the rows below them changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Max, QuerySet, Sum

from claims.models import Claim, Won, WonGroup, WonMark, WorkWon
from claims.totals.folding import Row, fold

_LOCK = 0x3017
_BATCH = 2_000
# A row of two hundred thousand is read for what it tells, and for nothing else.
_CHUNK = 5_000


def refresh(*, at: datetime, again: bool = False) -> bool:
    """
    Make the groups anew if the rows changed since, or `again` at any rate; tell whether they were.

    `again` sees what moves no ruble: a house in another district, a company's corrected name. It
    may run twice at once and be broken off: readers see the groups of before or of after.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute("SET LOCAL statement_timeout = '5min'")
        now_of = made_of()
        mark = WonMark.objects.first()
        if mark is not None and mark.made_of == now_of and not again:
            return False
        WonGroup.objects.all().delete()
        WonGroup.objects.bulk_create(groups(), batch_size=_BATCH)
        WonMark.objects.update_or_create(pk=1, defaults={"made_at": at, "made_of": now_of})
    return True


def groups() -> Iterator[WonGroup]:
    """Yield the groups of all rows as they are now; two queries."""
    for what, rows in ((Won.BILL, list(bills())), (Won.WORK, list(works()))):
        for alike in fold(rows):
            shown = asdict(alike.shown)
            shown.pop("amount_rub")
            amounts = sorted(row.amount_rub for row in alike.rows)
            yield WonGroup(
                what=what, **shown, amounts=amounts, count=len(amounts), sum_rub=sum(amounts)
            )


def bills() -> Iterator[Row]:
    """Yield the rubles that residents saw on their bills."""
    yield from _rows(
        Claim.objects.won(),
        "credited_in",
        "executor_name",
        "service",
        "request__building__district",
        "paid_rub",
    )


def works() -> Iterator[Row]:
    """Yield what works were worth; they belong to no service."""
    yield from _rows(
        WorkWon.objects.all(), "done_on", "executor_name", None, "building__district", "price_rub"
    )


def _rows(
    found: QuerySet[Any], day: str, company: str, utility: str | None, district: str, amount: str
) -> Iterator[Row]:
    names = [day, company, *([utility] if utility else []), district, amount]
    for on, who, *service, where, rub in (
        found.order_by().values_list(*names).iterator(chunk_size=_CHUNK)
    ):
        yield Row(
            # A paid claim of no month is a contradiction that reconciling tells of.
            year=f"{on:%Y}" if on else "",
            month=f"{on:%Y-%m}" if on else "",
            company=who,
            utility=service[0] if service else "",
            district=where,
            amount_rub=rub,
        )


def made_of() -> dict[str, Any]:
    """Return what tells one state of the rows from another: counts, sums and the newest of each."""
    bill = Claim.objects.won().aggregate(
        count=Count("pk"), rub=Sum("paid_rub"), newest=Max("changed_at"), last=Max("pk"),
        months=Sum(F("credited_in__year") * 12 + F("credited_in__month")),
    )  # fmt: skip
    work = WorkWon.objects.aggregate(
        count=Count("pk"), rub=Sum("price_rub"), newest=Max("done_on"), last=Max("pk"),
        months=Sum(F("done_on__year") * 12 + F("done_on__month")),
    )  # fmt: skip
    return {
        name: {key: None if value is None else str(value) for key, value in found.items()}
        for name, found in (("bill", bill), ("work", work))
    }
