"""The catalogue of events holds each that some room writes, and no reader is without a say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import pytest
from django.conf import settings

from claims.steps import STEPS as CLAIM_STEPS
from notifications.events import EVENTS, GROUPS, KINDS
from requests_app.models import Rung, UpdateKind
from requests_app.steps import STEPS, Role

ROOMS = (
    *("accounts", "notifications", "disclosure", "requests_app", "claims"),
    *("ratings", "outreach", "contact_center"),
)
# What stands in the braces of `event=f"request.{…}"`, by the start of the text.
LINES = ("comment", "planned", "reacted", "visit", "inspected", "answered", "extended")
PARTS = {
    "request.": {
        "file",
        *(step.name for step in STEPS if Role.RESIDENT in step.tells),
        *LINES,
        "recategorised",
    },
    "executor.": {
        "file",
        *(step.name for step in STEPS if Role.EXECUTOR in step.tells),
        *LINES,
        "recategorised",
    },
    "joined.": {step.name for step in STEPS if step.target == "closed"},
    "followed.": {step.name for step in STEPS},
    "claim.": {"file", *(step.name for step in CLAIM_STEPS if Role.RESIDENT in step.tells)},
    "executor.claim.": {
        "file",
        *(step.name for step in CLAIM_STEPS if Role.EXECUTOR in step.tells),
    },
    "overdue.": set(Rung.values),
    "incident.": set(UpdateKind.values),
    "rating.": {"comments", "decided"},
    "reception.": {"booked", "moved", "cancelled", "called_off", "place"},
    "question.": {"asked", "answered", "declined"},
    "court.": {"step", "reminder", "hearing", "hearing_moved", "hearing_cancelled"},
    "seminar.": {
        *("seated", "waiting", "offered", "offer_over", "cancelled"),
        *("changed", "called_off", "over", "again"),
    },
    "call_back.": {"booked", "moved", "cancelled"},
}


def events_in_code() -> Iterator[tuple[str, str]]:
    """Yield place and text of each `event=` in a call; braces as «{}»."""
    for room in ROOMS:
        for path in (settings.BASE_DIR / room).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not isinstance(
                    node.func, ast.Attribute | ast.Name
                ):
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                if name not in {"enqueue", "Letter"}:
                    continue
                for word in node.keywords:
                    for text in _texts(word.value) if word.arg == "event" else ():
                        yield f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}", text


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts
            )
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)


def test_every_event_that_code_writes_is_in_the_catalogue():
    found = list(events_in_code())
    assert len(found) > 15
    for place, text in found:
        start, braces, _rest = text.partition("{}")
        codes = {f"{start}{part}" for part in PARTS[start]} if braces else {text}
        assert codes <= EVENTS.keys(), f"{place}: {sorted(codes - EVENTS.keys())}"


def test_every_letter_about_an_account_is_in_the_catalogue():
    base = Path(allauth.__file__).parent / "templates"
    for room in ("account", "mfa"):
        for path in (base / room / "email").glob("*_subject.txt"):
            code = f"{room}.email.{path.name.removesuffix('_subject.txt')}"
            assert code in EVENTS, code


def test_each_kind_has_events_and_each_code_is_plain():
    for kind in KINDS:
        assert kind.group in GROUPS
        assert any(event.kind is kind for event in EVENTS.values()), kind.code
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    for code, event in EVENTS.items():
        assert event.code == code
        assert re.fullmatch(r"[a-z_.]{3,64}", code)
        assert str(event.label)


@pytest.mark.parametrize("code", ["account.email.login_code", "follow.confirm", "outages.confirm"])
def test_what_guards_a_person_is_nobodys_choice(code):
    assert EVENTS[code].kind is None
