"""
One structure, two writings: the «Spark» convention of Open311.

JSON leaves the outermost wrapper out. XML keeps it and puts the singular between a list and its
items. Neither drops a field that is empty: `null`, `<address_id/>`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

XML, JSON = "xml", "json"
MEDIA_TYPES = {XML: "text/xml", JSON: "application/json"}
SINGULAR = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "notes": "note",
    "service_request_updates": "request_update",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
_PROLOGUE = '<?xml version="1.0" encoding="utf-8"?>\n'
# What XML 1.0 cannot hold; a carriage return it would read as a line's end.
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Thing = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a call answers: `root` is the wrapper's name, `value` a thing or a list of things."""

    root: str
    value: Thing | Sequence[Thing]


@dataclass(frozen=True)
class Stream:
    """A list too long to be held: its items are written as they come."""

    root: str
    items: Iterable[Thing]


def respond(
    answer: Answer | Stream, form: str, *, status: int = 200, bare_type: bool = False
) -> HttpResponseBase:
    """Return the answer in `form`, "xml" or "json"; `bare_type` names no charset."""
    media_type = MEDIA_TYPES[form] + ("" if bare_type else "; charset=utf-8")
    if isinstance(answer, Stream):
        parts = _xml_parts(answer) if form == XML else _json_parts(answer)
        return StreamingHttpResponse(
            (part.encode() for part in parts), status=status, content_type=media_type
        )
    text = written(answer, form)
    return HttpResponse(text.encode(errors="replace"), status=status, content_type=media_type)


def written(answer: Answer, form: str) -> str:
    """Return the answer as text."""
    if form == XML:
        return _PROLOGUE + _xml(answer.root, answer.value)
    return _json(answer.value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _xml(name: str, value: Any) -> str:
    match value:
        case None | "":
            return f"<{name}/>"
        case str():
            inner = escape(_NOT_XML.sub("", value))
        case True:
            inner = "true"
        case False:
            inner = "false"
        case Mapping():
            inner = "".join([_xml(key, one) for key, one in value.items()])
        case Sequence():
            inner = "".join([_xml(SINGULAR[name], one) for one in value])
        case _:
            inner = str(value)
    return f"<{name}>{inner}</{name}>"


def _xml_parts(answer: Stream) -> Iterator[str]:
    yield f"{_PROLOGUE}<{answer.root}>"
    for item in answer.items:
        yield _xml(SINGULAR[answer.root], item)
    yield f"</{answer.root}>"


def _json_parts(answer: Stream) -> Iterator[str]:
    before = "["
    for item in answer.items:
        yield before + _json(item)
        before = ","
    yield "[]" if before == "[" else "]"
