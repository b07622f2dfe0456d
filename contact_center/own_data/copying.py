"""
A copy of everything kept about a person: one ZIP for them and for programs.

`data.json` is for programs, `index.html` for people in their language, `files/` holds what they
sent. Rows are read in pages and files in pieces, so memory does not grow with the person.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import TextIOWrapper
from itertools import islice
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db.backends.postgresql.psycopg_any import Range
from django.db.models import JSONField
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.keeping import Section, column
from accounts.models import Upload, User
from contact_center.own_data import rooms
from notifications.events import EVENTS

# Changes when a key goes or means something else; docs/personal-data.md lists them.
FORMAT = "housing-contact-centre/own-data/1"
PAGE = 200
_ENDS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
}
Row = dict[str, Any]


def copy_of(user: User, *, at: datetime) -> IO[bytes]:
    """Return the ZIP as an open file that is gone when it is closed."""
    made = tempfile.TemporaryFile(prefix="own-data-")  # noqa: SIM115 — the answer closes it
    sections = rooms.export_of(user)
    with translation.override(user.language), ZipFile(made, "w", ZIP_DEFLATED) as archive:
        names = _put_files(archive, sections)
        with archive.open("data.json", "w", force_zip64=True) as raw:
            out = TextIOWrapper(raw, encoding="utf-8", write_through=True)
            for part in _json(sections, names, at=at):
                out.write(part)
            out.flush()
            out.detach()
        with archive.open("index.html", "w", force_zip64=True) as raw:
            for part in _html(sections, names, at=at):
                raw.write(part.encode())
    made.seek(0)
    return made


def _put_files(archive: ZipFile, sections: list[Section]) -> dict[UUID, str]:
    """Write the files once each; return where each lies, "" where its bytes are gone."""
    names: dict[UUID, str] = {}
    for section in sections:
        if section.uploads is None:
            continue
        for upload in section.uploads.order_by("pk").iterator(chunk_size=PAGE):
            if upload.pk not in names:
                names[upload.pk] = _put(archive, upload)
    return names


def _put(archive: ZipFile, upload: Upload) -> str:
    name = f"files/{upload.pk}.{_ENDS.get(upload.media_type, 'bin')}"
    info = ZipInfo(name, timezone.localtime(upload.created_at).timetuple()[:6])
    # Photos and PDFs are packed already.
    info.compress_type = ZIP_STORED
    try:
        stored = default_storage.open(upload.storage_key)
    except FileNotFoundError:
        return ""
    with stored, archive.open(info, "w", force_zip64=True) as out:
        shutil.copyfileobj(stored, out)
    return name


def _pages(section: Section) -> Iterator[list[Row]]:
    rows = iter(section.rows.values(*section.fields).iterator(chunk_size=PAGE))
    while page := list(islice(rows, PAGE)):
        yield page


def _json(sections: list[Section], names: dict[UUID, str], *, at: datetime) -> Iterator[str]:
    said = json.dumps
    yield f'{{"format": {said(FORMAT)}, "made_at": {said(at.isoformat())}, "sections": {{'
    for number, section in enumerate(sections):
        yield f"{',' if number else ''}\n{said(section.key)}: ["
        comma = ""
        for page in _pages(section):
            for row in page:
                yield f"{comma}\n" + said(
                    {name: _plain(value) for name, value in _with_file(row, names).items()},
                    cls=DjangoJSONEncoder,
                    ensure_ascii=False,
                )
                comma = ","
        yield "]"
    yield "}}\n"


def _html(sections: list[Section], names: dict[UUID, str], *, at: datetime) -> Iterator[str]:
    yield render_to_string(
        "own_data/copy_head.html", {"at": at, "city_center": settings.CITY.center_name}
    )
    for section in sections:
        yield render_to_string("own_data/copy_section.html", {"section": section})
        rows: list[list[dict[str, str]]] = []
        for page in _pages(section):
            rows = [list(_in_words(section, row, names)) for row in page]
            yield render_to_string("own_data/copy_rows.html", {"rows": rows})
        if not rows:
            yield render_to_string("own_data/copy_rows.html", {"rows": rows})
    yield "</main></body></html>\n"


def _with_file(row: Row, names: dict[UUID, str]) -> Row:
    key = _upload_in(row)
    return row if key is None else {**row, "file": names.get(key, "")}


def _upload_in(row: Row) -> UUID | None:
    for name in ("upload_id", "id"):
        if isinstance(row.get(name), UUID):
            return row[name]
    return None


def _plain(value: Any) -> Any:
    return [value.lower, value.upper] if isinstance(value, Range) else value


def _in_words(section: Section, row: Row, names: dict[UUID, str]) -> Iterator[dict[str, str]]:
    """Yield label and value of each column that says something."""
    for path, value in row.items():
        field = column(section.rows, path.removesuffix("_id"))
        # What only a program reads stays in data.json.
        if value in (None, "", []) or isinstance(field, JSONField):
            continue
        if isinstance(value, UUID):
            yield {"label": _("File"), "value": names.get(value, ""), "href": names.get(value, "")}
            continue
        label = str(getattr(field, "verbose_name", path))
        yield {"label": capfirst(label), "value": _words(field, value)}


def _words(field: Any, value: Any) -> str:
    if field.name == "event" and value in EVENTS:
        return str(EVENTS[value].label)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    match value:
        case bool():
            return _("yes") if value else _("no")
        case datetime():
            return formats.date_format(timezone.localtime(value), "j E Y, H:i")
        case date():
            return formats.date_format(value, "j E Y")
        case time():
            return f"{value:%H:%M}"
        case Range():
            return " – ".join(_words(field, end) for end in (value.lower, value.upper) if end)
        case list():
            return ", ".join(str(one) for one in value)
    return str(value)
