"""Which fields a letter has: read from its own files, so that no second list can be wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.template.base import Lexer, Token, TokenType
from django.template.loader import get_template

_PARTS = (".subject.txt", ".txt", ".html")
# Their words are made elsewhere: sign-in letters by allauth, the letter about several by a list.
_NOT_EDITED = frozenset({"account/mail/letter", "notifications/mail/digest", "mail/edited"})
_NAME = re.compile(r"[a-zA-Z_][\w.]*")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_WORDS = frozenset(
    {"and", "or", "not", "in", "is", "if", "elif", "for", "with", "as", "only", "count"}
    | {"trimmed", "asvar", "context", "True", "False", "None", "reversed", "plural", "empty"}
)
_LITERALS = frozenset({"True", "False", "None"})
_ASKING = frozenset({"if", "elif", "for", "with", "include", "blocktranslate", "firstof"})
# Whatever the letter, these stand below it or are the portal's own.
_FRAME = frozenset({"why", "unsubscribe_url", "language", "subject", "bare", "forloop", "block"})


@dataclass(frozen=True)
class Fields:
    """Names of a letter's fields; `rows` holds those of each list, by the list's name."""

    plain: frozenset[str]
    rows: dict[str, frozenset[str]]

    def has(self, path: str, loops: dict[str, str]) -> bool:
        """Whether `path` is a field, or with `loops` {variable: list} one of a row."""
        name, _dot, rest = path.partition(".")
        if name in loops:
            known = self.rows.get(loops[name], frozenset())
            return not rest if not known else rest in known
        if path in {"city.name", "city.center_name", "city.center_phone"}:
            return True
        return not rest and (name in self.plain or name in self.rows)


def edited_templates() -> list[str]:
    """Return the names of the letters whose texts may be changed, in order."""
    found = set()
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in Path(folder).glob("*/mail/*.subject.txt"):
            found.add(str(path.relative_to(folder)).removesuffix(".subject.txt"))
    return sorted(found - _NOT_EDITED)


@lru_cache(maxsize=128)
def fields_of(template: str) -> Fields:
    """Return the fields that the letter's files use; an unknown letter has none."""
    plain: set[str] = set()
    rows: dict[str, set[str]] = {}
    for part in _PARTS:
        _scan(f"{template}{part}", plain, rows, set())
    plain -= _FRAME | rows.keys() | {"city"}
    return Fields(frozenset(plain), {name: frozenset(columns) for name, columns in rows.items()})


def _scan(file: str, plain: set[str], rows: dict[str, set[str]], seen: set[str]) -> None:
    if file in seen or file.startswith("mail/base"):
        return
    seen.add(file)
    loops: dict[str, str] = {}
    own: set[str] = set()
    tokens = tokens_of(get_template(file).template.source)  # type: ignore[attr-defined]
    for token in tokens:
        words = token.split_contents() if token.token_type == TokenType.BLOCK else []
        if words[:1] == ["include"] and "mail/_button.html" in words[1]:
            # What its words are, the letter says.
            plain.add("link")
        elif words[:1] == ["include"] and words[1][:1] in {'"', "'"}:
            _scan(words[1].strip("\"'"), plain, rows, seen)
        if words[:1] == ["for"] and "in" in words:
            loops[words[1]] = words[words.index("in") + 1].partition("|")[0]
            rows.setdefault(loops[words[1]], set())
        own |= _named_here(words)
    for token in tokens:
        for path in names_in(token):
            name, _dot, rest = path.partition(".")
            if name in loops:
                if rest:
                    rows[loops[name]].add(rest)
            elif name not in own:
                plain.add(name)


def _named_here(words: list[str]) -> set[str]:
    """Return the names that a tag gives: `with x=y`, `as label`, `asvar title`."""
    pairs = [word.partition("=") for word in words if "=" in word and "==" not in word]
    # `count=count` gives a field its own name: a field it stays.
    found = {name for name, _sign, value in pairs if name != re.split(r"[.|]", value)[0]}
    found |= {
        words[place + 1]
        for place, word in enumerate(words[:-1])
        if word in {"as", "asvar"} and words[0] != "include"
    }
    return found if words and words[0] in _ASKING | {"translate", "url"} else set()


def tokens_of(source: str) -> list[Token]:
    """Return the tokens of a template's text."""
    return [
        token
        for token in Lexer(source).tokenize()
        if token.token_type in {TokenType.VAR, TokenType.BLOCK}
    ]


def names_in(token: Token) -> Iterator[str]:
    """Yield the fields that a token reads, filters and words of the language left out."""
    text = _QUOTED.sub('""', token.contents)
    if token.token_type == TokenType.VAR:
        parts = [text]
    else:
        tag, *words = text.split()
        if tag not in _ASKING:
            return
        if tag == "for":
            words = words[words.index("in") + 1 :] if "in" in words else []
        parts = [
            word.partition("=")[2] if re.match(r"\w+=[^=]", word) else word
            for word in words
            if word not in _WORDS
        ]
    for part in parts:
        # A filter is no field, its argument may be one.
        for place, piece in enumerate(part.split("|")):
            found = piece if place == 0 else piece.partition(":")[2]
            yield from (name for name in _NAME.findall(found) if name not in _LITERALS)
