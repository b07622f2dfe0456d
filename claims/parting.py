"""
Who answers for which hours, where the house changed its company or supplier in mid-outage.

Each answers for the hours before its end, counted from the month's first break: what the law
permits is used up in the order of time, and the parts add up to the whole to the kopeck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import Any

from claims.incidents.due import SERVICES
from claims.recalculation.spans import Span
from claims.recalculation.values import Calculation, Interval, Line, LineKind, Service
from disclosure.answerable import Answerable
from disclosure.models import ManagementPeriod, SupplyPeriod
from requests_app.models import Request

_UTILITIES = {service: utility for utility, service in SERVICES.items()}


@dataclass(frozen=True, kw_only=True)
class Part:
    """An organisation and the second its hours end at; `until` is None for the last one."""

    who: Answerable
    until: int | None


def parts_of(row: Request, service: Service, taken: Sequence[Span], *, zone: tzinfo) -> list[Part]:
    """
    Return who answers for the hours `taken`, in the order of time; one query.

    The registry's periods decide among organisations of the kind the request is with. A request
    that an operator passed to somebody whom the registry does not know at this house stays there.
    """
    own = Answerable(company=row.company, supplier=row.supplier)
    reigns = list(_reigns(row, service, zone))
    if (row.company or row.supplier) not in [one.company or one.supplier for _s, one in reigns]:
        return [Part(who=own, until=None)]
    found: list[Part] = []
    for place, (since, who) in enumerate(reigns):
        until = reigns[place + 1][0] if place + 1 < len(reigns) else None
        # Before the first period known the first organisation answers, in a gap the one before.
        begins = None if place == 0 else since
        if any(_meet(span, begins, until) for span in taken):
            found.append(Part(who=who, until=until))
    if not found:
        return [Part(who=own, until=None)]
    return [*found[:-1], replace(found[-1], until=None)]


def _meet(span: Span, since: int | None, until: int | None) -> bool:
    return (since is None or span[1] > since) and (until is None or span[0] < until)


def _reigns(row: Request, service: Service, zone: tzinfo) -> Iterator[tuple[int, Answerable]]:
    """Yield from which second each organisation answers; the same one twice in a row is once."""
    periods: Any
    if row.supplier_id is not None:
        periods = SupplyPeriod.objects.filter(
            building=row.building_id, utility=_UTILITIES[service], supplier__is_active=True
        ).select_related("supplier")
    else:
        periods = ManagementPeriod.objects.filter(
            building=row.building_id, company__is_active=True
        ).select_related("company")
    last: Answerable | None = None
    for period in sorted(periods, key=lambda one: one.during.lower or date.min):
        who = (
            Answerable(supplier=period.supplier)
            if isinstance(period, SupplyPeriod)
            else Answerable(company=period.company)
        )
        if who == last:
            continue
        last = who
        first = period.during.lower
        yield (
            (0 if first is None else int(datetime.combine(first, time(), tzinfo=zone).timestamp())),
            who,
        )


def shares(
    parts: Sequence[Part],
    intervals: Sequence[Interval],
    calculated: Callable[[Sequence[Interval]], Calculation],
) -> list[Calculation]:
    """
    Return each part's share of the whole calculation; their sums add up to the whole's.

    A share is what its hours add to those before it. With one part it is the whole itself.
    """
    found: list[Calculation] = []
    before: Calculation | None = None
    for part in parts:
        whole = calculated(_until(intervals, part.until))
        found.append(whole if before is None else _added(whole, before))
        before = whole
    return found


def _until(intervals: Sequence[Interval], until: int | None) -> list[Interval]:
    if until is None:
        return list(intervals)
    border = datetime.fromtimestamp(until, UTC)
    return [
        one if one.end is not None and one.end <= border else replace(one, end=border)
        for one in intervals
        if one.start < border
    ]


def _added(whole: Calculation, before: Calculation) -> Calculation:
    lines = list(_lines(whole, before))
    reduction = whole.reduction_rub - before.reduction_rub
    return replace(
        whole,
        lines=tuple(_summing_to(reduction, lines)),
        percent=whole.percent - before.percent,
        percent_uncapped=whole.percent_uncapped - before.percent_uncapped,
        reduction_rub=reduction,
        to_pay_rub=whole.bill.charge_rub - reduction,
        # What another reading of the law would give is told of the whole month only.
        readings=(),
    )


def _lines(whole: Calculation, before: Calculation) -> Iterator[Line]:
    for kind in LineKind:
        now = [line for line in whole.lines if line.kind == kind]
        then = [line for line in before.lines if line.kind == kind]
        if not now:
            continue
        percents = [line.percent for line in now if line.percent is not None]
        old_percents = [line.percent for line in then if line.percent is not None]
        yield replace(
            now[0],
            hours=_sum(line.hours for line in now) - _sum(line.hours for line in then),
            percent=_sum(percents) - _sum(old_percents) if percents else None,
            amount_rub=_sum(line.amount_rub for line in now)
            - _sum(line.amount_rub for line in then),
        )


def _sum(amounts: Any) -> Decimal:
    return sum(amounts, Decimal("0.00"))


def _summing_to(reduction: Decimal, lines: list[Line]) -> Iterator[Line]:
    """Yield the lines that are worth something; the first takes what the others are off by."""
    kept = sorted((line for line in lines if line.amount_rub > 0), key=lambda x: -x.amount_rub)
    for place, line in enumerate(kept):
        off = reduction - _sum(one.amount_rub for one in kept) if place == 0 else Decimal(0)
        yield replace(line, amount_rub=line.amount_rub + off)
