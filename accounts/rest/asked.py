"""
What the address of a call asks: names it knows, and their values read and checked.

The names come from the `OpenApiParameter`s of the call's `extend_schema`, so what the document says
and what the call takes cannot differ.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.problems import Problem
from accounts.rest.refusals import wrong

_YES, _NO = {"1", "true", "yes"}, {"", "0", "false", "no"}
# No key of a row is longer.
_DIGITS = 18
# Moments outside cannot be carried into another zone, nor into Postgres.
_YEARS = range(2, 9999)


def parameters_of(view: APIView, method: str) -> list[OpenApiParameter]:
    """Return the parameters that the call's description lists, its own and the common ones."""
    inspector = inspector_of(view, method)
    return [one for one in inspector.get_override_parameters() if isinstance(one, OpenApiParameter)]


def inspector_of(view: APIView, method: str) -> Any:
    """Return what describes the method of the view: its `extend_schema`, else the default."""
    from accounts.rest.schema import CallSchema

    handler = getattr(view, method.lower(), None)
    kind = getattr(handler, "kwargs", {}).get("schema", CallSchema)
    inspector = kind()
    inspector.view, inspector.method = view, method.upper()
    return inspector


def refuse_unknown(http: Request, known: Collection[str]) -> None:
    """Raise Problem 400 for the first parameter of the address that is not in `known`."""
    for name in http.query_params:
        if name not in known:
            shown = name[:100]
            raise Problem(
                _("This call knows no parameter «%(name)s».") % {"name": shown},
                code="unknown_parameter",
                errors={shown: _("There is no such parameter.")},
            )


def words(http: Request, name: str, *, most: int = 200) -> str:
    """Return the parameter's text on one line, cut to `most` signs; "" without it."""
    return " ".join(http.query_params.get(name, "").replace("\x00", " ").split())[:most]


def flag(http: Request, name: str) -> bool:
    """Return whether the parameter says yes; raise Problem 400 for what is neither."""
    said = http.query_params.get(name, "").strip().lower()
    if said not in _YES | _NO:
        raise wrong(name, _("Write true or false."))
    return said in _YES


def number(http: Request, name: str) -> int | None:
    """Return the parameter as the id of a row, None without it; raise Problem 400."""
    said = http.query_params.get(name, "").strip()
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and len(said) <= _DIGITS):
        raise wrong(name, _("Write a whole number."))
    return int(said)


def needed_number(http: Request, name: str) -> int:
    """Return the parameter as the id of a row; raise Problem 400 also without it."""
    read = number(http, name)
    if read is None:
        raise wrong(name, _("This parameter is needed."), code="required")
    return read


def one_of(http: Request, name: str, choices: Collection[str], default: str = "") -> str:
    """Return the parameter if it is one of `choices`, `default` without it; raise Problem 400."""
    said = http.query_params.get(name, "").strip() or default
    if said != default and said not in choices:
        raise wrong(name, _("There is no such value. Known are: %s.") % ", ".join(choices))
    return said


def some_of(http: Request, name: str, choices: Collection[str]) -> list[str]:
    """Return the values that the parameter names by commas; raise Problem 400 for another one."""
    said = [part.strip() for part in http.query_params.get(name, "").split(",") if part.strip()]
    if set(said) - set(choices):
        raise wrong(name, _("There is no such value. Known are: %s.") % ", ".join(choices))
    return said


def moment(http: Request, name: str) -> datetime | None:
    """Return the parameter as an aware moment, None without it; raise Problem 400."""
    # A bare plus in an address is a space.
    said = http.query_params.get(name, "").strip().replace(" ", "+")
    if not said:
        return None
    try:
        read = parse_datetime(said)
    except ValueError:
        read = None
    if read is None or read.year not in _YEARS:
        raise wrong(name, _("Write a moment: 2026-11-29T12:00:00+04:00."))
    # As UTC: Postgres takes no offset of sixteen hours and more, Python does.
    aware = read if timezone.is_aware(read) else timezone.make_aware(read)
    return aware.astimezone(UTC)


def day(http: Request, name: str) -> date | None:
    """Return the parameter as a day, None without it; raise Problem 400."""
    said = http.query_params.get(name, "").strip()
    if not said:
        return None
    try:
        read = parse_date(said)
    except ValueError:
        read = None
    if read is None or read.year not in _YEARS:
        raise wrong(name, _("Write a day: 2026-11-29."))
    return read
