"""
What the document of the API says on top of what each call says of itself.

Rooms describe their calls; here stand the words of the whole (tags, an answer by example), put on
when the document is made, so that a new call has them without a line of its own.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import override

from accounts.rest.refusals import MEDIA_TYPE
from contact_center import problems

ABOUT = """
Requests to a city's housing contact centre, outages, houses and who runs them, ratings, guides,
receptions. Public reads need nothing; the rest needs a token (`Authorization: Token …`) whose
scopes stand beside each call, or the browser's session.

Every refusal is `application/problem+json` with a stable `code`, its words in Russian or, with
`Accept-Language: en`, in English. Pages are by cursor, answers have an `ETag`, writes take
`If-Match` and `Idempotency-Key` where they say so. All of it, with the limits and how a call goes
out of use: docs/api.md.
"""

# In the order of the reader.
TAGS = {
    "requests": "Filing a request, seeing how it goes, answering, confirming, objecting.",
    "uploads": "Photos and papers that a request will name.",
    "inbox": "What the holder of the account is told.",
    "categories": "The tree of matters that a request is about.",
    "buildings": "Houses by address or place.",
    "incidents": "Faults and planned outages.",
    "recalculation": "What a bill must be reduced by.",
    "guides": "What to do in a situation, with the clauses it rests on.",
    "reception": "Times at which the centre's people receive, and booking one.",
    "seminars": "Seminars, and signing up.",
    "tos": "Residents' self-government and councils of houses.",
    "desk": "What operators do: the work list, intake, steps, incidents, notices.",
    "cabinet": "What executors do with the requests of their organisations.",
    "outside": "Batches of states and acts, and letters from other portals.",
    "companies": "Management companies and suppliers.",
    "disclosure": "What companies publish by law, with dates and versions.",
    "ratings": "Published ratings, their indicators and what they are made of.",
    "questions": "Questions asked in public, and their answers.",
    "legal aid": "Whether the law gives a free lawyer.",
    "won": "Money won back, without names.",
    "statistics": "What the centre has done, counted.",
    "calendar": "Seminars, receptions and outages by day.",
    "webhooks": "News sent to a program's own address, signed.",
}

ANSWERED = Path(__file__).with_name("api_examples.json")

# Where no true example is kept (refusals): what a field of this name looks like; others get what
# their type says.
EXAMPLES: dict[str, Any] = {
    "address": "Светлореченск, ул. Садовая, д. 5",
    "amount": "125.40",
    "category": "ht_riser",
    "charge": "1250.00",
    "clause": "ПП РФ 354, прил. 1, п. 15",
    "code": "K7QM-2XHT-9VBD-4RNE",
    "company": "ООО «УК Садовая»",
    "cursor": "",
    "description": "С утра холодные батареи во всей квартире.",
    "district": "Заречный",
    "email": "anna@example.org",
    "executor_inn": "7325000006",
    "flat": "12",
    "house": "5",
    "html": "<p>…</p>",
    "inn": "7325000006",
    "lat": 54.3142,
    "lon": 48.4031,
    "month": "2026-01",
    "name": "Анна Петрова",
    "next": "",
    "number": "26-000123",
    "parent": "heating",
    "phone": "+79000000001",
    "previous": "",
    "question": "Почему в счёте отопление за лето?",
    "slug": "ht_riser",
    "street": "ул. Садовая",
    "tariff": "180.55",
    "text": "Мастер был, батареи тёплые.",
    "title": "Нет отопления",
    "topic": "request:26-000123",
    "tracking_code": "K7QM-2XHT-9VBD-4RNE",
}
_BY_FORMAT = {
    "date-time": "2026-03-02T12:00:00+04:00",
    "date": "2026-03-02",
    "uuid": "5f0c5a4e-6f0b-4c39-9b5e-0d3a1f2b7c11",
    "uri": "https://center.example/",
    "email": "anna@example.org",
    "binary": "…",
    "double": 1.5,
    "decimal": "1.50",
}
_BY_TYPE = {"integer": 1, "number": 1.5, "boolean": True, "string": "…", "null": None}
# A shape that holds itself ends here.
_DEEPEST = 20


def complete(result: dict[str, Any], **_more: Any) -> dict[str, Any]:
    """Put examples on every body of the document and words on its tags (a hook of spectacular)."""
    components = result.get("components", {}).get("schemas", {})
    used: set[str] = set()
    true = answered()
    for path, item in result.get("paths", {}).items():
        for method, operation in item.items():
            used |= set(operation.get("tags", ()))
            _as_answered(operation, true.get(f"{method.upper()} {path}", {}))
            if "requestBody" in operation:
                _exemplify(operation["requestBody"].get("content", {}), components)
            for status, answer in operation.get("responses", {}).items():
                _exemplify(answer.get("content", {}), components, status=status)
    result["info"]["description"] = ABOUT.strip()
    result["servers"] = [{"url": settings.PUBLIC_URL}]
    result["tags"] = [
        {"name": name, "description": words} for name, words in TAGS.items() if name in used
    ]
    return result


@cache
def answered() -> dict[str, dict[str, Any]]:
    """
    Return what was sent to each call of a planted city and what came back, by method and path.

    `sent` is the body if there was one, `status` and `answer` what was said. Made by
    `WRITE_EXAMPLES=1 pytest tests/contact_center/test_api_examples.py`, which fails when an answer
    has other members by now.
    """
    found: dict[str, dict[str, Any]] = json.loads(ANSWERED.read_text(encoding="utf-8"))
    return found


def _as_answered(operation: dict[str, Any], true: dict[str, Any]) -> None:
    bodies = {
        "sent": operation.get("requestBody", {}),
        "answer": operation.get("responses", {}).get(str(true.get("status")), {}),
    }
    for name, body in bodies.items():
        for media_type, content in body.get("content", {}).items():
            if name in true and "json" in media_type and "examples" not in content:
                content["example"] = true[name]


def _exemplify(content: dict[str, Any], components: dict[str, Any], *, status: str = "") -> None:
    for media_type, body in content.items():
        if "example" in body or "examples" in body or "schema" not in body:
            continue
        example = example_of(body["schema"], components)
        if media_type == MEDIA_TYPE and status.isdecimal():
            # The document is read by people of every language, its examples in one.
            with override("ru"):
                example = {**example, **problems.problem(int(status))}
        body["example"] = example


def example_of(
    schema: dict[str, Any], components: dict[str, Any], name: str = "", depth: int = 0
) -> Any:
    """Return a value that the schema allows; `name` is the field's."""
    if depth > _DEEPEST:
        return None
    if "example" in schema:
        return schema["example"]
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        found = components.get(schema["$ref"].rsplit("/", 1)[1], {})
        return example_of(found, components, name, depth + 1)
    for one in ("allOf", "oneOf", "anyOf"):
        if one in schema:
            return example_of(schema[one][0], components, name, depth + 1)
    if "default" in schema:
        return schema["default"]
    if "enum" in schema:
        return schema["enum"][0]
    return _plain(schema, components, name, depth)


def _plain(schema: dict[str, Any], components: dict[str, Any], name: str, depth: int) -> Any:
    kind = schema.get("type", "string")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object" or "properties" in schema:
        return {
            field: example_of(inner, components, field, depth + 1)
            for field, inner in schema.get("properties", {}).items()
        }
    if kind == "array":
        one = example_of(schema.get("items", {}), components, name, depth + 1)
        return [] if one is None else [one] * max(1, schema.get("minItems", 1))
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    named = EXAMPLES.get(name)
    if named is not None and _fits(named, kind, schema):
        return named
    if kind in ("integer", "number"):
        return max(_BY_TYPE[kind], schema.get("minimum", 1))
    return _BY_TYPE.get(kind)


def _fits(value: Any, kind: str, schema: dict[str, Any]) -> bool:
    if kind == "string":
        return (
            isinstance(value, str)
            and len(value) <= schema.get("maxLength", len(value))
            and re.search(schema.get("pattern", ""), value) is not None
        )
    return kind == "number" and isinstance(value, float)
