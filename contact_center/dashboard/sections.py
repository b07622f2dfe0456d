"""
The tables of the dashboard and of the monthly report, as plain values.

A section is made once, of the figures counted beforehand; the page, the spreadsheet and the PDF
only show it, so they cannot tell different stories.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from django.utils.dates import MONTHS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from claims.models import Won
from claims.totals import cases
from claims.totals import counting as money
from claims.totals import folding as money_folding
from disclosure.models import Building
from ratings import months
from requests_app.figures import folding
from requests_app.figures.folding import REST, SMALLEST, Counted
from requests_app.figures.forecast import YEAR, YEARS, Forecast, forecast
from requests_app.figures.squares import Heat, heat
from requests_app.models import Category, Figure, FigureScope

HISTORY_MONTHS = 13
HOUSES = 20
_MONEY = (Won.BILL, Won.WORK)
_SCOPES = (FigureScope.MATTER, FigureScope.DISTRICT, FigureScope.EXECUTOR)


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    COUNT = "count"
    PERCENT = "percent"
    HOURS = "hours"
    RUB = "rub"


@dataclass(frozen=True)
class Column:
    """The heading of a column and what is below it."""

    word: str
    kind: Kind


@dataclass(frozen=True)
class Section:
    """
    A table: `rows` hold text, numbers or None for «not told»; `drawn` is the column of the chart.

    `is_history` says that its rows are moments, so their chart runs from left to right.
    """

    code: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    drawn: int | None = None
    is_history: bool = False


@dataclass(frozen=True)
class Board:
    """All that a month's dashboard holds."""

    month: date
    sections: tuple[Section, ...]
    heat: Heat | None
    city: Counted | None

    def section(self, code: str) -> Section | None:
        """Return a section by its code."""
        return next((one for one in self.sections if one.code == code), None)


def build(month: date, *, today: date, is_public: bool) -> Board:
    """
    Return the dashboard of a month, with the history before it and the forecast after `today`.

    For strangers small groups are folded and houses left out. The number of queries is constant.
    """
    history = list(
        Figure.objects.city_months(months.shifted(month, 1 - HISTORY_MONTHS), month).values(
            "start", *_FIELDS
        )
    )
    lines = _lines(month)
    squares = lines.pop(FigureScope.SQUARE)
    if is_public:
        history = [line for line in history if line["filed"] >= SMALLEST]
        lines = {scope: folding.fold(found) for scope, found in lines.items()}
        squares = [line for line in squares if line.filed >= SMALLEST]
    city = next((_counted("", "", line) for line in history if line["start"] == month), None)
    if city and is_public:
        city = next(iter(folding.fold([city])), None)
    sections = [
        _history(history),
        _group(FigureScope.MATTER, _("By service"), _("Service"), lines),
        _group(FigureScope.DISTRICT, _("By district"), _("District"), lines),
        _group(FigureScope.EXECUTOR, _("By organisation"), _("Organisation"), lines),
    ]
    if not is_public:
        sections.append(_houses(month))
    sections += [_money(month, is_public=is_public), _courts(), _coming(today)]
    return Board(
        month,
        tuple(one for one in sections if one.rows),
        heat([(line.key, line.filed) for line in squares]),
        city,
    )


_FIELDS = (
    "filed", "judged", "in_time", "presented", "reopened", "still_open", "hours_median",
)  # fmt: skip


def _lines(month: date) -> dict[str, list[Counted]]:
    """Return the month's lines by scope, each with the month before; two queries."""
    before = months.shifted(month, -1)
    found = Figure.objects.filter(
        span="month", start__in=[before, month], scope__in=[*_SCOPES, FigureScope.SQUARE]
    ).values("start", "scope", "key", "name", *_FIELDS)
    matters = dict(Category.objects.filter(parent=None).values_list("slug", "name"))
    now: dict[str, dict[str, dict[str, Any]]] = {}
    past: dict[tuple[str, str], int] = {}
    for line in found:
        if line["start"] == month:
            now.setdefault(line["scope"], {})[line["key"]] = line
        else:
            past[line["scope"], line["key"]] = line["filed"]
    lines: dict[str, list[Counted]] = {}
    for scope in [*_SCOPES, FigureScope.SQUARE]:
        lines[scope] = [
            _counted(key, _word(scope, key, line, matters), line, past.get((scope, key), 0))
            for key, line in now.get(scope, {}).items()
        ]
        lines[scope].sort(key=lambda line: (-line.filed, line.word))
    return lines


