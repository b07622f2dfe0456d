"""Words of a description, as Postgres looks for them: beginnings, because endings deceive."""

from __future__ import annotations

import re
from functools import reduce
from operator import and_

from django.contrib.postgres.search import SearchQuery

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 8


def of(words: str) -> SearchQuery | None:
    """
    Return a query for descriptions that hold every word, None where nothing can be looked for.

    The Russian stemmer brings «батареи» to «батар» but «батарея» to «батаре», and «подвал» to
    «подва»: so each word is asked for by the beginning of its stem or of itself without its end.
    """
    found = [word for word in _WORD.findall(words.lower())[:_MOST_WORDS] if len(word) > 2]
    if not found:
        return None
    return reduce(and_, (_one(word[:40]) for word in found))


def _one(word: str) -> SearchQuery:
    beginning = word if word.isdecimal() else word[: max(4, len(word) - 2)]
    return SearchQuery(f"{word}:*", config="russian", search_type="raw") | SearchQuery(
        f"{beginning}:*", config="simple", search_type="raw"
    )
