"""What left otherwise than by e-mail in the demo's last days, and news told to many followers."""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.models import User
from notifications.models import (
    ChannelCode,
    Deed,
    FanOut,
    Message,
    Priority,
    Report,
    State,
    WorkDeed,
    WorkState,
)

# Letters of these days also left otherwise; a day's figures are what the page shows.
_SINCE = timedelta(days=2)
_MOST = 600
# Which of ten letters went which way; the others by e-mail alone.
_WAYS = (
    ChannelCode.TELEGRAM, "", ChannelCode.WEB_PUSH, ChannelCode.SMS, ChannelCode.TELEGRAM,
    "", ChannelCode.TELEGRAM, ChannelCode.SMS, ChannelCode.WEB_PUSH, "",
)  # fmt: skip
# One of so many does not arrive, and why.
_FAILS = 17
_WHY = {
    ChannelCode.SMS: "failed later: absent subscriber",
    ChannelCode.TELEGRAM: "the bot is blocked",
    ChannelCode.WEB_PUSH: "the browser took the subscription back",
}


def reach(*, at: datetime) -> None:
    """Store messages of other channels with their reports, and news to followers in each state."""
    letters = Message.objects.filter(
        channel=ChannelCode.EMAIL,
        state=State.SENT,
        sensitive=False,
        topic__startswith="request:",
        sent_at__gt=at - _SINCE,
    ).order_by("-sent_at")[:_MOST]
    made = [
        _otherwise(letter, channel, fails=number % _FAILS == 3)
        for number, letter in enumerate(letters)
        if (channel := _WAYS[number % len(_WAYS)])
    ]
    Message.objects.bulk_create(made, batch_size=500)
    Report.objects.bulk_create(
        [
            _report(message, number)
            for number, message in enumerate(made)
            if message.channel != ChannelCode.TELEGRAM and message.sent_at
        ],
        batch_size=500,
    )
    _news(at=at)


def _otherwise(letter: Message, channel: str, *, fails: bool) -> Message:
    assert letter.sent_at is not None, "chosen so"
    addresses = {
        ChannelCode.SMS: f"+7900555{letter.pk % 10_000:04}",
        ChannelCode.TELEGRAM: str(700_000_000 + letter.pk),
        ChannelCode.WEB_PUSH: f"https://push.svetlorechye.example/{letter.pk}",
    }
    return Message(
        event=letter.event,
        channel=channel,
        template=letter.template,
        recipient=addresses[ChannelCode(channel)],
        user_id=letter.user_id,
        context=letter.context,
        topic=letter.topic,
        why=letter.why,
        dedupe_key=f"{letter.dedupe_key}:{channel}",
        priority=letter.priority,
        state=State.DEAD if fails else State.SENT,
        created_at=letter.created_at,
        not_before=letter.not_before,
        attempts=1,
        sent_at=letter.sent_at,
        last_error=_WHY[ChannelCode(channel)] if fails else "",
        fold=letter.fold,
        point=letter.point,
    )


def _report(message: Message, number: int) -> Report:
    assert message.sent_at is not None, "chosen so"
    is_push = message.channel == ChannelCode.WEB_PUSH
    arrived = message.sent_at + timedelta(seconds=3 + number % 40)
    fails = message.state == State.DEAD
    return Report(
        message=message,
        channel=message.channel,
        gateway_id="" if is_push else str(1_000_000 + message.pk),
        parts=1 if is_push else 2,
        left_at=message.sent_at,
        delivered_at=None if fails else arrived,
        opened_at=arrived + timedelta(minutes=number % 90) if is_push and number % 3 else None,
        failed_at=arrived if fails else None,
    )


def _news(*, at: datetime) -> None:
    """Two that were told, one that is held and one that was cancelled half way."""
    chief = User.objects.filter(groups__name="chief_operators").order_by("pk").first()
    rows = FanOut.objects.bulk_create(
        FanOut(
            topic="ratings",
            event="rating.published",
            template="ratings/mail/published",
            context={"month": {"words": "month", "of": f"{at:%Y-%m}-01"}, "erratum": ""},
            dedupe_key=f"demo-news:{number}",
            priority=Priority.BULK,
            state=state,
            done=done,
            total=total,
            created_at=at - timedelta(hours=hours),
            moved_at=at - timedelta(hours=hours) + timedelta(minutes=3),
        )
        for number, (state, done, total, hours) in enumerate(
            [
                (WorkState.FINISHED, 1_840, 1_840, 720),
                (WorkState.CANCELLED, 500, 1_912, 60),
                (WorkState.FINISHED, 1_912, 1_912, 58),
                (WorkState.PAUSED, 1_000, 1_925, 2),
            ]
        )
    )
    for row, deed, reason, kept in (
        (rows[1], Deed.CANCEL, "В письме стоял не тот месяц, выпускаем исправленное.", 212),
        (rows[3], Deed.PAUSE, "Почтовый сервер просит не больше 500 писем в час.", 0),
    ):
        WorkDeed.objects.create(
            work=f"notifications.fanout:{row.pk}",
            deed=deed,
            reason=reason,
            kept_back=kept,
            by=chief,
            at=row.created_at + timedelta(minutes=4),
        )
