"""
The script of a storm: who calls when about what, and what an operator should make of it.

Read from storm.toml; every mistake in it is named by its call. Minutes are the storm's own: at
speed 5 one of them passes in twelve seconds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from requests_app.statuses import Channel

FILE = Path(__file__).with_name("storm.toml")
# What answers when an operator asks and the script has no better words.
ANSWER = "Да, всё верно. Приходите, кто-нибудь дома будет весь день."


class Unreadable(Exception):
    """The script has mistakes; each line of the message names a call and what is wrong there."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """
    One call of the storm.

    `at` is its minute; `place` names a street of the script and a house there, «main:2»; `matter`
    is what the caller says it is, `really` what it is (a category's slug each). `fault` names the
    mass fault it belongs to, `same_as` the call that told of the same before, `is_prank` a call
    that must be closed with a reason. `again` are the words of each further call while nobody
    reacts within the norm's time.
    """

    code: str
    at: float
    place: str
    matter: str
    text: str
    caller: str
    phone: str
    channel: Channel = Channel.PHONE
    flat: str = ""
    really: str = ""
    fault: str = ""
    same_as: str = ""
    is_prank: bool = False
    answer: str = ANSWER
    again: tuple[str, ...] = ()

    @property
    def right_matter(self) -> str:
        """The matter under which it must be worked on."""
        return self.really or self.matter


@dataclass(frozen=True)
class Storm:
    """A whole script: its name, the streets by the name that calls use, and its calls in order."""

    title: str
    places: dict[str, str]
    calls: tuple[Call, ...]

    @property
    def minutes(self) -> float:
        """When the last scripted call comes."""
        return self.calls[-1].at

    def call(self, code: str) -> Call:
        """Return the call of this code; raise KeyError."""
        return {call.code: call for call in self.calls}[code]


@cache
def read(path: Path = FILE) -> Storm:
    """Return the storm of the file; raise Unreadable."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise Unreadable(f"{path.name}: {wrong}") from None
    wrongs: list[str] = []
    calls: list[Call] = []
    for entry in content.get("calls", []):
        try:
            calls.append(_call(entry))
        except (TypeError, ValueError) as wrong:
            wrongs.append(f"{entry.get('code', '?')}: {wrong}")
    storm = Storm(
        str(content.get("title", "")),
        {str(name): str(rule) for name, rule in content.get("places", {}).items()},
        tuple(sorted(calls, key=lambda call: call.at)),
    )
    wrongs += _crosswise(storm)
    if wrongs or not calls:
        raise Unreadable("\n".join(wrongs) or f"{path.name}: no calls")
    return storm


def _call(entry: dict[str, Any]) -> Call:
    known = {field.name for field in fields(Call)}
    if unknown := sorted(entry.keys() - known):
        raise ValueError(f"unknown: {', '.join(unknown)}")
    values = dict(entry)
    if "channel" in values:
        values["channel"] = Channel(values["channel"])
    values["again"] = tuple(values.get("again", ()))
    call = Call(**values)
    if call.at < 0:
        raise ValueError("`at` is before the storm")
    return call


def _crosswise(storm: Storm) -> Iterator[str]:
    """Yield what is wrong between calls: double codes, unknown streets, a repeat of nothing."""
    seen: set[str] = set()
    for call in storm.calls:
        if call.code in seen:
            yield f"{call.code}: named twice"
        if call.same_as and call.same_as not in seen:
            yield f"{call.code}: same_as names no earlier call"
        name, _, number = call.place.partition(":")
        if name not in storm.places or not number.isdecimal():
            yield f"{call.code}: place “{call.place}” is none of the script's"
        seen.add(call.code)
