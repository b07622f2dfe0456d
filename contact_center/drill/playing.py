"""
Playing the storm: calls come when their minute does, residents answer, ask again and withdraw.

`play` does whatever is due and may be called as often as one likes; the player of `make drill`
calls it every half second. It also does by the way what a worker does in the city.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.actors import System
from contact_center.drill import running, storm, watching
from contact_center.drill.models import Drill, DrillCall
from contact_center.drill.storm import Call
from requests_app import intake, lifecycle, promises
from requests_app.clocks import LegalKind
from requests_app.incidents import bursts_watch, jobs
from requests_app.lifecycle.clock import pauses_of
from requests_app.models import EventKind, Norm, Request, RequestEvent
from requests_app.statuses import OPEN, Channel, Status

log = structlog.get_logger(__name__)

# ПП РФ № 416, п. 13: a call is answered in five minutes, or the caller is called back in ten.
CALL_BACK_MINUTES = 10
CALL_BACK_CLAUSE = "ПП РФ № 416, п. 13"
# How long a resident thinks about a question, and how long a drill waits after the last call.
ANSWERS_AFTER = timedelta(minutes=2)
QUIET_MINUTES = 30
# How far back a step is looked for that counted a limit anew, should the player have stood still.
JUST_NOW = timedelta(minutes=1)
_JOBS_AT_ONCE = 20
_COLUMNS = ("react_by", "inspect_by", "fix_by", "answer_by", "due_at")


def play(*, at: datetime) -> int:
    """Do what is due in the running drill at `at`; return how many calls came. 0 without one."""
    running.must_be_drill()
    drill = running.running()
    came = 0
    if drill is not None:
        for call in drill.calls.filter(filed_at=None, due_at__lte=at):
            came += _file(drill, call.pk, at=at)
        _keep_pace(drill, at=at)
        _ask_again(drill, at=at)
        _answer_questions(drill, at=at)
        bursts_watch.listen(at=at)
        stop_if_over(at=at)
    jobs.run(at=at, batches=_JOBS_AT_ONCE)
    return came


@transaction.atomic
def _file(drill: Drill, pk: int, *, at: datetime) -> int:
    """File one call by the real intake; 0 when another player was faster or the drill is over."""
    # The drill's row first, as stopping does: no call comes after the end.
    held = Drill.objects.select_for_update().filter(pk=drill.pk, stopped_at=None)
    call = DrillCall.objects.select_for_update().filter(pk=pk, filed_at=None).first()
    if not held.exists() or call is None:
        return 0
    script = call.script
    item = intake.file(_new(call, script), by=System(), at=at).request
    call.filed_at, call.number = at, item.number
    call.limit_minutes, call.clause = _first_limit(script, at)
    call.save(update_fields=["filed_at", "number", "limit_minutes", "clause"])
    hasten(item, speed=drill.speed)
    log.info("drill_call", drill=drill.pk, call=call.key)
    return 1


def _new(call: DrillCall, script: Call) -> intake.NewRequest:
    words = script.again[call.turn - 1] if call.turn else script.text
    return intake.NewRequest(
        category=script.matter,
        building=call.building_id,
        flat=script.flat,
        description=words,
        contact=intake.Contact(name=script.caller, phone=script.phone),
        consent=True,
        # Whoever asks again does so by phone.
        channel=Channel.PHONE if call.turn else script.channel,
    )


def _first_limit(script: Call, at: datetime) -> tuple[int | None, str]:
    """
    Return in how many minutes the first reaction is due, and the clause.

    A caller is called back; a letter waits for the first limit of its matter's norm. A prank is
    judged by how it ends, a call told under a wrong name by the norm of what it really is.
    """
    if script.channel == Channel.PHONE:
        return CALL_BACK_MINUTES, CALL_BACK_CLAUSE
    norm = Norm.objects.select_related("category").filter(
        category__slug=script.right_matter, in_force__contains=timezone.localtime(at).date()
    )[0]
    promised = promises.first(norm, promises.kind_for(norm), registered_at=at)
    by, clause = min(
        (datetime.fromisoformat(one["by"]), one["clause"])
        for stage, one in promised.items()
        if stage != "register"
    )
    return round((by - at) / timedelta(minutes=1)), clause


def hasten(item: Request, *, speed: int, limits: bool = True, first_promise: bool = True) -> None:
    """
    Bring the request's limits nearer, as the storm's time passes faster than the clock's.

    `limits` are those that run, `first_promise` what was promised at first.
    """
    if speed == 1 or not (limits or first_promise):
        return
    start = item.registered_at

    def sooner(moment: datetime) -> datetime:
        return start + (moment - start) / speed

    values: dict[str, Any] = {}
    if limits:
        values |= {
            name: sooner(moment) for name in _COLUMNS if (moment := getattr(item, name)) is not None
        }
    if first_promise:
        values["promised"] = {
            stage: {**one, "by": sooner(datetime.fromisoformat(one["by"])).isoformat()}
            for stage, one in item.promised.items()
        }
    # Not through the lifecycle, which knows no other clock than the law's: only a drill does this.
    running.must_be_drill()
    Request.objects.filter(pk=item.pk).update(**values)


def _keep_pace(drill: Drill, *, at: datetime) -> None:
    """Hasten again what a step has just counted anew: another matter, a clock that stood."""
    numbers = drill.calls.exclude(number="").values("number")
    rows = Request.objects.filter(
        number__in=numbers, status__in=OPEN, version__gt=1, changed_at__gt=at - JUST_NOW
    )
    for item in rows.select_related("norm__category").without_texts():
        if item.norm is None:
            continue
        kind = LegalKind(item.legal_kind)
        law = promises.of(item.norm, kind, registered_at=item.registered_at, pauses=pauses_of(item))
        first = promises.first(item.norm, kind, registered_at=item.registered_at)
        hasten(
            item,
            speed=drill.speed,
            limits=item.due_at == law.due_at,
            first_promise=item.promised == first,
        )


def _ask_again(drill: Drill, *, at: datetime) -> None:
    """Let those call again whom nobody has answered within the norm's time."""
    seen = watching.seen(drill, at=at)
    for call in drill.calls.exclude(filed_at=None).exclude(limit_minutes=None):
        words = call.script.again
        if call.turn >= len(words) or call.filed_at is None or call.limit_minutes is None:
            continue
        runs_out = call.filed_at + timedelta(minutes=call.limit_minutes) / drill.speed
        if at < runs_out or watching.is_answered(seen, call.code):
            continue
        DrillCall.objects.get_or_create(
            drill=drill,
            code=call.code,
            turn=call.turn + 1,
            defaults={"building_id": call.building_id, "due_at": at},
        )


