"""
Bringing the file's matters and norms into the database without touching what people decided.

A row remembers the fingerprint of the values last loaded into it. Where its values have another,
somebody edited it here, and the file gives way. A changed norm never rewrites the old one: it
closes it on the day the file names and opens the next, so no past promise loses its ground.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from requests_app.models import Category, Norm
from requests_app.reference.reading import LIMITS, FileCategory, FileNorm, Unreadable

_CATEGORY = (
    "parent_id",
    "position",
    "name",
    "hint",
    "icon",
    "emergency",
    "stop_kind",
    "stop_message",
    "keywords",
)
# What a promise is made of: a change needs a day from which it holds.
_RULE = (
    "answers",
    "second_answers",
    "utility",
    *(f"{name}_{part}" for name in LIMITS for part in ("amount", "unit")),
    "window_start",
    "window_end",
    "clause",
)
# How it is told; requests keep their own copy, so it may be worded better in place.
_WORDS = ("text", "source", "confidence")


@dataclass
class Loaded:
    """What a load did; `kept` and `gone` name what people should look at."""

    counts: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


@transaction.atomic
def load(matters: Iterable[FileCategory]) -> Loaded:
    """
    Make the database say what `matters` say and return what was done; safe to repeat.

    Raise Unreadable, with nothing written, for a norm that changed without a new first day.
    """
    matters = list(matters)
    done = Loaded()
    # Lock before reading: two loads at once would both open the next norm.
    known = {row.slug: row for row in Category.objects.select_for_update().order_by("pk")}
    for level in ([m for m in matters if not m.parent], [m for m in matters if m.parent]):
        fresh = [row for matter in level if (row := _category(matter, known, done))]
        known |= {row.slug: row for row in Category.objects.bulk_create(fresh)}
    _norms(matters, known, done)
    named = {matter.slug for matter in matters}
    done.gone = sorted(
        row.slug
        for row in known.values()
        if row.loaded_hash and row.is_open and row.slug not in named
    )
    return done


def _norms(matters: list[FileCategory], known: dict[str, Category], done: Loaded) -> None:
    held: dict[int, list[Norm]] = {}
    for row in Norm.objects.select_for_update().order_by("in_force"):
        held.setdefault(row.category_id, []).append(row)
    fresh: list[Norm] = []
    wrongs: list[str] = []
    for matter in matters:
        if matter.norm is None:
            continue
        category = known[matter.slug]
        try:
            opened = _norm(category, held.get(category.pk, []), matter.norm, done)
        except ValueError as wrong:
            wrongs.append(f"{matter.slug}: {wrong}")
        else:
            fresh += [opened] if opened else []
    if wrongs:
        raise Unreadable("\n".join(wrongs))
    Norm.objects.bulk_create(fresh)


def fingerprint(values: Mapping[str, Any]) -> str:
    """Return a hash that tells whether two sets of values are the same."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def is_edited(row: Category | Norm) -> bool:
    """Return whether somebody changed the row after it was loaded, or made it by hand."""
    return row.loaded_hash != fingerprint(_held(row))


def _held(row: Category | Norm) -> dict[str, Any]:
    if isinstance(row, Category):
        return {name: getattr(row, name) for name in _CATEGORY}
    period = {"lower": row.in_force.lower, "upper": row.in_force.upper}
    return {**{name: getattr(row, name) for name in (*_RULE, *_WORDS)}, **period}


def _category(matter: FileCategory, known: dict[str, Category], done: Loaded) -> Category | None:
    """Bring one row up to date; return it, unsaved, if it is new."""
    values = {name: getattr(matter, name) for name in _CATEGORY if name != "parent_id"}
    values["parent_id"] = known[matter.parent].pk if matter.parent else None
    mark = fingerprint(values)
    row = known.get(matter.slug)
    if row is None:
        done.counts["categories added"] += 1
        return Category(slug=matter.slug, loaded_hash=mark, **values)
    if row.loaded_hash == mark:
        done.counts["categories unchanged"] += 1
    elif is_edited(row):
        done.counts["categories kept"] += 1
        done.kept.append(f"{matter.slug}: the category was edited here, the file gives way")
    else:
        done.counts["categories changed"] += 1
        _write(row, values, mark)
    return None


def _norm(category: Category, rows: list[Norm], stated: FileNorm, done: Loaded) -> Norm | None:
    """Bring a matter's norms up to date; return the one to open, unsaved, if there is one."""
    values = _values(stated)
    mark = fingerprint({**values, "lower": stated.since, "upper": None})
    opened = Norm(
        category=category, in_force=DateRange(stated.since, None), loaded_hash=mark, **values
    )
    if any(row.loaded_hash == mark for row in rows):
        done.counts["norms unchanged"] += 1
        return None
    if not rows:
        done.counts["norms added"] += 1
        return opened
    last = rows[-1]
    told = {name: values[name] for name in _WORDS}
    if is_edited(last):
        done.counts["norms kept"] += 1
        done.kept.append(f"{category.slug}: the norm was edited here, the file gives way")
        return None
    if all(getattr(last, name) == values[name] for name in _RULE):
        same = all(getattr(last, name) == value for name, value in told.items())
        done.counts["norms unchanged" if same else "norms reworded"] += 1
        _write(last, told, fingerprint({**_held(last), **told}))
        return None
    if stated.since <= (last.in_force.lower or date.min):
        raise ValueError(
            "the norm changed; set `since` to the day from which it holds, "
            f"after {last.in_force.lower}"
        )
    done.counts["norms replaced"] += 1
    closed = DateRange(last.in_force.lower, stated.since)
    _write(last, {"in_force": closed}, fingerprint({**_held(last), "upper": stated.since}))
    return opened


def _write(row: Category | Norm, values: dict[str, Any], mark: str) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.loaded_hash = mark
    row.save(update_fields=[*values, "loaded_hash"])


def _values(stated: FileNorm) -> dict[str, Any]:
    opens, closes = stated.limits.window or (None, None)
    values: dict[str, Any] = {
        "answers": stated.answers,
        "second_answers": stated.second,
        "utility": stated.utility,
        "window_start": opens,
        "window_end": closes,
        "clause": stated.clause,
        "text": stated.text,
        "source": stated.source,
        "confidence": stated.confidence,
    }
    for name in LIMITS:
        limit = getattr(stated.limits, name)
        values[f"{name}_amount"] = limit.amount if limit else None
        values[f"{name}_unit"] = str(limit.unit) if limit else ""
    return values
