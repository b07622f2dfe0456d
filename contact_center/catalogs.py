"""Translations without gettext's tools: extract what code says, compile what translators wrote."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

# Where each argument of a translating function is: Babel's own notation.
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|(?<!%)%[sd]|\{\w*\}")


@dataclass(frozen=True)
class Said:
    """A text that code or a template shows, with where it stands."""

    path: Path
    line: int
    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str:
        """How gettext's compiled catalogue names the text."""
        return f"{self.context}\x04{self.text}" if self.context else self.text


def said_in(root: Path, rooms: list[str]) -> Iterator[Said]:
    """Yield every translatable text of the Python files of `rooms` and of `templates/`."""
    for room in rooms:
        for path in sorted((root / room).rglob("*.py")):
            yield from _extract(path, path.read_text(encoding="utf-8"))
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            code = templatize(path.read_text(encoding="utf-8"), origin=str(path))
            # What is not a text is blanked out, but its indentation would still confuse Python.
            yield from _extract(path, "\n".join(line.strip() for line in code.split("\n")))


def _extract(path: Path, source: str) -> Iterator[Said]:
    found = extract("python", io.BytesIO(source.encode()), KEYWORDS)
    for line, message, _comments, context in found:
        text, plural = message if isinstance(message, tuple) else (message, "")
        if text:
            yield Said(path, line, text, plural or "", context or "")


def sources(locale_paths: list[Path]) -> list[Path]:
    """Return the .po files below `locale_paths`."""
    return sorted(po for path in locale_paths for po in path.glob("*/LC_MESSAGES/django.po"))


def read(po: Path) -> Catalog:
    """Return the catalogue in the file `po`."""
    with po.open("rb") as stream:
        return read_po(stream, locale=po.parent.parent.name)


def compile_changed(locale_paths: list[Path]) -> int:
    """Write the .mo beside each .po that is newer; return how many were written."""
    written = 0
    for po in sources(locale_paths):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        # Two processes of a fresh checkout may compile at once.
        fresh = mo.with_suffix(f".mo.{os.getpid()}")
        with fresh.open("wb") as stream:
            write_mo(stream, read(po))
        # Renamed, not written in place: another process may be reading it.
        fresh.replace(mo)
        written += 1
    return written


def faults(po: Path) -> Iterator[str]:
    """Yield what is wrong inside `po`: fuzzy texts, missing plural forms, other placeholders."""
    catalog = read(po)
    for message in catalog:
        if not message.id:
            continue
        ids = _forms(message.id)
        strings = [string for string in _forms(message.string or "") if string]
        if message.fuzzy:
            yield f"{po}:{message.lineno}: fuzzy: {ids[0]!r}"
        if len(ids) > 1 and len(strings) < catalog.num_plurals:
            yield f"{po}:{message.lineno}: not all plural forms: {ids[0]!r}"
        # «One» may be said in words; nothing may be asked for that the code does not give.
        given = {name for text in ids for name in PLACEHOLDER.findall(text)}
        if any(not set(PLACEHOLDER.findall(string)) <= given for string in strings):
            yield f"{po}:{message.lineno}: placeholders differ: {ids[0]!r}"


def _forms(text: str | list[str] | tuple[str, ...]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)
