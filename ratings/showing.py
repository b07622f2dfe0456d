"""A stored result as values ready to be shown: words, tones, and the drawing of an interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ratings import methodology
from ratings.methodology import WHOLE, Indicator, Methodology
from ratings.models import RatingResult, RatingSnapshot

# Icon and tone by the order of the band, the best first; a colour never speaks alone.
_BEST, _MIDDLE, _WORST = ("check-circle", "good"), ("minus-circle", "wait"), ("alert", "bad")
_UNKNOWN = ("question", "quiet")
_SURE, _LIKELY = Decimal("0.95"), Decimal("0.75")
_CERTAINTY: tuple[tuple[Decimal, Promise], ...] = (
    (_SURE, gettext_lazy("surely")),
    (_LIKELY, gettext_lazy("most likely")),
    (Decimal(0), gettext_lazy("on the border")),
)


@dataclass(frozen=True)
class Interval:
    """Where the bar and its mark stand on a line of 0 … 100, as SVG takes them; and the words."""

    left: str
    width: str
    mark: str
    steps: list[tuple[str, str, str]]
    label: str


@dataclass(frozen=True)
class Row:
    """One company in the list."""

    result: RatingResult
    group: str
    band: str
    icon: str
    tone: str
    certainty: str
    place: str
    score: str
    interval: Interval


@dataclass(frozen=True)
class Reason:
    """One indicator of one company: its number, the average, and what it is worth."""

    indicator: Indicator
    value: str
    counted: str
    low_high: str
    average: str
    points: str
    weight: int
    earned: str
    lost: str
    is_worse: bool
    earned_points: float
    lost_points: float


@dataclass(frozen=True)
class Lift:
    """What would bring a company into the next band, by one indicator alone."""

    indicator: Indicator
    now: str
    needed: str


@dataclass(frozen=True)
class Chart:
    """Scores by month as points of an SVG of 100 × 40, and the same as rows of a table."""

    line: str
    area: str
    dots: list[tuple[str, str, str]]
    rows: list[tuple[date, str, str]]


def method_of(snapshot: RatingSnapshot) -> Methodology:
    """Return the snapshot's own methodology."""
    return methodology.read(snapshot.methodology.document)


def legend(method: Methodology) -> list[dict[str, Any]]:
    """Return what each band means, the best first."""
    upper: float = WHOLE
    told = []
    for order, band in enumerate(method.bands):
        icon, tone = _tone(order, len(method.bands))
        told.append(
            {
                "band": band,
                "icon": icon,
                "tone": tone,
                "from": f"{band.at_least:g}",
                "to": f"{upper:g}",
            }
        )
        upper = band.at_least
    return told


def rows(results: Iterable[RatingResult], method: Methodology) -> list[Row]:
    """Return the companies of a list."""
    return [row(result, method) for result in results]


def row(result: RatingResult, method: Methodology) -> Row:
    """Return one company as the list shows it."""
    order = next((n for n, band in enumerate(method.bands) if band.code == result.band), None)
    if order is None:
        icon, tone = _UNKNOWN
        word, certainty, place = _("Too little data"), "", ""
    else:
        icon, tone = _tone(order, len(method.bands))
        word = method.bands[order].name
        sure = result.certainty or 0
        certainty = next(str(said) for least, said in _CERTAINTY if sure >= least)
        place = _place(result)
    group = next((group.name for group in method.groups if group.code == result.group), "")
    return Row(
        result=result,
        group=group,
        band=word,
        icon=icon,
        tone=tone,
        certainty=certainty,
        place=place,
        score=_number(result.score, 1),
        interval=_interval(result, method),
    )


def _tone(order: int, bands: int) -> tuple[str, str]:
    if order == 0:
        return _BEST
    return _WORST if order == bands - 1 else _MIDDLE


def _place(result: RatingResult) -> str:
    if result.rivals == 1:
        return _("the only one of its size")
    if result.best == result.worst:
        return _("%(place)s of %(all)s") % {"place": result.best, "all": result.rivals}
    return _("%(best)s–%(worst)s of %(all)s") % {
        "best": result.best,
        "worst": result.worst,
        "all": result.rivals,
    }


def _interval(result: RatingResult, method: Methodology) -> Interval:
    upper: float = WHOLE
    steps = []
    for order, band in enumerate(method.bands):
        tone = _tone(order, len(method.bands))[1]
        steps.append((f"{band.at_least:g}", f"{upper - band.at_least:g}", tone))
        upper = band.at_least
    return Interval(
        left=str(result.low),
        width=str(result.high - result.low),
        # The mark is two units wide and must not leave the line.
        mark=str(min(max(result.score - 1, Decimal(0)), Decimal(WHOLE - 2))),
        steps=steps,
        label=_("Score %(score)s of 100; true quality between %(low)s and %(high)s")
        % {
            "score": _number(result.score, 1),
            "low": _number(result.low, 0),
            "high": _number(result.high, 0),
        },
    )


