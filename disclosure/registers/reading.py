"""
Register files: compressed or not, commas or semicolons; the layout is told by the header.

Columns are known by their names, so they may stand in any order and some may be missing; a name
that stands twice stops the file, for nobody could say which of the two is meant.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from disclosure.registers.layouts import LAYOUTS, Layout
from disclosure.registers.rows import EXTRA, Line

# No honest cell is longer; a cell of megabytes is quotes that nobody closed, or malice.
csv.field_size_limit(1_000_000)
_CHUNK = 1 << 20
_LONGEST_HEADER = 100_000
_SAMPLE = 1 << 16
_BROKEN = (csv.Error, UnicodeDecodeError, EOFError, OSError, zipfile.BadZipFile, zlib.error)


class NotARegister(ValueError):
    """The file is no register of houses or organisations that we know; the message says why."""


class Register:
    """An open register: its layout, its lines, and how far in the file the reading is."""

    def __init__(self, raw: IO[bytes], text: IO[str]) -> None:
        self._raw = raw
        first = text.readline(_LONGEST_HEADER).lstrip("\ufeff")
        delimiter = ";" if first.count(";") > first.count(",") else ","
        header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
        layout = _layout_of(header)
        if layout is None:
            raise NotARegister(
                "no register of houses or organisations: its columns are "
                f"{', '.join(_shown(name) for name in header[:6]) or 'none'}…"
            )
        if twice := [name for name, count in Counter(header).items() if name and count > 1]:
            raise NotARegister(f"a column stands twice: {', '.join(map(_shown, twice[:6]))}")
        self.layout = layout
        self._header = header
        self._reader = csv.reader(text, delimiter=delimiter)

    def lines(self) -> Iterator[tuple[int, Line]]:
        """Yield each record with the file's line it begins at (the header is line 1)."""
        start = 2
        try:
            for cells in self._reader:
                if cells:
                    line = dict(zip(self._header, cells, strict=False))
                    if any(cells[len(self._header) :]):
                        line[EXTRA] = "yes"
                    yield start, line
                start = self._reader.line_num + 2
        except _BROKEN as broken:
            raise NotARegister(f"the file is broken after line {start}: {broken}") from None

    def position(self) -> int:
        """Return how many bytes of the file are read."""
        return self._raw.tell()


def _shown(name: str) -> str:
    """Return the beginning of a name for a message of one line, whatever bytes it came from."""
    return "".join(sign if sign.isprintable() else "?" for sign in name[:30])


def _layout_of(header: list[str]) -> Layout | None:
    names = set(header)
    return next((layout for layout in LAYOUTS if layout.header <= names), None)


@contextmanager
def opened(path: Path) -> Iterator[Register]:
    """Open a register; raise NotARegister for any other file."""
    try:
        with path.open("rb") as raw, _unpacked(raw) as inner:
            try:
                packed = io.BufferedReader(cast("io.RawIOBase", inner), _SAMPLE)
                text = io.TextIOWrapper(packed, encoding=_encoding_of(packed), newline="")
                register = Register(raw, text)
            except (UnicodeDecodeError, EOFError, gzip.BadGzipFile, zlib.error, csv.Error) as bad:
                raise NotARegister(f"no table of text: {bad}") from None
            yield register
    except (IsADirectoryError, FileNotFoundError, PermissionError, zipfile.BadZipFile) as wrong:
        raise NotARegister(str(wrong)) from None


def _encoding_of(packed: io.BufferedReader[Any]) -> str:
    """Return UTF-8, or cp1251 where the beginning is none: what Excel writes in Russia."""
    try:
        # An incremental decoder forgives a letter that the sample's end cuts in two.
        codecs.getincrementaldecoder("utf-8")().decode(packed.peek(_SAMPLE)[:_SAMPLE])
    except UnicodeDecodeError:
        return "cp1251"
    return "utf-8-sig"


def _unpacked(raw: IO[bytes]) -> IO[bytes]:
    magic = raw.read(4)
    raw.seek(0)
    if magic[:2] == b"\x1f\x8b":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    if magic == b"PK\x03\x04":
        pack = zipfile.ZipFile(raw)
        names = [name for name in pack.namelist() if name.lower().endswith(".csv")]
        if len(names) != 1:
            raise NotARegister(f"a zip with {len(names)} tables instead of one")
        return pack.open(names[0])
    return raw


def digest(path: Path) -> str:
    """Return the file's SHA-256, read in pieces."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()
