"""The demo's hotline: hours, two months of calls with a busy morning, and call-backs that wait."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import islice

from django.utils import timezone

from outreach.hotline import hours
from outreach.models import (
    Call,
    CallBack,
    CallBackState,
    Guide,
    HotlineHours,
    Outcome,
    Topic,
    Weekday,
)
from requests_app.models import Request

_LENGTHS = (140, 205, 95, 330, 260, 180, 415, 75)
# Calls of an hour on a usual day, from 8 to 19; Mondays have half as many again.
_BY_HOUR = {8: 1, 9: 3, 10: 4, 11: 2, 12: 1, 13: 1, 14: 2, 15: 1, 16: 1, 17: 2, 18: 1, 19: 0}
_OUTCOMES = (
    Outcome.ANSWERED, Outcome.ANSWERED, Outcome.ANSWERED, Outcome.REFERRED, Outcome.ANSWERED,
    Outcome.PROMISED, Outcome.REQUEST, Outcome.ANSWERED,
)  # fmt: skip
_ASKED = (
    (Topic.BILLS, "Пришёл двойной счёт за воду", "wrong-charge"),
    (Topic.UTILITIES, "В квартире 16 градусов, что требовать", "cold-flat"),
    (Topic.MANAGEMENT, "Как сменить управляющую компанию", "change-company"),
    (Topic.HOUSE, "Лифт стоит второй день", "lift"),
    (Topic.BILLS, "Из чего складывается плата за капремонт", "overhaul-fee"),
)
_DAYS = 56


def open_hotline(operator_id: int, *, at: datetime) -> None:
    """Store hours, past calls of nobody who lives, one follow-up and two call-backs."""
    first = at.date() - timedelta(days=_DAYS)
    for day in Weekday:
        if day < Weekday.SUNDAY:
            is_saturday = day == Weekday.SATURDAY
            HotlineHours.objects.create(
                weekday=day,
                opens=time(9) if is_saturday else time(8),
                closes=time(15) if is_saturday else time(20),
                at_once=1 if is_saturday else 3,
                first_day=first,
            )
    calls = _past(operator_id, at=at)
    # A request by phone came out of some calls; the newest ones stand in for them.
    filed = Request.objects.order_by("-id").values_list("pk", flat=True)[: len(calls)]
    became = [call for call in calls if call.outcome == Outcome.REQUEST]
    for call, request in zip(reversed(became), filed, strict=False):
        call.request_id = request
    _called_back(calls)
    Call.objects.bulk_create(calls)
    guides = dict(Guide.objects.values_list("slug", "pk"))
    through = Call.guides.through
    through.objects.bulk_create(
        through(call_id=call.pk, guide_id=guides[slug])
        for number, call in enumerate(calls)
        if (slug := _ASKED[number % len(_ASKED)][2]) in guides and call.outcome == Outcome.ANSWERED
    )
    _wait(at=at)


def _past(operator_id: int, *, at: datetime) -> list[Call]:
    zone = timezone.get_default_timezone()
    today = timezone.localtime(at).date()
    made: list[Call] = []
    for back in range(_DAYS, -1, -1):
        day = today - timedelta(days=back)
        if day.weekday() == Weekday.SUNDAY:
            continue
        for hour, usual in _BY_HOUR.items():
            count = usual + usual // 2 if day.weekday() == Weekday.MONDAY else usual
            if day.weekday() == Weekday.SATURDAY and not 9 <= hour < 15:
                continue
            for place in range(count):
                number = len(made)
                started = datetime.combine(day, time(hour, (place * 13 + hour * 7) % 60), zone)
                seconds = _LENGTHS[number % len(_LENGTHS)]
                if started + timedelta(seconds=seconds) >= at:
                    return made
                topic, asked, _slug = _ASKED[number % len(_ASKED)]
                outcome = _OUTCOMES[number % len(_OUTCOMES)]
                is_promised = outcome == Outcome.PROMISED
                made.append(
                    Call(
                        operator_id=operator_id,
                        started_at=started,
                        ended_at=started + timedelta(seconds=seconds),
                        seconds=seconds,
                        topic=topic,
                        asked=asked,
                        answer="Ответ по памятке.",
                        outcome=outcome,
                        follow_up="Перезвонить с ответом юриста" if is_promised else "",
                        follow_up_by=started + timedelta(days=1) if is_promised else None,
                        follow_up_done_at=started + timedelta(hours=20)
                        if is_promised and back > 1
                        else None,
                    )
                )
    return made


def _called_back(calls: list[Call]) -> None:
    """Let some of the past calls have been booked for the quarter in which they began."""
    made = []
    for call in [call for call in calls if call.outcome == Outcome.ANSWERED][::12]:
        quarter = call.started_at.minute // 15 * 15
        call.call_back = CallBack(
            starts_at=call.started_at.replace(minute=quarter),
            line=1,
            phone="+79000000109",
            topic=call.topic,
            state=CallBackState.DONE,
            tries=1,
            made_at=call.started_at - timedelta(hours=20),
        )
        made.append(call.call_back)
    CallBack.objects.bulk_create(made)


def _wait(*, at: datetime) -> None:
    free = [start for starts in hours.free_by_day(at).values() for start in starts]
    for number, start in enumerate(islice(free, 0, 12, 6)):
        topic, asked, _slug = _ASKED[number]
        CallBack.objects.create(
            starts_at=start,
            line=1,
            name=("Галина", "Рустам")[number],
            phone=f"+7900000010{number}",
            topic=topic,
            question=asked,
            made_at=at,
        )
