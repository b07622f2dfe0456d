"""What a higher room adds to a page of this one: a template's name and its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.actors import Actor


@dataclass(frozen=True)
class Panel:
    """
    A part of a page, rendered as `{% include panel.template with value=panel.values only %}`.

    A panel without a template shows nothing.
    """

    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


Maker = Callable[[Any, Actor, datetime], Panel]


def make(makers: Iterable[Maker], subject: Any, *, actor: Actor, at: datetime) -> list[Panel]:
    """Return the panels that have something to show, in the order given."""
    made = (maker(subject, actor, at) for maker in makers)
    return [panel for panel in made if panel.template]
