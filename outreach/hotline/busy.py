"""How busy each hour usually is, as a picture for everybody. No queries."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from disclosure import charts
from outreach.hotline.figures import Load

# Fewer calls tell nothing of an hour, and could tell of one person.
FEWEST = 20
_QUIET, _USUAL = Decimal("0.4"), Decimal("0.75")


@dataclass(frozen=True)
class Busy:
    """The picture, its words as a table, and the hours in which one gets through at once."""

    chart: charts.Columns
    rows: list[tuple[str, Promise | str]]
    quiet: str


def busy_picture(load: Load) -> Busy | None:
    """Return how busy the hours are beside the busiest one; None where too few calls were."""
    if load.total < FEWEST:
        return None
    found = sorted({hour for _day, hour in load.counts})
    # An hour without a call between two that had some is the quietest of all.
    hours = list(range(found[0], found[-1] + 1))
    counts = {hour: load.of_hour(hour) for hour in hours}
    most = max(counts.values())
    shares = {hour: Decimal(count) / most for hour, count in counts.items()}
    quiet = [f"{hour}:00–{hour + 1}:00" for hour in hours if shares[hour] < _QUIET]
    return Busy(
        charts.columns([(str(hour), shares[hour], "") for hour in hours]),
        [(f"{hour}:00–{hour + 1}:00", _words(shares[hour])) for hour in hours],
        ", ".join(quiet),
    )


def _words(share: Decimal) -> Promise | str:
    if share < _QUIET:
        return _("usually free")
    return _("usual") if share < _USUAL else _("busy, better at another hour")
