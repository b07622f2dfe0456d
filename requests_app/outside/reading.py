"""
Letters out of a file: the table or the JSON that a portal exports.

Each row is told by itself: one that cannot be read is refused with its reason, the others go on.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from disclosure.sheets.reading import Limits, Unreadable, lines
from requests_app.exchange.sending import Sent
from requests_app.outside import letters, sources
from requests_app.outside.sources import Source

LIMITS = Limits(megabytes=10, unpacked_megabytes=60, rows=5_001)
_MOST_DEEP = 6


def rows_of(data: bytes, source: Source, *, at: datetime) -> list[Sent]:
    """Return the letters of a file; raise Unreadable for what is none of this source."""
    start = data.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    records = _of_json(data, source) if start in (b"{", b"[") else _of_table(data, source)
    rows = [sent(record, at=at) for record in records]
    if not rows:
        raise Unreadable(_("The file has no letters."))
    return rows


def sent(record: Mapping[str, Any], *, at: datetime) -> Sent:
    """Return the row of a letter's fields, with its fault if it can be no letter."""
    number = str(record.get(sources.NUMBER) or "").replace("\x00", "")[:200]
    try:
        letters.read(record, at=at)
    except letters.Wrong as wrong:
        return Sent(key=number, number=number[:64], fault=(wrong.field, wrong.message))
    body = {name: _clean(record[name]) for name in sources.FIELDS if record.get(name) is not None}
    return Sent(key=number, number=number, body=body)


def _clean(value: Any) -> Any:
    # No JSON of the database takes zero bytes or halves of surrogate pairs.
    if not isinstance(value, str):
        return value
    return value.replace("\x00", "").encode(errors="replace").decode()


def _of_json(data: bytes, source: Source) -> Iterator[dict[str, Any]]:
    if len(data) > LIMITS.megabytes * 1024 * 1024:
        raise Unreadable(_("The file is larger than %(count)d MB.") % {"count": LIMITS.megabytes})
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unreadable(_("The file is not JSON in UTF-8.")) from None
    if isinstance(found, dict):
        found = found.get(source.list_name)
    if not isinstance(found, list):
        raise Unreadable(_("No list «%(name)s» in the file.") % {"name": source.list_name})
    if len(found) >= LIMITS.rows:
        raise Unreadable(_("More than %(count)d rows.") % {"count": LIMITS.rows - 1})
    for record in found:
        yield sources.flat(source, record) if isinstance(record, dict) else {}


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _of_table(data: bytes, source: Source) -> Iterator[dict[str, Any]]:
    found = lines(data, LIMITS)
    head = next(found, None)
    if head is None:
        raise Unreadable(_("The file is empty."))
    known = {name.casefold(): field for field, name in source.headings.items()}
    places: dict[str, int] = {}
    for place, text in enumerate(head.cells):
        field = known.get(text.casefold())
        if field in places:
            raise Unreadable(_("The column «%(name)s» stands twice.") % {"name": text})
        if field:
            places[field] = place
    for field in sources.NEEDED:
        if field not in places:
            raise Unreadable(_("No column «%(name)s».") % {"name": source.headings[field]})
    for line in found:
        yield {
            field: line.cells[place] for field, place in places.items() if place < len(line.cells)
        }