def reasons(result: RatingResult, method: Methodology) -> list[Reason]:
    """Return what the score is made of, in the methodology's order."""
    told = {each["code"]: each for each in result.indicators}
    return [_reason(indicator, told[indicator.code]) for indicator in method.indicators]


def _reason(indicator: Indicator, told: dict[str, Any]) -> Reason:
    is_rate = indicator.kind == "rate"
    say = _times if is_rate else _percent
    if not told["of"]:
        counted = _("no data: the average is taken")
    elif is_rate:
        counted = _("%(count)s, expected %(of)s")
    else:
        counted = _("%(count)s of %(of)s")
    value, average = told["value"], told["average"]
    earned = told["points"] * indicator.weight / WHOLE
    return Reason(
        indicator=indicator,
        value=say(value),
        counted=counted % {"count": told["count"], "of": _number(told["of"], 0)},
        low_high=f"{say(told['low'])} – {say(told['high'])}"
        if not is_rate
        else f"{_number(told['low'], 2)} – {_number(told['high'], 2)}",
        average=say(average),
        points=_number(told["points"], 0),
        weight=indicator.weight,
        earned=_number(earned, 1),
        lost=_number(indicator.weight - earned, 1),
        # Only where the doubt leaves no room for the average.
        earned_points=earned,
        lost_points=indicator.weight - earned,
        is_worse=told["high"] < average if indicator.more_is_better else told["low"] > average,
    )


def to_next_band(result: RatingResult, method: Methodology) -> tuple[str, str] | None:
    """Return the name of the next better band and the points to it; None from the best one."""
    better = [band for band in method.bands if band.at_least > result.score]
    if not better or not result.is_rated:
        return None
    return better[-1].name, _number(Decimal(str(better[-1].at_least)) - result.score, 1)


def lifts(result: RatingResult, method: Methodology) -> list[Lift]:
    """
    Return by which indicators alone the company would reach the next band, the nearest first.

    The value is the shrunken one: with few requests it moves slowly, which is meant.
    """
    better = [band for band in method.bands if band.at_least > result.score]
    if not better or not result.is_rated:
        return []
    gap = better[-1].at_least - float(result.score)
    told = {each["code"]: each for each in result.indicators}
    found = []
    for indicator in method.indicators:
        mine = told[indicator.code]
        wanted = mine["points"] + gap * WHOLE / indicator.weight
        if wanted > WHOLE:
            continue
        needed = indicator.floor + (indicator.goal - indicator.floor) * wanted / WHOLE
        say = _times if indicator.kind == "rate" else _percent
        found.append((wanted - mine["points"], Lift(indicator, say(mine["value"]), say(needed))))
    return [lift for _step, lift in sorted(found, key=lambda each: each[0])]


def chart(results: Sequence[RatingResult]) -> Chart | None:
    """Draw the score month by month with its interval; None for fewer than two months."""
    if len(results) < 2:
        return None
    step = WHOLE / (len(results) - 1)
    height = Decimal(40)

    def y(value: Decimal) -> str:
        return f"{height - value * height / WHOLE:.2f}"

    places = [f"{number * step:.2f}" for number in range(len(results))]
    pairs = list(zip(places, results, strict=True))
    upper = [f"{x},{y(one.high)}" for x, one in pairs]
    lower = [f"{x},{y(one.low)}" for x, one in reversed(pairs)]
    return Chart(
        line=" ".join(f"{x},{y(one.score)}" for x, one in pairs),
        area=" ".join([*upper, *lower]),
        dots=[(x, y(one.score), _number(one.score, 1)) for x, one in pairs],
        rows=[
            (
                one.snapshot.period,
                _number(one.score, 1),
                f"{_number(one.low, 0)} – {_number(one.high, 0)}",
            )
            for one in reversed(results)
        ],
    )


def _number(value: Decimal | float, digits: int) -> str:
    exact = Decimal(f"{value:.{digits}f}")
    return number_format(exact, decimal_pos=digits, force_grouping=True)


def _percent(value: float) -> str:
    return f"{_number(value * WHOLE, 0)}\N{NO-BREAK SPACE}%"


def _times(value: float) -> str:
    return _("%(number)s of expected") % {"number": _number(value, 2)}
