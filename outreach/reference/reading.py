"""Reading the files of guides into values, with every mistake named by its file."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from outreach.models import Topic
from requests_app.models.categories import Confidence
from requests_app.reference import reading as matters

HERE = Path(__file__).parent
FOLDER = HERE / "guides"
_PARTS = re.compile(r"\A\+\+\+\n(.*?)\n\+\+\+\n(.+)\Z", re.DOTALL)
_KEYS = {
    "title", "question", "topic", "categories", "keywords", "summary", "clauses", "confidence",
    "reviewed",
}  # fmt: skip


class Unreadable(Exception):
    """Files have mistakes; each line of the message names a file and what is wrong there."""


@dataclass(frozen=True, kw_only=True)
class FileGuide:
    """A guide as its file states it; `clauses` and `sources` stand one a line."""

    slug: str
    title: str
    question: str
    topic: str
    categories: tuple[str, ...]
    keywords: str
    summary: str
    body: str
    clauses: str
    sources: str
    confidence: str
    reviewed_on: date


def read(folder: Path = FOLDER) -> list[FileGuide]:
    """Return the guides of the folder by their names; raise Unreadable."""
    found: list[FileGuide] = []
    wrongs: list[str] = []
    for path in sorted(folder.glob("*.md")):
        try:
            found.append(_guide(path))
        except (KeyError, TypeError, ValueError) as wrong:
            wrongs.append(f"{path.name}: {wrong}")
    if wrongs or not found:
        raise Unreadable("\n".join(wrongs) or f"{folder}: no guides")
    return found


def _guide(path: Path) -> FileGuide:
    parts = _PARTS.match(path.read_text(encoding="utf-8"))
    if not parts:
        raise ValueError("begin with +++, the facts as TOML, +++, then the text")
    facts: dict[str, Any] = tomllib.loads(parts[1])
    strange = facts.keys() ^ _KEYS
    if strange:
        raise ValueError(f"missing or unknown keys: {', '.join(sorted(strange))}")
    if not facts["clauses"] or not facts["categories"]:
        raise ValueError("a guide rests on a clause and belongs to a matter")
    if not isinstance(facts["reviewed"], date):
        raise ValueError("`reviewed` is a date")
    return FileGuide(
        slug=path.stem,
        title=facts["title"],
        question=facts["question"],
        topic=Topic(facts["topic"]).value,
        categories=tuple(facts["categories"]),
        keywords=facts["keywords"],
        summary=facts["summary"],
        body=parts[2].strip(),
        clauses="\n".join(facts["clauses"]),
        sources="\n".join(dict.fromkeys(_act(clause) for clause in facts["clauses"])),
        confidence=Confidence(facts["confidence"]).value,
        reviewed_on=facts["reviewed"],
    )


def _act(clause: str) -> str:
    """Return the full name of the act that a clause names first; raise ValueError."""
    named = [short for short in _acts() if clause == short or clause.startswith(f"{short},")]
    if not named:
        raise ValueError(f"the act of “{clause}” is in neither list of acts")
    return _acts()[named[0]]


@cache
def _acts() -> dict[str, str]:
    of_matters = tomllib.loads(matters.FILE.read_text(encoding="utf-8"))["acts"]
    return of_matters | tomllib.loads((HERE / "acts.toml").read_text(encoding="utf-8"))
