"""Checking an archive by its own manifest: what whoever keeps a mirror can repeat."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from disclosure.open_data.everything.packing import FORMAT_VERSION, MANIFEST
from disclosure.open_data.tables import table
from disclosure.open_data.verifying import read_csv

_PIECE = 1 << 20
# After so many faults of one file the rest says nothing new.
_TOLD = 20


def check(stream: IO[bytes]) -> Iterator[str]:
    """Yield every fault of the archive; none means that it is right."""
    try:
        archive = zipfile.ZipFile(stream)
    except zipfile.BadZipFile:
        yield "no ZIP"
        return
    with archive:
        try:
            manifest = json.loads(archive.read(MANIFEST))
            files = [_named(line) for line in manifest["files"]]
            version = manifest["format_version"]
        except (KeyError, TypeError, ValueError):
            yield f"{MANIFEST}: missing or unreadable"
            return
        if version != FORMAT_VERSION:
            yield f"{MANIFEST}: version {version}, and this check knows {FORMAT_VERSION}"
            return
        names = {MANIFEST} | {name for line in files for name in (line["file"], line["schema"])}
        for name in sorted(set(archive.namelist()) - names):
            yield f"{name}: not in the manifest"
        for line in files:
            yield from _faults(archive, line)


def _named(line: dict[str, Any]) -> dict[str, Any]:
    schema = line["schema"]
    return {
        **{name: line[name] for name in ("file", "table", "rows", "size", "sha256")},
        "schema": schema["file"],
        "schema_size": schema["size"],
        "schema_sha256": schema["sha256"],
    }


def _faults(archive: zipfile.ZipFile, line: dict[str, Any]) -> Iterator[str]:
    for name, size, sha256 in (
        (line["file"], line["size"], line["sha256"]),
        (line["schema"], line["schema_size"], line["schema_sha256"]),
    ):
        try:
            same = _measured(archive, name) == (size, sha256)
        except KeyError:
            yield f"{name}: missing"
            return
        except zipfile.BadZipFile:
            same = False
        if not same:
            yield f"{name}: its bytes changed"
            return
    known = table(line["table"])
    if known is None:
        yield f"{line['file']}: no table of the dictionary"
        return
    rows = told = 0
    with archive.open(line["file"]) as stream:
        for _number, values in read_csv(known, stream):
            if not isinstance(values, str):
                rows += 1
            elif told < _TOLD:
                told += 1
                yield f"{line['file']}: {values}"
    if rows != line["rows"]:
        yield f"{line['file']}: {rows} rows, and the manifest says {line['rows']}"


def _measured(archive: zipfile.ZipFile, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()
