"""
The archive's inside: data as CSV, what its columns mean as CSVW, and a manifest of all of it.

The manifest stands last, so an archive that was cut off has none.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from disclosure.open_data import describing
from disclosure.open_data.cells import as_json
from disclosure.open_data.everything.copying import write_csv
from disclosure.open_data.tables import OpenTable

MANIFEST = "manifest.json"
# Grows when a reader written for the older one would misread the archive.
FORMAT_VERSION = 1
# A better one makes the files a tenth smaller and takes three times as long.
_LEVEL = 1
_PIECE = 1 << 20


class _Entry:
    """Takes a file's bytes in any pieces; packs, counts and hashes them in large ones."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._waiting: list[bytes] = []
        self._waits = 0
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._waiting.append(data)
        self._waits += len(data)
        if self._waits >= _PIECE:
            self.flush()

    def flush(self) -> None:
        data = b"".join(self._waiting)
        self._waiting.clear()
        self._waits = 0
        self.size += len(data)
        self._digest.update(data)
        self._stream.write(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


class Pack:
    """An archive being written; `add` each table, then `close`."""

    def __init__(self, path: Path, *, day: date, made_at: datetime) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self._day = day
        self._moment = made_at
        self._files: list[dict[str, Any]] = []
        self.rows = 0

    def add(self, table: OpenTable) -> None:
        """Write the table and its description."""
        name, schema = f"data/{table.name}.csv", f"schema/{table.name}.json"
        with self._entry(name) as entry:
            rows = write_csv(table, entry)
        self.rows += rows
        described = describing.csvw(table, url=f"../{name}")
        with self._entry(schema) as about:
            about.write(_json(described))
        self._files.append(
            {
                "file": name,
                "table": table.name,
                "title": str(table.title),
                "rows": rows,
                "size": entry.size,
                "sha256": entry.sha256,
                "key": list(table.key),
                "schema": {"file": schema, "size": about.size, "sha256": about.sha256},
            }
        )

    def close(self) -> None:
        """Write the manifest and end the archive."""
        index = f"{settings.PUBLIC_URL}{reverse('open_data:index')}"
        manifest = {
            "format": "open-data-archive",
            "format_version": FORMAT_VERSION,
            "portal_version": settings.VERSION,
            "day": self._day.isoformat(),
            "snapshot_at": as_json(self._moment),
            "publisher": settings.CITY.center_name,
            "source": index,
            "licence": describing.LICENCE,
            "language": settings.LANGUAGE_CODE,
            "dialect": {"encoding": "utf-8", "delimiter": ",", "quote": '"', "line_end": "\n"},
            "rows": self.rows,
            "files": self._files,
        }
        with self._entry(MANIFEST) as entry:
            entry.write(_json(manifest))
        self._zip.close()

    @contextmanager
    def _entry(self, name: str) -> Iterator[_Entry]:
        # Its length is not known beforehand, and may pass what a plain ZIP can say.
        with self._zip.open(name, "w", force_zip64=True) as stream:
            entry = _Entry(stream)
            yield entry
            entry.flush()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
