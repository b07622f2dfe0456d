"""A drill's report as a page shows it: names, words and pictures for what `marks` found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from contact_center.drill import marks, watching
from contact_center.drill.marks import Count, Judged, Report, Sheet
from contact_center.drill.models import Drill
from disclosure import charts

COUNTS: dict[Count, Promise] = {
    Count.IN_TIME: gettext_lazy("Answered in time"),
    Count.ORDER: gettext_lazy("Emergencies first"),
    Count.MATTER: gettext_lazy("Right matter"),
    Count.INCIDENT: gettext_lazy("On the one incident"),
    Count.JOINED: gettext_lazy("Repeats joined"),
    Count.PRANK: gettext_lazy("Pranks closed with a reason"),
    Count.EXECUTOR: gettext_lazy("Passed on rightly"),
}
_WRONG: dict[Count, Promise] = {
    Count.IN_TIME: gettext_lazy("too late"),
    Count.ORDER: gettext_lazy("an emergency waited meanwhile"),
    Count.MATTER: gettext_lazy("left under the wrong matter"),
    Count.INCIDENT: gettext_lazy("not on the common incident"),
    Count.JOINED: gettext_lazy("not joined to the earlier call"),
    Count.PRANK: gettext_lazy("the prank was not closed with a reason"),
    Count.EXECUTOR: gettext_lazy("passed to the wrong organisation"),
}
# From these shares of good marks the bar is green, and yellow.
_GOOD, _FAIR = Decimal("0.85"), Decimal("0.6")


@dataclass(frozen=True)
class Person:
    """One line of the table of results."""

    name: str
    calls: int
    waited: str
    share: str
    tone: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Line:
    """One call of the storm in the order they came."""

    minute: str
    number: str
    title: str
    who: str
    waited: str
    limit: str
    clause: str
    wrongs: tuple[str, ...]
    is_waiting: bool
    is_emergency: bool


@dataclass(frozen=True)
class Shown:
    """The whole report in words."""

    crew: Person
    people: tuple[Person, ...]
    lines: tuple[Line, ...]
    chart: charts.Chart


def of(drill: Drill, *, at: datetime) -> Report:
    """Return the drill judged as it stands at `at`, or as it ended."""
    until = min(at, drill.stopped_at) if drill.stopped_at else at
    crew = list(drill.crew.order_by("name", "email").values_list("pk", flat=True))
    return marks.judge(watching.seen(drill, at=until), crew=crew, minute=drill.minute(until))


def shown(drill: Drill, *, at: datetime) -> Shown:
    """Return the report with names and words; the queries do not grow with calls or people."""
    report = of(drill, at=at)
    ids = [sheet.by for sheet in report.sheets if sheet.by is not None]
    names = {user.pk: user.name or user.email for user in User.objects.filter(pk__in=ids)}
    people = tuple(_person(sheet, _name(sheet.by, names)) for sheet in report.sheets)
    groups = [
        (person.name, [(person.tone, _whole(sheet.share), person.share)])
        for person, sheet in zip(people, report.sheets, strict=True)
    ]
    return Shown(
        crew=_person(report.crew, _("The whole crew")),
        people=people,
        lines=tuple(_line(one, names) for one in report.calls),
        chart=charts.bars(groups, full=Decimal(100)),
    )


def _name(by: int | None, names: Mapping[int, str]) -> str:
    return _("Nobody") if by is None else names.get(by, f"#{by}")


def _whole(share: float | None) -> Decimal:
    return Decimal(round((share or 0) * 100))


def _person(sheet: Sheet, name: str) -> Person:
    share = sheet.share
    tone = "quiet"
    if share is not None:
        tone = "good" if share >= _GOOD else "wait" if share >= _FAIR else "bad"
    cells = tuple(
        (
            str(word),
            f"{sheet.good.get(count, 0)}/{sheet.marked[count]}" if count in sheet.marked else "—",
        )
        for count, word in COUNTS.items()
    )
    return Person(
        name=name,
        calls=sheet.calls,
        waited=_minutes(sheet.waited),
        share=f"{round(share * 100)} %" if share is not None else "—",
        tone=tone,
        cells=cells,
    )


def _line(one: Judged, names: Mapping[int, str]) -> Line:
    call = one.call
    wrongs = [str(_WRONG[mark.count]) for mark in one.marks if not mark.is_good]
    return Line(
        minute=f"{int(call.filed_at)}",
        number=call.number,
        title=call.title,
        who=_name(call.by, names),
        waited=_minutes(call.waited),
        limit=_minutes(call.limit),
        clause=call.clause,
        wrongs=tuple(wrongs),
        is_waiting=not one.marks,
        is_emergency=call.is_emergency,
    )


def _minutes(value: float | None) -> str:
    """Return «7 min», «2 h», «10 days», or a dash."""
    if value is None:
        return "—"
    if value < 120:
        return _("%(count)d min") % {"count": round(value)}
    if value < 2880:
        return _("%(count)d h") % {"count": round(value / 60)}
    return _("%(count)d d") % {"count": round(value / 1440)}


def progress(drill: Drill, *, at: datetime, last_minute: float) -> dict[str, Any]:
    """Return how far the storm has come, for its page: two queries."""
    due = drill.calls.filter(filed_at=None).count()
    total = drill.calls.count()
    return {
        "minute": int(drill.minute(at)),
        "last_minute": int(last_minute),
        "came": total - due,
        "total": total,
        "width": round(100 * (total - due) / total) if total else 0,
    }
