"""Breaks of supply: how much of them is beyond what the law permits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from claims.recalculation.evidence import HOUR, Break
from claims.recalculation.figures import Figures
from claims.recalculation.values import Bill, Service


@dataclass(frozen=True, slots=True)
class Excess:
    """
    Seconds beyond the permitted: the larger of the two counts, so that no hour counts twice.

    `by_month` and `by_one` are the counts themselves; None where the law sets no such limit.
    """

    seconds: int
    total: int
    by_month: int | None
    by_one: int | None
    over: tuple[bool, ...]  # of each break, whether it was beyond the permitted


def once_limit(bill: Bill, reading: Decimal | None, figures: Figures) -> Decimal | None:
    """Return the hours that one break may last; None without such a limit."""
    match bill.service:
        case Service.HEATING:
            return _heating_limit(reading, figures)
        case Service.ELECTRICITY:
            two = bill.independent_feeds is not None and bill.independent_feeds >= 2
            return figures.number(f"electricity.{'two_feeds' if two else 'one_feed'}_limit")
        case Service.GAS:
            return None
        case Service.HOT_WATER if bill.dead_end_main:
            return figures.number("hot_water.dead_end_limit")
    return figures.number(f"{bill.service}.once_limit")


def month_limit(bill: Bill, figures: Figures) -> Decimal | None:
    """Return the hours that all breaks of a month may last; None without such a limit."""
    if bill.service == Service.ELECTRICITY or (
        bill.service == Service.HOT_WATER and bill.dead_end_main
    ):
        return None
    return figures.number(f"{bill.service}.month_limit")


def _heating_limit(room: Decimal | None, figures: Figures) -> Decimal:
    # The coldest reading of the break decides; unknown air is taken for the mildest band.
    if room is None or room >= 12:
        return figures.number("heating.once_limit_from_12")
    if room >= 10:
        return figures.number("heating.once_limit_from_10")
    if room >= 8:
        return figures.number("heating.once_limit_from_8")
    return figures.number("heating.once_limit_below_8")


def excess(
    breaks: Sequence[Break], *, once: Sequence[Decimal | None], month: Decimal | None
) -> Excess:
    """
    Return what `breaks` have beyond `once` (hours for each of them) and `month` (hours for all).

    A break that began before the month has spent its one-off allowance there first.
    """
    total = sum(one.seconds for one in breaks)
    beyond = [
        None if limit is None else max(0, one.seconds - max(0, int(limit * HOUR) - one.before))
        for one, limit in zip(breaks, once, strict=True)
    ]
    known = [seconds for seconds in beyond if seconds is not None]
    by_one = sum(known) if known else None
    by_month = None if month is None else max(0, total - int(month * HOUR))
    whole_month = bool(by_month)
    return Excess(
        seconds=max(by_one or 0, by_month or 0),
        total=total,
        by_month=by_month,
        by_one=by_one,
        over=tuple(whole_month or bool(seconds) for seconds in beyond),
    )
