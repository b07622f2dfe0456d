"""How good suggestions are: figures over true and suggested matters of texts never learnt from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

BEST = 3


@dataclass(frozen=True)
class Metrics:
    """
    Shares of 0…1 over `texts`; `confusion` counts (true, first suggested).

    Macro-F1 is the mean over the matters that occur among the true ones: a rare one weighs as much
    as a frequent one.
    """

    texts: int
    accuracy: float
    in_best_three: float
    macro_f1: float
    f1: dict[str, float]
    confusion: list[tuple[str, str, int]]

    def as_json(self) -> dict[str, Any]:
        """Return them for keeping."""
        return asdict(self)


def measure(answers: Iterable[tuple[str, Sequence[str]]]) -> Metrics:
    """Return the figures of `(true, suggested best first)`; nothing suggested is a miss."""
    pairs: Counter[tuple[str, str]] = Counter()
    texts = near = 0
    for true, suggested in answers:
        texts += 1
        near += true in suggested[:BEST]
        pairs[true, suggested[0] if suggested else ""] += 1
    right = sum(count for (true, said), count in pairs.items() if true == said)
    of_true: dict[str, int] = defaultdict(int)
    of_said: dict[str, int] = defaultdict(int)
    for (true, said), count in pairs.items():
        of_true[true] += count
        of_said[said] += count
    f1 = {
        slug: round(2 * pairs[slug, slug] / (count + of_said[slug]), 4)
        for slug, count in sorted(of_true.items())
    }
    return Metrics(
        texts=texts,
        accuracy=right / texts if texts else 0.0,
        in_best_three=near / texts if texts else 0.0,
        macro_f1=sum(f1.values()) / len(f1) if f1 else 0.0,
        f1=f1,
        confusion=sorted((true, said, count) for (true, said), count in pairs.items()),
    )


def is_not_worse(new: Metrics, old: Metrics) -> bool:
    """
    Tell whether a new model may replace the old one, both measured on the same texts.

    Neither figure may fall: a model that gains in frequent matters by forgetting rare ones loses.
    """
    slack = 1e-9
    return new.accuracy >= old.accuracy - slack and new.macro_f1 >= old.macro_f1 - slack
