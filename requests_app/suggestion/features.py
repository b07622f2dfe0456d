"""What of a description tells its matter: beginnings of its words, and pairs of neighbours."""

from __future__ import annotations

import re
from itertools import pairwise

# Letters only: house numbers, phones and sums tell no matter, and must not be learnt.
_WORD = re.compile(r"[а-яa-z]+")
# Endings change, beginnings do not: «вода» and «воду», «батарея» and «батареи».
_LENGTHS = (3, 5, 7)
_PAIRED = 4
_LONGEST_TEXT = 4_000
_EMPTY = frozenset(
    _WORD.findall(
        "это эта этот эти что как так или для при уже еще очень нас вас нам вам мне она они оно был"
        " была было были есть пожалуйста прошу просим просьба здравствуйте добрый день"
    )
)


def features(text: str) -> list[str]:
    """
    Return the features of a text, each once, in the order of their first place.

    «нет» and «не» stay: no water and bad water are two matters.
    """
    words = [
        word
        for word in _WORD.findall(text[:_LONGEST_TEXT].lower().replace("ё", "е"))
        if len(word) > 1 and word not in _EMPTY
    ]
    found: dict[str, None] = {}
    for word in words:
        for length in _LENGTHS:
            found[word[:length]] = None
            if len(word) <= length:
                break
    for one, other in pairwise(words):
        found[f"{one[:_PAIRED]} {other[:_PAIRED]}"] = None
    return list(found)
