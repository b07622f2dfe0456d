"""Reading categories.toml into values, with every mistake named by its matter."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from requests_app.deadlines import Limit, NormLimits, Unit

FILE = Path(__file__).with_name("categories.toml")
LIMITS = ("react", "inspect", "fix", "answer")
_UNITS = {"minute": Unit.MINUTES, "hour": Unit.HOURS, "day": Unit.DAYS} | {
    str(unit): unit for unit in Unit
}
_CATEGORY = ("name", "hint", "icon", "emergency", "stop_kind", "stop_message", "keywords")
_NORM = ("since", "answers", "second", "utility", *LIMITS, "window", "clause", "text", "confidence")


class Unreadable(Exception):
    """The file has mistakes; each line of the message names a matter and what is wrong there."""


@dataclass(frozen=True, kw_only=True)
class FileNorm:
    """A matter's norm as the file states it; `since` is its first day."""

    since: date
    answers: str
    second: str
    utility: str
    limits: NormLimits
    clause: str
    text: str
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True)
class FileCategory:
    """A matter as the file states it; a top has no parent and no norm."""

    slug: str
    parent: str
    position: int
    name: str
    hint: str
    icon: str
    emergency: bool
    stop_kind: str
    stop_message: str
    keywords: str
    norm: FileNorm | None


def read(path: Path = FILE) -> list[FileCategory]:
    """Return the matters of the file, parents before their children; raise Unreadable."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise Unreadable(f"{path.name}: {wrong}") from None
    found: list[FileCategory] = []
    wrongs: list[str] = []
    for entry, parent in _entries(content):
        try:
            found.append(_category(entry, parent, position=len(found) + 1, content=content))
        except (KeyError, TypeError, ValueError) as wrong:
            wrongs.append(f"{entry.get('slug', '?')}: {wrong}")
    slugs = [category.slug for category in found]
    wrongs += [f"{slug}: named twice" for slug in sorted({s for s in slugs if slugs.count(s) > 1})]
    if wrongs:
        raise Unreadable("\n".join(wrongs))
    return found


def limit(text: str) -> Limit:
    """Return «30 minutes», «1 day», «10 working_days» as a value; raise ValueError."""
    amount, _, unit = text.partition(" ")
    if not amount.isdigit() or int(amount) == 0 or unit not in _UNITS:
        raise ValueError(f"“{text}” is no time limit: say “30 minutes” or “10 working_days”")
    return Limit(int(amount), _UNITS[unit])


def _entries(content: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for top in content.get("tops", []):
        yield {key: value for key, value in top.items() if key != "matters"}, ""
        for matter in top.get("matters", []):
            yield matter, top.get("slug", "?")


def _category(
    entry: dict[str, Any], parent: str, *, position: int, content: dict[str, Any]
) -> FileCategory:
    unknown = entry.keys() - {"slug", *_CATEGORY, *(_NORM if parent else ())}
    if unknown:
        raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
    return FileCategory(
        slug=entry["slug"],
        parent=parent,
        position=position,
        name=entry["name"],
        hint=entry.get("hint", ""),
        icon=entry.get("icon", ""),
        emergency=entry.get("emergency", False),
        stop_kind=entry.get("stop_kind", ""),
        stop_message=entry.get("stop_message", ""),
        keywords=entry.get("keywords", ""),
        norm=_norm(entry, content) if parent else None,
    )


def _norm(entry: dict[str, Any], content: dict[str, Any]) -> FileNorm:
    limits: dict[str, Any] = {name: limit(entry[name]) for name in LIMITS if name in entry}
    if not limits:
        raise ValueError("no time limit at all")
    if "window" in entry:
        opens, closes = (time.fromisoformat(clock) for clock in entry["window"])
        limits["window"] = (opens, closes)
    clause = entry["clause"]
    acts = [full for short, full in content["acts"].items() if short in clause]
    if not acts:
        raise ValueError(f"the act of “{clause}” is not among [acts]")
    return FileNorm(
        since=entry.get("since", content["since"]),
        answers=entry["answers"],
        second=entry.get("second", ""),
        utility=entry.get("utility", ""),
        limits=NormLimits(**limits),
        clause=clause,
        text=entry["text"],
        source="; ".join(acts),
        confidence=entry["confidence"],
    )
