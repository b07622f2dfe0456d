"""Files of a rating that are kept packed, unpacked line by line as they leave."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator

from ratings.models import RatingSnapshot

_PART = 64 * 1024


def _packed(snapshot: RatingSnapshot) -> bytes:
    rows = RatingSnapshot.objects.filter(pk=snapshot.pk).values_list("rows", flat=True).get()
    return bytes(rows)


def _open(snapshot: RatingSnapshot) -> gzip.GzipFile:
    return gzip.GzipFile(fileobj=io.BytesIO(_packed(snapshot)))


def unpacked(snapshot: RatingSnapshot) -> Iterator[bytes]:
    """Yield rows.csv in parts: only the packed form is ever held whole."""
    with _open(snapshot) as file:
        while part := file.read(_PART):
            yield part


def rows_of(snapshot: RatingSnapshot, reference: str) -> Iterator[bytes]:
    """Yield the head of rows.csv and the lines of one company, which stand together."""
    mine = f"{reference},".encode()
    with _open(snapshot) as file:
        yield file.readline()
        for line in file:
            if line.startswith(mine):
                yield line
