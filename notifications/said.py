"""
Values of a letter that become words only when it leaves, in the language of its reader.

A room puts `words(name, of)` into a context, as it puts a link: the name stands in
settings.MESSAGE_WORDS for a function from the stored value (JSON) to words. Moments and days are
known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import formats, timezone
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_KEYS = frozenset({"words", "of"})


def words(name: str, of: Any) -> dict[str, Any]:
    """Return what stands in a context for the words that `name` makes of the JSON value `of`."""
    return {"words": name, "of": of}


def moment(at: datetime | None) -> dict[str, Any] | str:
    """Return what becomes «24 ноября 2026 г. 18:00» in the city's zone; "" for None."""
    return words("moment", at.isoformat()) if at else ""


def day(on: date | None) -> dict[str, Any] | str:
    """Return what becomes «24 ноября 2026 г.»; "" for None."""
    return words("day", on.isoformat()) if on else ""


def month(on: date | None) -> dict[str, Any] | str:
    """Return what becomes «октябрь 2026»; "" for None."""
    return words("month", on.isoformat()) if on else ""


def start(at: datetime) -> dict[str, Any]:
    """Return what becomes «1 декабря 2026, вторник, 14:20» by the clock that `at` shows."""
    return words("start", at.isoformat())


def is_words(value: Any) -> bool:
    """Whether a value of a context is one that becomes words."""
    return isinstance(value, dict) and value.keys() == _KEYS


def in_words(value: Any) -> Any:
    """Return the value with all that becomes words made so, in the active language."""
    if is_words(value):
        return str(_maker(value["words"])(value["of"]))
    if isinstance(value, dict):
        return {name: in_words(one) for name, one in value.items()}
    return [in_words(one) for one in value] if isinstance(value, list) else value


def why(sentence: str, values: Mapping[str, Any] | None) -> str:
    """
    Return why a letter came, in the active language.

    `sentence` is a text of the catalogue; one with no values may be words of another release.
    """
    if not sentence:
        return ""
    return _(sentence) % in_words(dict(values)) if values else _(sentence)


def _maker(name: str) -> Any:
    return import_string(settings.MESSAGE_WORDS[name])


def moment_words(written: str) -> str:
    """Return «24 ноября 2026 г. 18:00» in the city's zone."""
    return formats.date_format(
        timezone.localtime(datetime.fromisoformat(written)), "DATETIME_FORMAT"
    )


def day_words(written: str) -> str:
    """Return «24 ноября 2026 г.»."""
    return formats.date_format(date.fromisoformat(written), "DATE_FORMAT")


def month_words(written: str) -> str:
    """Return «октябрь 2026»."""
    return lower(formats.date_format(date.fromisoformat(written), "F Y"))


def start_words(written: str) -> str:
    """Return «1 декабря 2026, вторник, 14:20», by the clock that was written."""
    at = datetime.fromisoformat(written)
    return f"{lower(formats.date_format(at, 'j E Y, l'))}, {at:%H:%M}"


def lower(name: str) -> str:
    """Return names of days and months as the language writes them: small in Russian alone."""
    return name.lower() if (get_language() or "").startswith("ru") else name
