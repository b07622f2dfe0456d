"""What a representative chose to see: organisation, state, number or address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from accounts.actors import Executor
from requests_app.cabinet import states
from requests_app.cabinet.doors import Organisation
from requests_app.desk import search
from requests_app.desk.tabs import Tab
from requests_app.models import Request
from requests_app.querysets import RequestQuerySet

# More words than an address has are not compared.
_WORDS = 8
# «ул», «д» stand in almost every address and are typed in any order or not at all.
_TELLS_NOTHING = frozenset(
    ("ул", "улица", "д", "дом", "пр", "пр-т", "проспект", "пер", "переулок", "г", "кв", "б-р")
)


@dataclass(frozen=True)
class Choice:
    """The part of the list that is shown; `inn` is "" for all of the actor's organisations."""

    state: Tab
    inn: str = ""
    words: str = ""

    def rows(self, actor: Executor, *, at: datetime) -> RequestQuerySet:
        """Return the requests of every state that the rest of the choice leaves."""
        rows = Request.objects.visible_to(actor)
        if self.inn:
            rows = rows.filter(executor_inn=self.inn)
        return named(rows, self.words, at=at) if self.words else rows

    def href(self, *, state: str | None = None, cursor: str = "", page: str = "list") -> str:
        """Return the address of this choice, with another state or place in the list."""
        code = self.state.code if state is None else state
        parts = {
            "state": "" if code == states.DEFAULT.code else code,
            "inn": self.inn,
            "q": self.words,
            "cursor": cursor,
        }
        query = urlencode({name: value for name, value in parts.items() if value})
        address = reverse(f"requests_cabinet:{page}")
        return f"{address}?{query}" if query else address


def read(asked: QueryDict, organisations: Sequence[Organisation]) -> Choice:
    """Return what the address asks for; what it cannot mean is left out."""
    inn = asked.get("inn", "")
    known = {one.inn for one in organisations}
    return Choice(
        state=states.BY_CODE.get(asked.get("state", ""), states.DEFAULT),
        inn=inn if inn in known and len(known) > 1 else "",
        words=" ".join(asked.get("q", "")[: search.LONGEST].replace("\x00", "").split()),
    )


def named(rows: RequestQuerySet, typed: str, *, at: datetime) -> RequestQuerySet:
    """Return the rows with this number, or at an address in which every word begins a word."""
    words = search.read(typed)
    if words is not None and words.kind is search.Kind.NUMBER:
        return search.narrow(rows, words, at=at)
    typed_words = [word for word in re.split(r"[\s,.]+", typed.casefold()) if word]
    telling = [word for word in typed_words if word not in _TELLS_NOTHING]
    for word in (telling or typed_words)[:_WORDS]:
        rows = rows.filter(building__address__iregex=rf"\m{re.escape(word)}")
    return rows
