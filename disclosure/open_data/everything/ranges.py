"""
A part of a file for whoever asks for a part (RFC 9110, section 14): a broken download goes on.

One range at a time, as downloaders ask; a list of ranges is answered with the whole file, which
the standard allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, NamedTuple

_ASKED = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class Part(NamedTuple):
    """Bytes from `first` to `last`, both included."""

    first: int
    last: int


class OutOfFile(Exception):
    """The file has no such bytes."""


def asked(header: str, *, size: int, if_range: str, etag: str) -> Part | None:
    """
    Return the part that is asked for, None for the whole; raise OutOfFile.

    `if_range` is the header of that name: a part of another version is of no use.
    """
    found = _ASKED.fullmatch(header.strip())
    if found is None or found[1] == found[2] == "" or (if_range and if_range != etag):
        return None
    if found[1] == "":
        length = min(int(found[2]), size)
        if not length:
            raise OutOfFile
        return Part(size - length, size - 1)
    first = int(found[1])
    last = min(int(found[2]), size - 1) if found[2] else size - 1
    if found[2] and int(found[2]) < first:
        return None
    if first >= size:
        raise OutOfFile
    return Part(first, last)


def pieces(stream: IO[bytes], part: Part, *, length: int) -> Iterator[bytes]:
    """Yield the part in pieces of at most `length` bytes; closes the stream."""
    with stream:
        stream.seek(part.first)
        left = part.last - part.first + 1
        while left > 0 and (piece := stream.read(min(length, left))):
            left -= len(piece)
            yield piece
