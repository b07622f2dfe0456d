"""Invented descriptions with their matters, to measure suggestions: plain, noisy, in new words."""

from __future__ import annotations

import random  # noqa: TID251 - seeded, draws invented texts
from collections.abc import Iterable
from dataclasses import dataclass, replace

from contact_center.demo_city import stories
from contact_center.demo_city.stories import Matter

_LETTERS = "абвгдежзийклмнопрстуфхцчшщъыьэюя"


@dataclass(frozen=True, slots=True)
class Told:
    """A description and the matter it is about."""

    text: str
    slug: str


@dataclass(frozen=True, slots=True)
class Noise:
    """Shares of words left out, of words with a slip of the finger, of wrong labels."""

    lost: float = 0.0
    slips: float = 0.0
    wrong: float = 0.0


def dice(seed: int) -> random.Random:
    """Return the chance of a trial: the same texts for the same seed."""
    return random.Random(seed)


def tell(
    names: dict[str, str],
    count: int,
    *,
    dice: random.Random,
    noise: Noise = Noise(),
    apart: bool = False,
    only_apart: bool = False,
) -> list[Told]:
    """
    Return `count` descriptions; `names` are of the matters by code, their shares are the city's.

    `apart` leaves the last phrase of every matter that has several out; `only_apart` tells nothing
    but these: texts of a kind that was never learnt from.
    """
    pages = {slug: stories.MATTERS.get(slug, stories.OTHER) for slug in names}
    if only_apart:
        pages = {slug: replace(page, says=page.says[-1:]) for slug, page in _several(pages)}
    elif apart:
        pages |= {slug: replace(page, says=page.says[:-1]) for slug, page in _several(pages)}
    slugs = list(pages)
    chosen = dice.choices(slugs, [pages[slug].weight for slug in slugs], k=count)
    return [
        Told(
            _spoilt(stories.description(pages[slug], names[slug], dice), dice, noise),
            dice.choice(slugs) if dice.random() < noise.wrong else slug,
        )
        for slug in chosen
    ]


def _several(pages: dict[str, Matter]) -> Iterable[tuple[str, Matter]]:
    return [
        (slug, page)
        for slug, page in pages.items()
        if page is not stories.OTHER and len(page.says) > 1
    ]


def _spoilt(text: str, dice: random.Random, noise: Noise) -> str:
    words = [word for word in text.split() if dice.random() >= noise.lost] or text.split()
    return " ".join(_slip(word, dice) if dice.random() < noise.slips else word for word in words)


def _slip(word: str, dice: random.Random) -> str:
    place = dice.randrange(len(word))
    match dice.randrange(3):
        case 0:
            return word[:place] + word[place + 1 :]
        case 1:
            return word[:place] + dice.choice(_LETTERS) + word[place + 1 :]
    return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]
