"""Which tariffs and norms hold for a house in a month: the narrower before the wider."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q

from claims.models.tariffs import Tariff, TariffKind, TariffUnit
from claims.tariffs.filling import Price, Reference
from disclosure.models import Building, SupplyPeriod
from disclosure.utilities import Utility

_DAY = timedelta(days=1)


def of_month(month: date, building: Building | None = None) -> Reference:
    """
    Return what is known of hot and cold water in `month`; without a house, of the whole city.

    Three queries at most, one without a house. A row for one group of residents is offered to
    nobody: the portal does not know who belongs to it.
    """
    last = (month + timedelta(days=32)).replace(day=1) - _DAY
    suppliers: dict[str, set[int]] = {}
    settlement = ""
    if building is not None:
        settlement = building.street.settlement
        for utility, supplier in SupplyPeriod.objects.filter(
            building=building, during__overlap=(month, last + _DAY)
        ).values_list("utility", "supplier_id"):
            suppliers.setdefault(utility, set()).add(supplier)
    rows = [
        row
        for row in Tariff.objects.filter(
            Q(until=None) | Q(until__gte=month),
            utility__in=[Utility.HOT_WATER, Utility.COLD_WATER],
            unit__in=[TariffUnit.M3, TariffUnit.M3_PERSON],
            settlement__in={"", settlement},
            group="",
            since__lte=last,
        ).order_by("since")
        # Where a supplier changed in the month, whose tariff it was is for people to say.
        if row.supplier_id is None or suppliers.get(row.utility) == {row.supplier_id}
    ]
    norms = [row for row in rows if row.kind == TariffKind.NORM]
    norm = _best(norms, Utility.HOT_WATER, month)
    starts = sorted({month, *(row.since for row in rows if row.since > month)})
    prices: list[Price] = []
    for day in starts:
        priced = [row for row in rows if row.kind == TariffKind.TARIFF]
        hot, cold = (_best(priced, utility, day) for utility in _WATERS)
        if hot is None or cold is None:
            return Reference(norm_m3=norm.value if norm else None)
        found = Price(day, hot.value, cold.value, hot.act)
        if not prices or prices[-1].facts != found.facts:
            prices.append(found)
    return Reference(prices=tuple(prices), norm_m3=norm.value if norm else None)


_WATERS = (Utility.HOT_WATER, Utility.COLD_WATER)


def _best(rows: Iterable[Tariff], utility: Utility, day: date) -> Tariff | None:
    """Return the narrowest row of a utility in force on `day`."""
    held = [
        row
        for row in rows
        if row.utility == utility and row.since <= day and (row.until is None or day <= row.until)
    ]
    return max(
        held, key=lambda row: (row.supplier_id is not None, bool(row.settlement)), default=None
    )