def _counted(key: str, word: str, line: dict[str, Any], before: int | None = None) -> Counted:
    return Counted(key, word, **{name: line[name] for name in _FIELDS}, before=before)


def _word(scope: str, key: str, line: dict[str, Any], matters: dict[str, str]) -> str:
    if scope == FigureScope.MATTER:
        return matters.get(key, key)
    if scope == FigureScope.EXECUTOR:
        return line["name"] or key or _("Nobody answers yet")
    return key or _("No district")


def share(part: int, whole: int) -> float | None:
    """Return a share in percent with one decimal; None of nothing."""
    return round(part * 100 / whole, 1) if whole else None


def _treated_columns() -> tuple[Column, ...]:
    return (
        Column(_("In time"), Kind.PERCENT),
        Column(_("Sent back"), Kind.PERCENT),
        Column(_("Half were fixed within"), Kind.HOURS),
        Column(_("Still open"), Kind.COUNT),
    )


def _treated(line: Counted) -> tuple[Any, ...]:
    hours = line.hours_median
    return (
        share(line.in_time, line.judged),
        share(line.reopened, line.presented),
        None if hours is None else round(hours, 1),
        line.still_open if line.key != REST else None,
    )


def _history(found: list[dict[str, Any]]) -> Section:
    return Section(
        "months",
        _("By month"),
        _("Requests filed in the month, and how they were treated since."),
        (Column(_("Month"), Kind.TEXT), Column(_("Filed"), Kind.COUNT), *_treated_columns()),
        tuple(
            (month_word(line["start"]), line["filed"], *_treated(_counted("", "", line)))
            for line in found
        ),
        drawn=1,
        is_history=True,
    )


def _group(scope: str, title: str, word: str, lines: dict[str, list[Counted]]) -> Section:
    return Section(
        str(scope),
        title,
        "",
        (
            Column(word, Kind.TEXT),
            Column(_("Filed"), Kind.COUNT),
            Column(_("The month before"), Kind.COUNT),
            *_treated_columns(),
        ),
        tuple(
            (
                line.word if line.key != REST else _("Small groups together"),
                line.filed,
                line.before,
                *_treated(line),
            )
            for line in lines[scope]
        ),
        drawn=1,
    )


def _houses(month: date) -> Section:
    """Return the houses with the most requests; for staff only."""
    found = list(
        Figure.objects.of_month(month)
        .filter(scope=FigureScope.HOUSE)
        .order_by("-filed", "key")
        .values("key", *_FIELDS)[:HOUSES]
    )
    houses = {
        str(pk): (address, district)
        for pk, address, district in Building.objects.filter(
            pk__in=[int(line["key"]) for line in found]
        ).values_list("pk", "address", "district")
    }
    return Section(
        "houses",
        _("Houses with the most requests"),
        "",
        (
            Column(_("House"), Kind.TEXT),
            Column(_("District"), Kind.TEXT),
            Column(_("Filed"), Kind.COUNT),
            *_treated_columns(),
        ),
        tuple(
            (*houses.get(line["key"], ("", "")), line["filed"], *_treated(_counted("", "", line)))
            for line in found
        ),
    )


def _money(month: date, *, is_public: bool) -> Section:
    """Return rubles by year, the newest first, and those of the month; groups as on /won/."""
    years: dict[str, list[Any]] = {}
    won = money.won(money.By.YEAR)
    for place, what in enumerate(_MONEY):
        for group in won[what]:
            word = _("Small groups together") if group.key == money_folding.REST else group.key
            years.setdefault(word, [None] * 4)[2 * place : 2 * place + 2] = _told(group)
    rows = [(year, *values) for year, values in sorted(years.items(), reverse=True)]
    # Strangers read of a month what its public rows tell: less than all, or nothing.
    found = money.of_month(month) if is_public else money.whole_month(month)
    told = [value for what in _MONEY for value in _told(found.get(what))]
    if any(told):
        rows.insert(0, (month_word(month), *told))
    return Section(
        "money",
        _("Money won back for residents"),
        _("Rubles on bills, and works done after the centre stepped in."),
        (
            Column(_("When"), Kind.TEXT),
            Column(_("Bills reduced"), Kind.COUNT),
            Column(_("Rubles on bills"), Kind.RUB),
            Column(_("Works done"), Kind.COUNT),
            Column(_("Worth, rubles"), Kind.RUB),
        ),
        tuple(rows),
        drawn=2,
    )


