"""
Statements of a call: recorded once inside the portal, then played by others as its floor.

What a call makes anew (ids, numbers, random codes) is known by its value, and the player puts its
own fresh value wherever the recorded one stood.
"""

from __future__ import annotations

import json
import pickle
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg2.extras import Json

_HEX = re.compile(r"^[0-9a-f]{64}$")
_DIGITS = re.compile(r"\d+")
_MAKES = re.compile(r"\s*(.*; )?(INSERT|SELECT requests_app_next_number)", re.DOTALL)
_CONTROL = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK", "BEGIN", "COMMIT")


@dataclass
class JsonValue:
    """What Django wraps for a JSON column, in a form that can be kept in a file."""

    data: Any


def _kept(value: Any) -> Any:
    """Return the value as plain types: the floor knows none of the portal's classes."""
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "adapted"):
        return JsonValue(json.loads(json.dumps(value.adapted, default=str)))
    if isinstance(value, list | tuple):
        return [_kept(part) for part in value]
    return str(value) if isinstance(value, str) else value


@dataclass
class Statement:
    """One statement, its values, and the first row it gave when it was recorded."""

    sql: str
    values: Any
    first: tuple[Any, ...] | None


@dataclass
class Script:
    """A recorded call."""

    name: str
    writes: bool
    statements: list[Statement] = field(default_factory=list)


def record(name: str, call: Callable[[], Any], *, writes: bool = False) -> Script:
    """Return the statements that `call` sends over Django's connection."""
    script = Script(name, writes)

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        result = execute(sql, params, many, context)
        if not sql.startswith(_CONTROL):
            raw, first = context["cursor"].cursor, None
            if raw.description:
                first = raw.fetchone()
                if first is not None:
                    raw.scroll(0, mode="absolute")
            kept = params and (
                {name: _kept(value) for name, value in params.items()}
                if isinstance(params, dict)
                else [_kept(value) for value in params]
            )
            script.statements.append(Statement(str(sql), kept, first))
        return result

    with connection.execute_wrapper(listen):
        call()
    return script


def save(script: Script, folder: Path) -> None:
    """Keep the script where the bare server finds it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{script.name}.pickle").write_bytes(pickle.dumps(script))


def load(folder: Path, name: str) -> Script:
    """Return a script kept by `save`: our own file, in our own folder."""
    script: Script = pickle.loads((folder / f"{name}.pickle").read_bytes())
    return script


def play(script: Script, cursor: Any, instead: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """
    Do the statements; return the rows that they gave, and the ids made.

    `instead` maps recorded values, as text, to those of this call.
    """
    swap = dict(instead)
    rows: list[Any] = []
    made: list[Any] = []
    for statement in script.statements:
        cursor.execute(statement.sql, _ready(statement.values, swap if script.writes else None))
        if not cursor.description:
            continue
        found = cursor.fetchall()
        rows += found
        if script.writes and statement.first and _MAKES.match(statement.sql):
            old, new = statement.first[0], found[0][0]
            made.append(new)
            swap[str(old)] = new
            # A number is written with leading zeros.
            swap[f"{old:06d}"] = f"{new:06d}"
    return rows, made


def _ready(values: Any, swap: dict[str, Any] | None) -> Any:
    if values is None:
        return None
    if isinstance(values, dict):
        return {name: _value(value, swap) for name, value in values.items()}
    return [_value(value, swap) for value in values]


def _value(value: Any, swap: dict[str, Any] | None) -> Any:
    if isinstance(value, JsonValue):
        return Json(_swapped(value.data, swap) if swap is not None else value.data)
    if isinstance(value, list):
        # Rows written in bulk come as arrays of a column's values.
        return [_value(part, swap) for part in value]
    return _swapped(value, swap) if swap is not None else value


def _swapped(value: Any, swap: dict[str, Any]) -> Any:
    match value:
        case bool() | None:
            return value
        case int():
            return swap.get(str(value), value)
        case uuid.UUID():
            return swap.setdefault(str(value), uuid.uuid4())
        case dict():
            return {key: _swapped(part, swap) for key, part in value.items()}
        case list():
            return [_swapped(part, swap) for part in value]
        case str() if _HEX.match(value):
            return swap.setdefault(value, uuid.uuid4().hex * 2)
        case str():
            return _DIGITS.sub(lambda found: str(swap.get(found[0], found[0])), value)
    return value


@contextmanager
def undone() -> Iterator[None]:
    """Roll back all that happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