def _answer_questions(drill: Drill, *, at: datetime) -> None:
    """Answer what operators asked, after a short while."""
    asked_before = at - ANSWERS_AFTER / drill.speed
    calls = {call.number: call for call in drill.calls.exclude(number="")}
    waiting = Request.objects.filter(number__in=calls, status=Status.NEEDS_INFO).defer("search")
    for item in waiting:
        if _asked_at(item) > asked_before:
            continue
        details = lifecycle.Details(text=calls[item.number].script.answer)
        try:
            lifecycle.move(
                item, Status.ACCEPTED, by=running.holder_of(item), at=at, details=details
            )
        except lifecycle.Refused:
            # The operator went on a moment ago without waiting.
            log.info("drill_answer_unneeded", number=item.number)


def _asked_at(item: Request) -> datetime:
    rows = RequestEvent.objects.filter(request=item, kind=EventKind.STATUS, step="ask")
    return rows.order_by("-at", "-id").values_list("at", flat=True)[0]


def stop_if_over(*, at: datetime) -> bool:
    """Stop the drill that has played out, some time after its last call."""
    drill = running.running()
    if drill is None or drill.calls.filter(filed_at=None).exists():
        return False
    if drill.minute(at) < storm.read().minutes + QUIET_MINUTES:
        return False
    running.stop(drill, by=running.on_behalf_of(drill), at=at)
    return True