def _courts() -> Section:
    """Return court cases by the year of filing; years of fewer than five are folded for all."""
    found = [group for group in cases.by_year() if cases.is_showable(group)]
    return Section(
        "courts",
        _("Court cases"),
        _("By the year of filing, whatever year they ended in."),
        (
            Column(_("Year"), Kind.TEXT),
            Column(_("Cases filed"), Kind.COUNT),
            Column(_("Cases won"), Kind.COUNT),
            Column(_("Cases lost"), Kind.COUNT),
            Column(_("Share of won"), Kind.PERCENT),
            Column(_("Not decided yet"), Kind.COUNT),
        ),
        tuple(
            (
                _("Small groups together") if group.key == money_folding.REST else group.key,
                group.filed,
                group.won,
                group.lost,
                share(group.won, group.won + group.lost),
                group.going,
            )
            for group in found
        ),
        drawn=1,
    )


def _told(group: money.Group | None) -> list[Any]:
    return [group.count, float(group.sum_rub)] if group else [None, None]


def _coming(today: date) -> Section:
    """Return the forecast of the seven days from tomorrow on."""
    # Today is not over, so it is foretold as well and left out of the table.
    found = foretold(today)
    return Section(
        "forecast",
        _("The coming week"),
        _error_words(found) if found else "",
        (
            Column(_("Day"), Kind.TEXT),
            Column(_("Expected"), Kind.COUNT),
            Column(_("Most likely from"), Kind.COUNT),
            Column(_("up to"), Kind.COUNT),
            Column(_("A year before"), Kind.COUNT),
        ),
        tuple(
            (
                day_word(day.date),
                round(day.expected),
                int(day.low),
                round(day.high + 0.5),
                day.year_before,
            )
            for day in found.days[1:]
        )
        if found
        else (),
        drawn=1,
        is_history=True,
    )


def foretold(today: date) -> Forecast | None:
    """Return the forecast from `today` on, of whole days before it; one query."""
    oldest = today - YEARS * YEAR - timedelta(days=60)
    counts = Figure.objects.city_days(oldest, today - timedelta(days=1)).values_list(
        "start", "filed"
    )
    return _forecast(tuple(counts), today)


# It tries itself on the weeks before, which is dear, and its days change once a day.
@lru_cache(maxsize=4)
def _forecast(counts: tuple[tuple[date, int], ...], first: date) -> Forecast | None:
    return forecast(dict(counts), first=first, days=8)


def _error_words(found: Forecast) -> str:
    if found.error is None:
        return _("There is not enough history yet to say how wrong this may be.")
    return _(
        "Made of the last four weeks and the same weeks of earlier years. On the last %(weeks)d "
        "weeks, each foretold from what came before it alone, it was wrong by %(day)s %% of a day "
        "and %(week)s %% of a week; repeating the week before was wrong by %(naive)s %% of a day."
    ) % {
        "weeks": found.error.weeks,
        "day": round(found.error.by_day * 100),
        "week": round(found.error.by_week * 100),
        "naive": round(found.error.naive_by_day * 100),
    }


def month_word(month: date) -> str:
    """Return «November 2026» as a heading begins."""
    return f"{MONTHS[month.month]} {month.year}"


def day_word(day: date) -> str:
    """Return «Mon 30.11»."""
    return f"{WEEKDAYS_ABBR[day.weekday()]} {day:%d.%m}"


def as_json(section: Section) -> dict[str, Any]:
    """Return the section for keeping."""
    return asdict(section)


def of_json(kept: dict[str, Any]) -> Section:
    """Return a kept section."""
    return Section(
        **{
            **kept,
            "columns": tuple(Column(one["word"], Kind(one["kind"])) for one in kept["columns"]),
            "rows": tuple(tuple(row) for row in kept["rows"]),
        }
    )
