"""
Ready answers with fields: «Заявку {number} ведёт {executor}».

A field is a name in braces; a brace that opens no field is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from requests_app.models import Request

_FIELD = re.compile(r"\{([^{}\n]{1,40})\}")

# Name in the text → what stands there. None of them names the resident: no letter needs it.
FIELDS: dict[str, Promise] = {
    "number": gettext_lazy("number of the request"),
    "matter": gettext_lazy("matter"),
    "address": gettext_lazy("address of the house"),
    "filed": gettext_lazy("day of filing"),
    "due": gettext_lazy("day and hour of the limit"),
    "norm": gettext_lazy("what the norm says"),
    "clause": gettext_lazy("clause of the norm"),
    "executor": gettext_lazy("who answers"),
    "executor_phone": gettext_lazy("phone of who answers"),
    "operator": gettext_lazy("name of the operator"),
}


class UnknownFields(ValueError):
    """The text names fields that do not exist; the message is for people."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            _("There are no such fields: %(names)s.")
            % {"names": ", ".join(f"{{{name}}}" for name in names)}
        )
        self.names = names


def fields_in(text: str) -> list[str]:
    """Return the names in braces, each once, in their order."""
    return list(dict.fromkeys(_FIELD.findall(text)))


def check(text: str) -> None:
    """Raise UnknownFields when the text names a field that does not exist."""
    unknown = [name for name in fields_in(text) if name not in FIELDS]
    if unknown:
        raise UnknownFields(unknown)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its fields filled; an empty value becomes a dash."""
    return _FIELD.sub(
        lambda match: (
            (values.get(match.group(1), "") or "—") if match.group(1) in FIELDS else match.group(0)
        ),
        text,
    )


def values_of(item: Request, *, operator: str) -> dict[str, str]:
    """Return what the fields mean for a request fetched with matter and house."""
    return {
        "number": item.number,
        "matter": item.category.name,
        "address": item.building.address,
        "filed": _day(item.registered_at),
        "due": formats.date_format(timezone.localtime(item.due_at), "j E Y, H:i"),
        "norm": item.norm_text,
        "clause": item.norm_clause,
        "executor": item.executor_name or _("the contact centre"),
        "executor_phone": item.executor_phone,
        "operator": operator,
    }


def sample_values(at: datetime) -> dict[str, str]:
    """Return values as they look in life, for the preview of a template."""
    return {
        "number": f"{at:%y}-000123",
        "matter": _("No heating"),
        "address": _("12 Sadovaya street"),
        "filed": _day(at),
        "due": formats.date_format(timezone.localtime(at), "j E Y, H:i"),
        "norm": _("to be fixed within a day"),
        "clause": _("clause 15 of annex 1"),
        "executor": _("Managing company “Dom”"),
        "executor_phone": "+7 (800) 000-00-00",
        "operator": _("Operator"),
    }


def offered(templates: list[Any], step: str) -> list[Any]:
    """Return the templates that are meant for the step."""
    return [one for one in templates if not one.steps or step in one.steps]


def _day(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "j E Y")
