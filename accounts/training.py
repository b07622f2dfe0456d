"""A drill is no city: what must never happen in one refuses by itself, whoever calls it."""

from __future__ import annotations

from django.conf import settings


class InDrill(RuntimeError):
    """Something that reaches people or the public was asked for in a drill; it names what."""


def real_only(what: str) -> None:
    """Raise InDrill if this portal is a drill (`DRILL=1`); `what` names the thing refused."""
    if settings.DRILL:
        raise InDrill(f"{what}: refused, because this portal is a drill")
