"""
What the portal knows of matters before it has learnt: their names, everyday words, and a lexicon.

The words of the tree are data (`Category.keywords`); `lexicon.toml` adds how people really tell it.
Scored as a naive Bayes model whose every phrase was seen once: rare words weigh most.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path

from requests_app.suggestion.features import features
from requests_app.suggestion.scoring import softmax

_FILE = Path(__file__).with_name("lexicon.toml")
# How much a word that was never seen with a matter still speaks for it.
_SMOOTH = 0.1


@dataclass(frozen=True)
class Told:
    """A matter as the tree tells it."""

    slug: str
    name: str
    hint: str
    keywords: str


@cache
def phrases_of_file() -> Mapping[str, tuple[str, ...]]:
    """Return the phrases of the lexicon by the matter's code."""
    read = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {slug: tuple(phrases) for slug, phrases in read["phrases"].items()}


def phrases(matters: Iterable[Told]) -> dict[str, list[str]]:
    """Return every phrase known of each matter; training learns them like requests."""
    return {
        one.slug: [
            text
            for text in (
                one.name,
                *one.keywords.split(","),
                one.hint,
                *phrases_of_file().get(one.slug, ()),
            )
            if text.strip()
        ]
        for one in matters
    }


class Lexicon:
    """The model that stands in until one is learnt."""

    def __init__(self, known: Mapping[str, Iterable[str]]) -> None:
        self.classes = tuple(known)
        self._seen: dict[str, dict[int, int]] = {}
        totals = [0] * len(self.classes)
        for place, texts in enumerate(known.values()):
            for text in texts:
                for feature in features(text):
                    counts = self._seen.setdefault(feature, {})
                    counts[place] = counts.get(place, 0) + 1
                    totals[place] += 1
        self._logs = [log(total + _SMOOTH * max(len(self._seen), 1)) for total in totals]

    def shares(self, text: str) -> dict[str, float]:
        """Return 0…1 for each matter, together 1; nothing when the text has no known word."""
        known = [self._seen[one] for one in features(text) if one in self._seen]
        if not known or not self.classes:
            return {}
        nothing = log(_SMOOTH)
        scores = [len(known) * (nothing - one) for one in self._logs]
        for counts in known:
            for place, count in counts.items():
                scores[place] += log(count + _SMOOTH) - nothing
        # Words of one sentence are no independent witnesses: their voices are damped together.
        damped = len(known) ** 0.5
        return softmax(self.classes, [score / damped for score in scores])
