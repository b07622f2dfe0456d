"""The file of questions and majorities, and bringing it into the database."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from outreach.meetings.voting import Majority
from outreach.models import AgendaGroup, AgendaKind
from requests_app.models.categories import Confidence

FILE = Path(__file__).parent.parent / "reference" / "majorities.toml"
_KEYS = {"code", "group", "title", "wording", "majority", "clause", "confidence"}


class Unreadable(Exception):
    """The file has mistakes; each line of the message names a question and what is wrong."""


@dataclass(frozen=True)
class Loaded:
    """How many rows were added and changed; `kept` were edited by hand and left alone."""

    added: int
    changed: int
    kept: tuple[str, ...]


def read(file: Path = FILE) -> tuple[date, list[dict[str, Any]]]:
    """Return the day the rules are in force from, and the questions in order; raise Unreadable."""
    values = tomllib.loads(file.read_text(encoding="utf-8"))
    wrongs, found, seen = [], [], set()
    for position, one in enumerate(values.get("question", [])):
        code = one.get("code", f"№ {position + 1}")
        try:
            if one.keys() ^ _KEYS:
                raise ValueError(f"missing or unknown keys: {sorted(one.keys() ^ _KEYS)}")
            if code in seen:
                raise ValueError("named twice")
            AgendaGroup(one["group"]), Majority(one["majority"]), Confidence(one["confidence"])
        except ValueError as wrong:
            wrongs.append(f"{code}: {wrong}")
        seen.add(code)
        found.append({**one, "position": position, "source": values["source"]})
    if wrongs or not found:
        raise Unreadable("\n".join(wrongs) or f"{file}: no questions")
    return values["since"], found


@transaction.atomic
def load(since: date, questions: list[dict[str, Any]]) -> Loaded:
    """Store the questions in force from `since`; a row edited by hand stays as it is."""
    added = changed = 0
    kept: list[str] = []
    rows = {row.code: row for row in AgendaKind.objects.filter(during__startswith=since)}
    for one in questions:
        row = rows.get(one["code"])
        mark = _mark(one)
        if row is None:
            AgendaKind.objects.create(**one, during=DateRange(since, None), loaded_hash=mark)
            added += 1
        elif row.loaded_hash != _mark({key: getattr(row, key) for key in one}):
            kept.append(one["code"])
        elif row.loaded_hash != mark:
            for key, value in one.items():
                setattr(row, key, value)
            row.loaded_hash = mark
            row.save()
            changed += 1
    return Loaded(added, changed, tuple(kept))


def _mark(values: dict[str, Any]) -> str:
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
