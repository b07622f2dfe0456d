"""
What an event is about, as the room that knows it tells: named in settings.WEBHOOK_SUBJECTS.

The rooms stand above this one, so they are named by path there, as links of letters are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.actors import Actor
from notifications.webhooks.catalogue import TEST, TYPES, EventType


@dataclass(frozen=True, kw_only=True)
class Keys:
    """
    What subscriptions are found by; None where a filter has nothing to say of such a subject.

    `is_public` is False for what only staff and the organisation `inn` may know of.
    `open_buildings` are those of `buildings` that everybody may be told.
    """

    is_public: bool = True
    inn: str = ""
    categories: tuple[str, ...] | None = None
    districts: tuple[str, ...] | None = None
    inns: tuple[str, ...] | None = None
    buildings: tuple[int, ...] | None = None
    open_buildings: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Choice:
    """A value of a filter; those that are not `on_page` are for programs."""

    code: str
    label: str
    on_page: bool = True


@dataclass(frozen=True, kw_only=True)
class Subject:
    """
    One kind of subject: `keys` of an id, None if it is gone; and what `shown` tells an actor.

    `shown` returns what the actor's own REST read would, without any contact, or None for what
    they may not read; of an inner event only insiders may. `shape` is the serializer that
    describes it. `choices` are the values that filters by «categories» and «statuses» may have,
    each with its words and whether it stands on the page.
    """

    keys: Callable[[int], Keys | None]
    shown: Callable[[int, Actor, EventType], Mapping[str, Any] | None]
    shape: Any
    # Serializers of the facts of its events, by the codes of these; none: there are no facts.
    facts: Mapping[str, Any] = field(default_factory=dict)
    choices: Callable[[], Mapping[str, Sequence[Choice]]] = dict


@cache
def subject_of(kind: EventType) -> Subject:
    """Return how the subject of such events is read."""
    found: Subject = import_string(settings.WEBHOOK_SUBJECTS[kind.subject])
    return found


def choices() -> dict[str, list[Choice]]:
    """Return the values that filters may have, by the name of the filter."""
    found: dict[str, list[Choice]] = {
        "districts": [Choice(name, name) for name in settings.CITY.districts]
    }
    for kind in {one.subject: one for one in TYPES.values()}.values():
        for name, values in subject_of(kind).choices().items():
            found.setdefault(name, []).extend(values)
    return found


def type_of(code: str) -> EventType | None:
    """Return the type of this code; None for one that an older portal knew."""
    return TEST if code == TEST.code else TYPES.get(code)
