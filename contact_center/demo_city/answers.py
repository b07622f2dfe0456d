"""Questions that the demo's experts have answered for everybody, and one that waits."""

from __future__ import annotations

from datetime import datetime, timedelta

from outreach.models import Question
from outreach.questions import asking
from requests_app import special_days

# Shelf, question for everybody, answer for everybody.
_PUBLISHED = (
    (
        "bills",
        "Батареи были холодными неделю. Как уменьшить плату за отопление?",
        (
            "1. Сообщите о холоде заявкой: время заявки – начало отсчёта.\n"
            "2. Дождитесь замера. Его итог записывают в акт, один экземпляр остаётся у вас.\n"
            "3. Подайте заявление о перерасчёте: его можно составить на странице заявки.\n\n"
            "За каждый час отклонения температуры воздуха плату за месяц снижают на 0,15 % за "
            "каждый градус (ПП РФ № 354, приложение № 1, п. 15)."
        ),
    ),
    (
        "management",
        "Сколько собственников должно проголосовать, чтобы сменить управляющую организацию?",
        (
            "Собрание правомочно, если у его участников **больше половины** "
            "голосов (Жилищный кодекс, ст. 45, ч. 3). Способ управления выбирают **больше чем "
            "половиной голосов всех собственников** (ст. 44, ч. 2, п. 4 и ст. 46, ч. 1). "
            "Голоса считают по площади."
        ),
    ),
    (
        "house",
        "Кто обязан менять лампочки в подъезде?",
        (
            "Освещение подъезда – часть содержания общего имущества, его ведёт "
            "управляющая организация (ПП РФ № 491, п. 11). Отдельно за это не платят. "
            "Если света нет, подайте заявку: в ней "
            "будет срок."
        ),
    ),
)
_WAITS = "Обязана ли управляющая организация показать жителям акты выполненных работ за год?"
NOBODY = "answers@svetlorechye.example"


def fill_answers(*, at: datetime) -> None:
    """Store the published answers of the last weeks, and ask one question more."""
    for number, (topic, question, answer) in enumerate(_PUBLISHED, start=1):
        asked_at = at - timedelta(days=9 * number)
        Question.objects.create(
            topic=topic,
            text=question,
            email=NOBODY,
            may_publish=True,
            asked_at=asked_at,
            answer_by=asked_at + timedelta(days=7),
            answer=answer,
            answered_at=asked_at + timedelta(days=3),
            public_question=question,
            public_answer=answer,
            published_at=asked_at + timedelta(days=4),
        )
    asked_at = at - timedelta(hours=20)
    Question.objects.create(
        topic="management",
        text=_WAITS,
        email=NOBODY,
        may_publish=True,
        asked_at=asked_at,
        answer_by=asking.answer_by(asked_at, special_days.calendar_of(asked_at.year)),
    )
