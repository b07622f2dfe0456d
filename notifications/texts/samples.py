"""Invented values of letters' fields, for a preview: nobody's data."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from notifications.texts.fields import fields_of

_SAMPLES: dict[str, Any] = {
    "number": "26-000123",
    "original": "26-000100",
    "duplicate_of": "",
    "category": "Нет отопления в квартире",
    "service": "отопление",
    "address": "ул. Садовая, д. 5",
    "place": "ул. Садовая, д. 5",
    "house": "ул. Садовая, д. 5",
    "label": "ул. Садовая, д. 5",
    "executor": "УК «Речной двор»",
    "company": "УК «Речной двор»",
    "who": "УК «Речной двор»",
    "executor_phone": "+78005550012",
    "clause": "ПП РФ № 354, приложение 1, п. 14",
    "due": "24 ноября 2026 г. 18:00",
    "until": "24 ноября 2026 г. 18:00",
    "since": "24 ноября 2026 г. 9:00",
    "when": "1 декабря 2026, вторник, 14:20",
    "month": "октябрь 2026",
    "status": "in_progress",
    "status_words": "В работе",
    "text": "Мастер придёт завтра с 10 до 12.",
    "answer": "Стояк промыли, давление восстановлено.",
    "title": "Нет отопления: порыв",
    "amount": "1 234,56 ₽",
    "credited": "1 234,56 ₽",
    "granted": "1 234,56 ₽",
    "count": 3,
    "more": 2,
    "rest": 2,
    "version": 2,
    "minutes": 2,
    "hours": 31,
    "code": "123456",
    "form": "2.3 Сведения о доме",
    "forms": ["2.3 Сведения о доме", "2.4 Отчёт за год"],
    "times": ["1 декабря 2026, вторник, 18:00"],
}


def values_of(template: str) -> dict[str, Any]:
    """Return a whole context of the letter; what is not known here shows its field's name."""
    fields = fields_of(template)
    values = {name: _sample(name) for name in fields.plain}
    for name, columns in fields.rows.items():
        row = {column: _sample(column) for column in columns}
        values[name] = _SAMPLES.get(name) or [row, row]
    if "link" in values:
        values["link"] = f"{settings.PUBLIC_URL}/"
    if "calendar" in values:
        values["calendar"] = f"{settings.PUBLIC_URL}/"
    return values


def _sample(name: str) -> Any:
    if name.startswith("is_"):
        return False
    return _SAMPLES.get(name, f"«{name}»")
