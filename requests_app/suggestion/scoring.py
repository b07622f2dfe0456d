"""
A learnt model as numbers: a weight for each feature and matter, and how a text is scored by them.

It is read back as plain numbers and words, never as a pickle: whoever could write the row could
otherwise run code in every process. Scoring needs no numpy, so that web processes carry none.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import Protocol

from requests_app.suggestion.features import features

_FLOAT = "f"
# A share so small that the other voice alone decides.
_NEVER = 1e-6
# A row of the database that says more than this is no model of ours.
_MOST_BYTES = 256 * 1024 * 1024


class Unreadable(Exception):
    """The stored model is not what it says."""


@dataclass(frozen=True)
class Model:
    """
    Weights of a linear model; row by row, a row a feature, a column a matter.

    `classes` are codes of matters, `vocabulary` gives a feature its row, `bias` is one a matter.
    """

    classes: tuple[str, ...]
    vocabulary: dict[str, int]
    weights: array[float]
    bias: tuple[float, ...]

    def shares(self, text: str) -> dict[str, float]:
        """Return 0…1 for each matter, together 1; nothing when the text has no known word."""
        rows = [row for row in map(self.vocabulary.get, features(text)) if row is not None]
        if not rows:
            return {}
        width = len(self.classes)
        sums = [0.0] * width
        for row in rows:
            start = row * width
            sums = [
                one + other
                for one, other in zip(sums, self.weights[start : start + width], strict=True)
            ]
        scale = 1 / sqrt(len(rows))
        return softmax(
            self.classes,
            [one * scale + bias for one, bias in zip(sums, self.bias, strict=True)],
        )


class Suggests(Protocol):
    """What gives shares to matters."""

    def shares(self, text: str) -> dict[str, float]:
        """Return 0…1 by the matter's code."""


@dataclass(frozen=True)
class Together:
    """
    A learnt model with the lexicon at its side: each matter's shares are multiplied, by weight.

    What was learnt knows how this city writes; the lexicon knows words that nobody has written yet.
    Each alone errs more on texts of a new kind (docs/suggestion.md).
    """

    learnt: Suggests
    lexicon: Suggests
    lexicon_weight: float = 0.3

    def shares(self, text: str) -> dict[str, float]:
        """Return 0…1 for each matter that either knows, together 1."""
        one, other = self.learnt.shares(text), self.lexicon.shares(text)
        if not one or not other:
            return one or other
        weight = self.lexicon_weight
        powers = {
            slug: max(one.get(slug, 0), _NEVER) ** (1 - weight)
            * max(other.get(slug, 0), _NEVER) ** weight
            for slug in {**one, **other}
        }
        whole = sum(powers.values())
        return {slug: power / whole for slug, power in powers.items()}


def softmax(names: Sequence[str], scores: Sequence[float]) -> dict[str, float]:
    """Return scores as shares of one, whatever their size."""
    most = max(scores)
    powers = [exp(score - most) for score in scores]
    whole = sum(powers)
    return {name: power / whole for name, power in zip(names, powers, strict=True)}


def pack(model: Model) -> tuple[bytes, bytes]:
    """Return vocabulary and weights for keeping."""
    ordered = sorted(model.vocabulary, key=model.vocabulary.__getitem__)
    numbers = array(_FLOAT, model.weights)
    if sys.byteorder == "big":
        numbers.byteswap()
    return zlib.compress("\n".join(ordered).encode()), zlib.compress(numbers.tobytes(), 6)


def unpack(
    *, classes: Sequence[str], bias: Sequence[float], vocabulary: bytes, weights: bytes
) -> Model:
    """Return the kept model. Raise Unreadable when its parts do not fit together."""
    try:
        words = _inflated(vocabulary).decode().split("\n")
        numbers: array[float] = array(_FLOAT)
        numbers.frombytes(_inflated(weights))
    except (zlib.error, UnicodeDecodeError, ValueError) as broken:
        raise Unreadable(str(broken)) from broken
    if sys.byteorder == "big":
        numbers.byteswap()
    if not classes or len(bias) != len(classes) or len(numbers) != len(words) * len(classes):
        raise Unreadable(f"{len(words)} words, {len(classes)} matters, {len(numbers)} weights")
    return Model(
        classes=tuple(str(one) for one in classes),
        vocabulary={word: row for row, word in enumerate(words)},
        weights=numbers,
        bias=tuple(float(one) for one in bias),
    )


def _inflated(packed: bytes) -> bytes:
    opened = zlib.decompressobj()
    plain = opened.decompress(packed, _MOST_BYTES)
    if opened.unconsumed_tail or not opened.eof:
        raise Unreadable("too large or cut short")
    return plain
