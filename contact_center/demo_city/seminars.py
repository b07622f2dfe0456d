"""The demo's «Школа грамотного потребителя»: past and coming seminars, a course of three."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from outreach.models import (
    Attendance,
    Feedback,
    Meeting,
    Seminar,
    SeminarState,
    SignUp,
    SignUpState,
    Topic,
)
from outreach.seminars import certificates
from outreach.seminars.signing_up import ALPHABET

_LIBRARY = "Библиотека № 4, читальный зал"
_CENTRE = "ул. Пристанская, д. 1, зал собраний"
_JURIST = "Киселёв Артём Павлович, юрист контакт-центра"
_COUNCILS = "Орлов Денис Сергеевич, специалист по работе с советами домов"
_HEAD = "Лебедева Татьяна Игоревна, руководитель контакт-центра"

# Days from today of each meeting, hour, hours long, title, topic, about, audience, speaker, place,
# district, link, seats, people signed up.
_SEMINARS = (
    (
        (-40,), 18, 2, "Как читать квитанцию", Topic.BILLS,
        ("Разберём платёжный документ построчно: содержание, коммунальные ресурсы на общедомовые "
        "нужды, отопление, взнос на капитальный ремонт.\n\nПриносите свою квитанцию: вместе "
        "проверим, откуда взялась каждая сумма."),
        "Все, кто получает квитанции", _JURIST, _CENTRE, "Береговой", "", 30, 24,
    ),
    (
        (-12,), 17, 2, "Общее собрание собственников без ошибок", Topic.MANAGEMENT,
        ("Уведомление за десять дней, повестка, кворум, подсчёт голосов по площади и протокол "
        "(Жилищный кодекс, ст. 44–48).\n\nВы уйдёте с заполненными образцами документов."),
        "Председатели и члены советов домов", _COUNCILS, _LIBRARY, "Заречный", "", 25, 19,
    ),
    (
        (6,), 18, 2, "Холодные батареи: акт, перерасчёт, претензия", Topic.UTILITIES,
        ("Как вызвать проверку, что записать в акт, как считают снижение платы за отопление "
        "(ПП РФ № 354, приложение № 1, п. 15) и куда идти, если исполнитель отказал."),
        "Жители домов с центральным отоплением", _JURIST, _CENTRE, "Береговой", "", 40, 17,
    ),
    (
        (9,), 11, 1, "Вывоз мусора: за что платим и как пожаловаться", Topic.YARD,
        ("Что входит в услугу регионального оператора, как часто должны вывозить отходы и что "
        "делать, если площадка переполнена."),
        "Пенсионеры и все желающие", _HEAD, _LIBRARY, "Заречный", "", 12, 12,
    ),
    (
        (14,), 19, 1, "Управляющая компания не отвечает: что делать", Topic.RIGHTS,
        ("Сроки ответов управляющей организации (ПП РФ № 416, п. 36), жалоба в жилищную инспекцию "
        "и обращение через портал. Занятие проходит по видеосвязи."),
        "Все желающие", _HEAD, "", "", "https://meet.svetlorechye.example/school", 100, 31,
    ),
    (
        (5, 12, 19), 18, 2, "Курс для советов домов: три занятия", Topic.MANAGEMENT,
        ("Первое занятие: полномочия совета дома (Жилищный кодекс, ст. 161.1). Второе: приёмка "
        "работ и акты. Третье: отчёт управляющей организации и смета на год.\n\nСвидетельство "
        "получают те, кто был хотя бы на двух занятиях."),
        "Председатели и члены советов домов", _COUNCILS, _CENTRE, "Береговой", "", 20, 9,
    ),
)  # fmt: skip
_NAMES = (
    "Захарова Ольга Петровна", "Миронов Илья Сергеевич", "Крылова Вера Андреевна",
    "Гусев Николай Фёдорович", "Белова Анна Викторовна", "Тихонов Роман Олегович",
    "Ефимова Лидия Ивановна", "Савельев Павел Юрьевич",
)  # fmt: skip
_MARKS = (5, 5, 4, 5, 4, 3, 5)


def open_school(*, at: datetime) -> None:
    """Store the programme, who signed up, who came, their certificates and marks."""
    today = timezone.localtime(at).replace(minute=0, second=0, microsecond=0)
    for number, row in enumerate(_SEMINARS):
        (days, hour, hours, title, topic, about, audience, speaker, place, district, link, seats,
         people) = row  # fmt: skip
        starts = [today.replace(hour=hour) + timedelta(days=day) for day in days]
        is_over = days[-1] < 0
        seminar = Seminar.objects.create(
            title=title, topic=topic, about=about, audience=audience, speaker=speaker, place=place,
            district=district, online_link=link, capacity=seats,
            closes_at=starts[0] - timedelta(hours=3), state=SeminarState.OPEN,
            certificate_after=min(2, len(days)),
            finished_at=starts[-1] + timedelta(hours=hours) if is_over else None,
            changed_at=min(at, starts[0] - timedelta(days=20)),
        )  # fmt: skip
        meetings = [
            Meeting.objects.create(
                seminar=seminar,
                title=f"Занятие {place_in}" if len(days) > 1 else "",
                starts_at=start,
                ends_at=start + timedelta(hours=hours),
                recording=f"https://video.svetlorechye.example/school/{number}" if is_over else "",
            )
            for place_in, start in enumerate(starts, start=1)
        ]
        signed = SignUp.objects.bulk_create(
            _person(seminar, place_in, made_at=min(at, starts[0]) - timedelta(days=1))
            for place_in in range(people)
        )
        if is_over:
            _was(seminar, meetings[0], signed)


def _person(seminar: Seminar, number: int, *, made_at: datetime) -> SignUp:
    districts = settings.CITY.districts
    # Spread out, and the same in every demo.
    spread = (number + 1) * 123_457_891
    code = "".join(ALPHABET[(spread // len(ALPHABET) ** n) % len(ALPHABET)] for n in range(6))
    return SignUp(
        seminar=seminar,
        seat=number + 1,
        state=SignUpState.SEATED,
        code=code,
        name=_NAMES[number % len(_NAMES)],
        email=f"school{number}@mail.example",
        district=districts[number % len(districts)],
        made_at=made_at,
    )


def _was(seminar: Seminar, meeting: Meeting, signed: list[SignUp]) -> None:
    came = [row for number, row in enumerate(signed) if number % 6 != 5]
    Attendance.objects.bulk_create(
        Attendance(sign_up=row, meeting=meeting, at=meeting.starts_at) for row in came
    )
    certificates.issue_due(seminar, at=meeting.ends_at)
    Feedback.objects.bulk_create(
        Feedback(sign_up=row, mark=mark, at=meeting.ends_at + timedelta(hours=3))
        for row, mark in zip(came, _MARKS, strict=False)
    )
