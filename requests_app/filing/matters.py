"""The tree of matters as a resident meets it: by groups, or by everyday words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from functools import cached_property

from django.utils import timezone

from requests_app.models import Category
from requests_app.typed_text import one_line

LIMIT = 8
_WORD = re.compile(r"\w+")
# «нет», «у», «на»: in every complaint, so they tell nothing.
_EMPTY = frozenset(
    _WORD.findall(
        "а без в во да для до дома есть и из к как ко ли мы на не нет но о об он она от по при с "
        "со у что это я меня нас мой моя наш наша очень"
    )
)
_NEAR = 0.8


@dataclass(frozen=True)
class Matter:
    """A leaf of the tree that takes requests."""

    slug: str
    name: str
    hint: str
    keywords: str
    group: str
    emergency: bool

    @cached_property
    def _named(self) -> tuple[str, ...]:
        return _words(self.name)

    @cached_property
    def _described(self) -> tuple[str, ...]:
        return _words(f"{self.keywords} {self.hint} {self.group}")

    def score(self, asked: tuple[str, ...]) -> float:
        """Return how well the matter answers to the words; 0 where most of them are strange."""
        total, met = 0.0, 0
        for word in asked:
            best = max(
                2 * max((_alike(word, known) for known in self._named), default=0.0),
                1.5 * max((_alike(word, known) for known in self._described), default=0.0),
            )
            met += best > 0
            total += best
        return total / len(asked) if met * 2 >= len(asked) else 0.0


@dataclass(frozen=True)
class Group:
    """A service with its matters."""

    slug: str
    name: str
    hint: str
    icon: str
    matters: tuple[Matter, ...]


def groups(at: datetime) -> list[Group]:
    """Return the groups and matters that take requests at `at`; one query."""
    day = timezone.localtime(at).date()
    leaves = (
        Category.objects.filter(is_open=True, norms__in_force__contains=day)
        .select_related("parent")
        .order_by("parent__position", "parent__slug", "position", "slug")
    )
    found: dict[str, tuple[Category, list[Matter]]] = {}
    for leaf in leaves:
        top = leaf.parent or leaf
        if not top.is_open:
            continue
        matter = Matter(leaf.slug, leaf.name, leaf.hint, leaf.keywords, top.name, leaf.emergency)
        found.setdefault(top.slug, (top, []))[1].append(matter)
    return [
        Group(top.slug, top.name, top.hint, top.icon or "other", tuple(matters))
        for top, matters in found.values()
    ]


def search(text: str, among: list[Group]) -> list[Matter]:
    """Return the matters that everyday words mean, best first."""
    asked = tuple(word for word in _words(one_line(text)[:200]) if word not in _EMPTY)
    asked = asked or _words(one_line(text)[:200])
    if not asked:
        return []
    scored = [(matter.score(asked), matter) for group in among for matter in group.matters]
    good = [pair for pair in scored if pair[0] > 0]
    good.sort(key=lambda pair: -pair[0])
    return [matter for _score, matter in good[:LIMIT]]


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.lower().replace("ё", "е")))


def _alike(asked: str, known: str) -> float:
    """Return 0…1: the same word, the same stem with another ending, or one slip of the finger."""
    if asked == known:
        return 1.0
    if min(len(asked), len(known)) < 3:
        return 0.0
    if known.startswith(asked):
        return 0.9
    # «батареи» and «батарея», «течёт» and «течь» differ in up to three last letters.
    shortest = max(3, min(len(asked), len(known)) - 2)
    if asked[:shortest] == known[:shortest] and abs(len(asked) - len(known)) <= 3:
        return 0.8
    if len(asked) >= 5 and asked[0] == known[0]:
        ratio = SequenceMatcher(None, asked, known).ratio()
        return ratio * 0.7 if ratio >= _NEAR else 0.0
    return 0.0
