"""The questions of a matter beside the standard's own fields, and reading what was answered."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import structlog
from django.http import QueryDict
from django.utils.translation import gettext as _

from requests_app.models import Category

log = structlog.get_logger(__name__)

FLAT, ENTRANCE, CONSENT, PUBLIC = "flat", "entrance", "consent", "public"
# The client's own number of the report, whichever it is called by; the first given counts.
REFERENCES = ("client_reference", "fixmystreet_id")
KNOWN = frozenset({FLAT, ENTRANCE, CONSENT, PUBLIC, *REFERENCES})
_NAME = re.compile(r"attribute\[([^\]]{1,64})\](?:\[\])?")
_LOGGED = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_YES, _NO = frozenset({"yes", "true", "1", "on"}), frozenset({"no", "false", "0", "off"})


def of(category: Category) -> list[dict[str, Any]]:
    """Return the attributes of a matter as its definition lists them, in order."""
    shown = []
    if category.stop_message:
        # Read before anything is typed: who must be called, or who answers instead.
        shown.append(_attribute("before_filing", "text", category.stop_message, variable=False))
    shown += [
        _attribute(FLAT, "string", _("Flat"), hint=_("Not shown to anybody but who repairs")),
        _attribute(ENTRANCE, "string", _("Entrance")),
        _attribute(
            CONSENT,
            "singlevaluelist",
            _("I agree that my contact is processed to answer my request (152-FZ)"),
            required=True,
            values=[{"key": "yes", "name": _("Yes")}],
        ),
        _attribute(
            PUBLIC,
            "singlevaluelist",
            _("Show the matter, the house and how it goes to everybody"),
            hint=_("Words, photos, flat and contact are never shown"),
            values=[{"key": "yes", "name": _("Yes")}, {"key": "no", "name": _("No")}],
        ),
        _attribute("client_reference", "string", _("Number in your system"), hidden="hidden_field"),
        _attribute("fixmystreet_id", "string", _("Number in FixMyStreet"), hidden="server_set"),
    ]
    return [{**one, "order": place} for place, one in enumerate(shown, start=1)]


def _attribute(
    code: str,
    datatype: str,
    description: str,
    *,
    variable: bool = True,
    required: bool = False,
    hint: str = "",
    values: list[dict[str, str]] | None = None,
    hidden: str = "",
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "variable": variable,
        "code": code,
        "datatype": datatype,
        "required": required,
        "datatype_description": hint or None,
        "description": description,
        "values": values or [],
    }
    if hidden:
        # mySociety's extension: the client fills it in, or hides it.
        found["automated"] = hidden
    return found


def given(form: QueryDict, known: Iterable[str] = KNOWN) -> dict[str, str]:
    """
    Return what was answered, by code: `attribute[code]`, once or repeated, or `attribute[code][]`.

    Of several values of ours the last that says something counts. Unknown ones are left out and
    their names logged: fronts send numbers of their own along.
    """
    known = frozenset(known)
    found: dict[str, str] = {}
    unknown: set[str] = set()
    for name, texts in form.lists():
        if not (match := _NAME.fullmatch(name)):
            continue
        code = match[1]
        if code not in known:
            unknown.add(code if _LOGGED.fullmatch(code) else "?")
            continue
        for text in texts:
            if str(text).strip():
                found[code] = str(text).strip()
    if unknown:
        log.info("open311_unknown_attributes", codes=sorted(unknown)[:20])
    return found


def is_yes(text: str) -> bool | None:
    """Return what a yes-or-no answer says; None for neither."""
    word = text.lower()
    return True if word in _YES else False if word in _NO else None
