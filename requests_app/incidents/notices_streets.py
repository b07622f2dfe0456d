"""Names of the register's streets, found by how notices write them: «по Садовой», «К. Маркса»."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from disclosure import addresses

# Endings of adjectives: «на Садовой», «в Молочном», «по Лесную».
_ENDING = re.compile(
    r"(?:ого|его|ому|ему|ыми|ими|ых|их|ая|яя|ой|ей|ую|юю|ый|ий|ом|ем|ым|им|ое|ее)$"
)
_SHORTEST = 4


@dataclass(frozen=True)
class Named:
    """A street of the register."""

    id: int
    settlement: str
    name: str


def stem(key: str) -> str:
    """Return a key of `addresses.street_key` without the endings of its adjectives."""
    return " ".join(
        _ENDING.sub("", word) if len(word) > _SHORTEST else word for word in key.split()
    )


class Names:
    """The streets, asked by name and type."""

    def __init__(self, streets: Iterable[Named], *, home: str = "") -> None:
        """Take the streets; `home` is the settlement meant where none is said."""
        self.streets = list(streets)
        self.home = home
        self._by_stem: dict[str, list[Named]] = {}
        self._by_word: dict[str, list[tuple[list[str], Named]]] = {}
        for street in self.streets:
            key = stem(addresses.street_key(street.name))
            self._by_stem.setdefault(key, []).append(street)
            words = key.split()
            if words:
                self._by_word.setdefault(words[-1], []).append((words, street))

    def find(self, name: str, *, kind: str = "", settlement: str = "") -> list[Named]:
        """
        Return the streets that `name` means: one where it is clear, several where it is not.

        The exact name comes first, then initials and first names left out. `kind` and `settlement`
        choose among several and exclude none alone.
        """
        key = stem(addresses.street_key(name))
        found = self._by_stem.get(key) or self._shortened(key)
        wanted = addresses.street_type(kind)
        typed = [one for one in found if wanted and addresses.street_type(one.name) == wanted]
        found = typed or found
        wanted = addresses.street_key(settlement or self.home)
        there = [one for one in found if wanted and addresses.street_key(one.settlement) == wanted]
        return there or found

    def _shortened(self, key: str) -> list[Named]:
        said = key.split()
        if not said or len(said[-1]) < _SHORTEST:
            return []
        return [
            street
            for words, street in self._by_word.get(said[-1], [])
            if _abbreviates(said[:-1], words[:-1])
        ]


def _abbreviates(said: list[str], words: list[str]) -> bool:
    """Whether each of `said` begins one of `words`, in order: «к» for «карла», or left out."""
    place = 0
    for short in said:
        while place < len(words) and not words[place].startswith(short):
            place += 1
        if place == len(words):
            return False
        place += 1
    return True
