"""What the norm in force promises a request, ready to be copied onto it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from requests_app import clocks, special_days
from requests_app.calendar import WorkCalendar
from requests_app.clocks import LegalKind, Promised, Stage
from requests_app.deadlines import Pause, Promise
from requests_app.models import Norm, Request


def kind_for(norm: Norm, *, is_appeal: bool = False, is_oral: bool = False) -> LegalKind:
    """Return the legal kind of a request under this norm; `norm.category` is fetched."""
    return clocks.kind_of(
        is_appeal=is_appeal,
        is_oral=is_oral,
        has_utility=bool(norm.utility),
        is_emergency=norm.category.emergency,
    )


def of(
    norm: Norm, kind: LegalKind, *, registered_at: datetime, pauses: Iterable[Pause] = ()
) -> Promise:
    """Return the moments promised to a request of this kind, with what its clock stood added."""
    local = timezone.localtime(registered_at)
    return clocks.promise(
        kind,
        norm.limits(),
        registered_at=registered_at,
        calendar=special_days.calendar_of(local.year),
        zone=timezone.get_current_timezone(),
        pauses=pauses,
    )


def first(
    norm: Norm, kind: LegalKind, *, registered_at: datetime, calendar: WorkCalendar | None = None
) -> dict[str, Any]:
    """
    Return each stage's first moment and clause as `Request.promised` keeps them.

    `calendar` is that of the year, for who has it in hand and may ask the database nothing.
    """
    local, limits = timezone.localtime(registered_at), norm.limits()
    found = clocks.promised(
        clocks.rules_of(kind, limits, clause=norm.clause),
        registered_at=registered_at,
        calendar=calendar or special_days.calendar_of(local.year),
        zone=timezone.get_current_timezone(),
        window=limits.window,
    )
    return {
        stage.value: {"by": one.by.isoformat(), "clause": one.clause}
        for stage, one in found.items()
    }


def kept(item: Request) -> dict[Stage, Promised]:
    """Return what was first promised; requests older than the record have their columns only."""
    found = {}
    for stage, one in item.promised.items():
        moment = parse_datetime(one["by"])
        if moment is not None:
            found[Stage(stage)] = Promised(moment, one["clause"])
    if found:
        return found
    columns = {
        Stage.REACT: item.react_by,
        Stage.INSPECT: item.inspect_by,
        Stage.FIX: item.fix_by,
        Stage.ANSWER: item.answer_by,
    }
    return {
        stage: Promised(moment, item.norm_clause)
        for stage, moment in columns.items()
        if moment is not None
    }
