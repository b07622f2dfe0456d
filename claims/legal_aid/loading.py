"""
Bringing the files' grounds of legal aid and scales of the duty into the database.

A row remembers the fingerprint of the values last loaded into it. Where its values have another,
somebody edited it here, and the file gives way.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from claims.models import AidGround, DutyStep
from claims.models.figures import FigureRow
from claims.models.legal_aid import GroundLevel, GroundPart
from requests_app.reference.loading import fingerprint

GROUNDS = Path(__file__).with_name("grounds.toml")
DUTY = Path(__file__).parents[1] / "court" / "duty.toml"
_GROUND = (
    "part",
    "level",
    "words",
    "papers",
    "clause",
    "source",
    "confidence",
    "until",
    "position",
)
_STEP = ("fixed_rub", "percent", "clause", "source", "until")


class Unreadable(Exception):
    """A file has a mistake; the message says where."""


@dataclass
class Loaded:
    """What a load did; `kept` names rows that were edited here."""

    counts: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)


@transaction.atomic
def load(*, grounds: Path = GROUNDS, duty: Path = DUTY) -> Loaded:
    """Make the database say what the files say; safe to repeat. Raise Unreadable."""
    done = Loaded()
    try:
        rows = list(_grounds(tomllib.loads(grounds.read_text(encoding="utf-8"))))
        steps = list(_steps(tomllib.loads(duty.read_text(encoding="utf-8"))))
    except (KeyError, TypeError, ValueError, ArithmeticError) as wrong:
        raise Unreadable(f"{type(wrong).__name__}: {wrong}") from None
    for values in rows:
        _put(AidGround, ("code", "since"), _GROUND, values, done)
    for values in steps:
        _put(DutyStep, ("up_to_rub", "since"), _STEP, values, done)
    return done


def _put(
    model: type[AidGround] | type[DutyStep],
    keys: tuple[str, ...],
    own: tuple[str, ...],
    values: dict[str, Any],
    done: Loaded,
) -> None:
    key = {name: values[name] for name in keys}
    row: Any = model._default_manager.select_for_update().filter(**key).first()
    word = str(model._meta.model_name)
    mark = fingerprint({name: values[name] for name in own})
    if row is None:
        model._default_manager.create(**values, loaded_hash=mark)
        done.counts[f"{word} added"] += 1
        return
    if row.loaded_hash == mark:
        done.counts[f"{word} unchanged"] += 1
        return
    if row.loaded_hash != fingerprint({name: getattr(row, name) for name in own}):
        done.kept.append(f"{word} {key}: edited here, the file gives way")
        return
    for name in own:
        setattr(row, name, values[name])
    row.loaded_hash = mark
    row.save()
    done.counts[f"{word} changed"] += 1


def _grounds(content: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for position, row in enumerate(content["ground"]):
        yield {
            "code": row["code"],
            "since": _day(row.get("since", content["since"])),
            "until": _day(row["until"]) if "until" in row else None,
            "part": GroundPart(row["part"]).value,
            "level": GroundLevel(row.get("level", GroundLevel.FEDERAL)).value,
            "words": row["words"],
            "papers": "\n".join(row.get("papers", [])),
            "clause": row["clause"],
            "source": row.get("source", content["source"]),
            "confidence": FigureRow.Confidence(row["confidence"]).value,
            "position": position,
        }


def _steps(content: dict[str, Any]) -> Iterable[dict[str, Any]]:
    cent = Decimal("0.01")
    for scale in content["scale"]:
        for step in scale["steps"]:
            yield {
                "up_to_rub": Decimal(step["up_to"]).quantize(cent),
                "fixed_rub": Decimal(step["fixed"]).quantize(cent),
                "percent": Decimal(step.get("percent", "0")).quantize(cent),
                "clause": scale["clause"],
                "source": scale["source"],
                "since": _day(scale["since"]),
                "until": _day(scale["until"]) if "until" in scale else None,
            }


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"not a date: {value!r}")
    return value
