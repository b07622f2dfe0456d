"""What the demo's operators keep at the desk: ready answers and filters under names."""

from __future__ import annotations

from datetime import datetime

from requests_app.models import AnswerTemplate, EscalationRule, SavedFilter

# Name, where it is offered, text.
_ANSWERS = (
    (
        "Принято, ждём исполнителя",
        ["accept"],
        "Заявка {number} принята. Отвечает {executor}, {executor_phone}. Срок — {due}: {clause}.",
    ),
    (
        "Нужен доступ в квартиру",
        ["ask"],
        "Мастеру нужно попасть в квартиру. Напишите, когда вы дома, и мы согласуем приход.",
    ),
    (
        "Дом обслуживает другая организация",
        ["redirect"],
        "За это по адресу {address} отвечает другая организация. Заявка передана, срок прежний.",
    ),
    (
        "Работы начались",
        ["start", "comment"],
        "По заявке {number} начались работы. Если к {due} ничего не изменится, напишите нам здесь.",
    ),
    (
        "Подтвердил по телефону",
        ["close_on_word"],
        "Житель подтвердил по телефону, что всё исправлено. Разговор вёл(а) {operator}.",
    ),
)
# Name, query of the work list, shown to colleagues.
_FILTERS = (
    ("Аварийные", "emergency=on&tab=open", True),
    ("По телефону, новые", "channel=phone&tab=new", False),
)


def furnish(operator: int, *, at: datetime) -> None:
    """Store the ready answers, the filters of one operator; switch the escalation on from `at`."""
    EscalationRule.objects.update(active_since=at)
    AnswerTemplate.objects.bulk_create(
        AnswerTemplate(name=name, steps=steps, text=text, position=place * 10)
        for place, (name, steps, text) in enumerate(_ANSWERS, start=1)
    )
    SavedFilter.objects.bulk_create(
        SavedFilter(owner_id=operator, name=name, query=query, is_shared=is_shared)
        for name, query, is_shared in _FILTERS
    )
