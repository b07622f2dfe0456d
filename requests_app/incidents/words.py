"""What a line of an incident's news says, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from disclosure.utilities import Utility
from requests_app.models import Incident, IncidentKind, UpdateKind


def words_of(kind: str, told: Mapping[str, Any] | None, text: str) -> str:
    """
    Return the words of a line: people's `text`, or what the portal's values tell.

    `told` is of IncidentUpdate, None for lines of people and for all of before.
    """
    if not told:
        return text
    match kind:
        case UpdateKind.HOUSES:
            return _("Houses added: %(added)d, taken off: %(dropped)d.") % told
        case UpdateKind.TOOK_IN:
            return _("“%(title)s” turned out to be the same: %(reason)s") % told
        case UpdateKind.CORRECTED:
            return "\n".join(
                _("%(what)s: %(new)s (was: %(old)s)")
                % {
                    "what": _name_of(change["name"]),
                    "new": _shown(change["name"], change["new"]) or "—",
                    "old": _shown(change["name"], change["old"]) or "—",
                }
                for change in told["changes"]
            )
    return text


def _shown(name: str, value: str) -> str:
    match name:
        case "kind":
            return str(IncidentKind(value).label)
        case "utility":
            return str(Utility(value).label) if value else ""
        case "started_at":
            return date_format(timezone.localtime(datetime.fromisoformat(value)), "j E Y, H:i")
    return value


def _name_of(name: str) -> str:
    if name == "started_at":
        # As letters say it, of what is planned too.
        return _("Begins, or began")
    field: Any = Incident._meta.get_field(name)
    return str(capfirst(field.verbose_name))
