"""
The picture of a request's clock: a bar for each limit, what was reached, where the clock stood.

Values only: `templates/components/clock_picture.html` draws them as SVG with a table beside it, so
that whoever sees no picture reads the same. The axis is logarithmic: half an hour and thirty days
both stay readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from math import log1p

from django.utils import formats
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from requests_app import deadlines, promises
from requests_app.clocks import Promised, Stage, stands
from requests_app.deadlines import Pause
from requests_app.models import EventKind, Request, RequestEvent
from requests_app.statuses import Outcome, Status

WIDTH = 320
_LEFT, _RIGHT = 8, 312
_TOP, _ROW = 26, 34
_UNIT = timedelta(minutes=10)
_TICKS = (
    (timedelta(hours=1), 1, "h"),
    (timedelta(hours=6), 6, "h"),
    (timedelta(days=1), 1, "d"),
    (timedelta(days=5), 5, "d"),
    (timedelta(days=30), 30, "d"),
    (timedelta(days=180), 180, "d"),
)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One limit; lengths are of the picture, already written with a point."""

    stage: str
    label: str
    state: str
    words: str
    until: str
    clause: str
    note: str
    y: int
    width: str
    met_x: str
    first_x: str
    stood: list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Everything that the template draws."""

    kind: str
    bars: list[Bar]
    height: int
    now_x: str
    ticks: list[tuple[str, str]]
    planned: str


def pauses_in(events: Iterable[RequestEvent], *, at: datetime) -> list[Pause]:
    """Return where the clock stood, from a timeline in order; an open question stands until now."""
    found, steps = [], []
    for event in events:
        if event.kind == EventKind.STATUS:
            steps.append((event.at, event.status))
        elif event.kind == EventKind.VISIT:
            until = parse_datetime(event.data.get("stands_until", ""))
            if until is not None:
                found.append(Pause(event.at, until, only_repair=True))
    for (start, status), (end, _next) in pairwise([*steps, (at, "")]):
        if status == Status.NEEDS_INFO:
            found.append(Pause(start, end))
    return found


def of(
    item: Request, events: Sequence[RequestEvent], *, at: datetime, zone: tzinfo
) -> Picture | None:
    """Return the picture; None for a request that was promised nothing."""
    first = promises.kept(item)
    moments = _limits(item, first)
    if not moments:
        return None
    pauses = pauses_in(events, at=at)
    ended = item.done_at or item.closed_at
    farthest = max([*moments.values(), ended or at, item.planned_at or at])
    scale = _Scale(item.registered_at, farthest)
    bars = []
    for place, (stage, by) in enumerate(moments.items()):
        met = _met(item, stage, ended)
        state = _state(item, stage, by, met, at)
        promised = first.get(stage)
        moved = promised is not None and abs(promised.by - by) > timedelta(minutes=1)
        bars.append(
            Bar(
                stage=stage.value,
                label=str(stage.label),
                state=state,
                words=_words(state, by, met, at),
                until=_moment(by, zone),
                clause=promised.clause if promised else item.norm_clause,
                note=_("first promised by %(when)s") % {"when": _moment(promised.by, zone)}
                if promised and moved
                else "",
                y=_TOP + place * _ROW,
                width=_point(scale.x(by) - _LEFT),
                met_x=_point(scale.x(met)) if met else "",
                first_x=_point(scale.x(promised.by)) if promised and moved else "",
                stood=[
                    (
                        _point(scale.x(pause.start)),
                        _point(scale.x(pause.end) - scale.x(pause.start)),
                    )
                    for pause in pauses
                    if stands(stage) and (stage is Stage.FIX or not pause.only_repair)
                ],
            )
        )
    return Picture(
        kind=item.get_legal_kind_display(),
        bars=bars,
        height=_TOP + len(bars) * _ROW + 22,
        now_x=_point(scale.x(at)) if item.is_open and at <= farthest else "",
        ticks=[
            (_point(scale.x(item.registered_at + after)), _tick(count, unit))
            for after, count, unit in _TICKS
            if item.registered_at + after <= farthest
        ],
        planned=_moment(item.planned_at, zone) if item.planned_at and item.is_open else "",
    )


@dataclass(frozen=True)
class _Scale:
    start: datetime
    end: datetime

    def x(self, moment: datetime) -> float:
        """Return where a moment lies between the edges."""
        whole = log1p(max(self.end - self.start, _UNIT) / _UNIT)
        part = log1p(max(moment - self.start, timedelta()) / _UNIT)
        return _LEFT + (_RIGHT - _LEFT) * min(part / whole, 1.0)


def _limits(item: Request, first: dict[Stage, Promised]) -> dict[Stage, datetime]:
    """Return the limits as they stand now, in the order of stages."""
    now = {
        Stage.REACT: item.react_by,
        Stage.INSPECT: item.inspect_by,
        Stage.FIX: item.fix_by,
        Stage.ANSWER: item.answer_by,
    }
    all_of_them = {stage: kept.by for stage, kept in first.items()} | now
    return {stage: by for stage in Stage if (by := all_of_them.get(stage)) is not None}


def _met(item: Request, stage: Stage, ended: datetime | None) -> datetime | None:
    """Return when a stage was reached; the end of the work reaches all that lead to it."""
    match stage:
        case Stage.REGISTER:
            return item.registered_at
        case Stage.FORWARD:
            return item.registered_at if item.executor_name else ended
        case Stage.REACT:
            return item.reacted_at or ended
        case Stage.INSPECT:
            return item.inspected_at or ended
        case Stage.FIX:
            return ended
        case Stage.ANSWER:
            # What needs no repair is done by being answered: the act goes out as the answer.
            return item.answered_at or (item.closed_at if item.fix_by else ended)


def _state(item: Request, stage: Stage, by: datetime, met: datetime | None, at: datetime) -> str:
    without_repair = item.status == Status.CLOSED and item.outcome != Outcome.FIXED
    if without_repair and stage in {Stage.REACT, Stage.INSPECT, Stage.FIX}:
        own = {Stage.REACT: item.reacted_at, Stage.INSPECT: item.inspected_at}.get(stage)
        if own is None:
            return "ended"
    if met is not None:
        return "kept" if met <= by else "late"
    if item.paused_at is not None and stands(stage) and by > item.paused_at:
        return "paused"
    return "late" if at > by else "left"


def _words(state: str, by: datetime, met: datetime | None, at: datetime) -> str:
    match state:
        case "kept":
            return _("in time")
        case "ended":
            return _("no longer needed")
        case "paused":
            return _("the clock stands")
        case "late" if met is not None:
            return _("late by %(length)s") % {"length": deadlines.length_in_words(met - by)}
    return deadlines.left_in_words(by, now=at)


def _moment(moment: datetime, zone: tzinfo) -> str:
    return formats.date_format(moment.astimezone(zone), "j E Y, H:i")


def _tick(count: int, unit: str) -> str:
    if unit == "h":
        return _("%(count)d h") % {"count": count}
    return _("%(count)d d") % {"count": count}


def _point(value: float) -> str:
    return f"{value:.1f}"
