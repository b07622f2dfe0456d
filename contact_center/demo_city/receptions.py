"""Who receives people in the demo, and when; the times are made as in a real city."""

from __future__ import annotations

from datetime import datetime, time

from outreach.models import Host, MeetingKind, ReceptionHours, Weekday
from outreach.reception import planning

# Name, post, topics, hours: (weekday, from, until, minutes, break, where, place, district).
_NOON = (time(12), time(13))
_HOSTS = (
    (
        "Лебедева Татьяна Игоревна",
        "Руководитель контакт-центра",
        "Заявка не сдвигается с места, ответ исполнителя не по существу.",
        (
            (Weekday.TUESDAY, time(10), time(16), 20, _NOON, MeetingKind.OFFICE,
             "ул. Пристанская, д. 1, кабинет 3", ""),
        ),
    ),
    (
        "Киселёв Артём Павлович",
        "Юрист контакт-центра",
        "Перерасчёт, претензия, суд с управляющей компанией.",
        (
            (Weekday.WEDNESDAY, time(9), time(17), 30, _NOON, MeetingKind.OFFICE,
             "ул. Пристанская, д. 1, кабинет 7", ""),
            (Weekday.FRIDAY, time(14), time(17), 30, None, MeetingKind.ONLINE,
             "https://meet.svetlorechye.example/jurist", ""),
        ),
    ),
    (
        "Орлов Денис Сергеевич",
        "Специалист по работе с советами домов",
        "Собрание собственников, совет дома, ТОС.",
        (
            (Weekday.THURSDAY, time(16), time(19), 30, None, MeetingKind.MOBILE,
             "Заречный район, библиотека № 4, читальный зал", "Заречный"),
        ),
    ),
)  # fmt: skip


def open_receptions(*, at: datetime) -> None:
    """Store hosts and hours, and make the times of the coming weeks."""
    for position, (name, post, topics, hours) in enumerate(_HOSTS):
        host = Host.objects.create(
            name=name, post=post, topics=topics, position=position, is_lawyer="Юрист" in post
        )
        for weekday, starts, ends, minutes, rest, kind, place, district in hours:
            ReceptionHours.objects.create(
                host=host,
                weekday=weekday,
                starts=starts,
                ends=ends,
                slot_minutes=minutes,
                break_starts=rest and rest[0],
                break_ends=rest and rest[1],
                kind=kind,
                place=place,
                district=district,
                first_day=at.date(),
            )
    planning.plan(at=at)
