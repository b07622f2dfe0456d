"""What a line of the timeline tells about times, in one sentence; pages and letters share it."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.models import EventKind, Rung

TITLES: dict[str, Promise] = {
    EventKind.PLANNED: gettext_lazy("The time of the work is named"),
    EventKind.REACTED: gettext_lazy("The harm is stopped"),
    EventKind.VISIT: gettext_lazy("A visit is agreed with the resident"),
    EventKind.INSPECTED: gettext_lazy("Looked at on the spot: act of inspection"),
    EventKind.ANSWERED: gettext_lazy("Written answer"),
    EventKind.EXTENDED: gettext_lazy("The answer is put off"),
    EventKind.ASKED_TIME: gettext_lazy("The executor asks for more time"),
    EventKind.ASKED_PASS: gettext_lazy("The executor asks to pass the request on"),
}
ICONS = {
    EventKind.PLANNED: "clock",
    EventKind.REACTED: "check",
    EventKind.VISIT: "user",
    EventKind.INSPECTED: "eye",
    EventKind.ANSWERED: "mail",
    EventKind.EXTENDED: "clock",
    EventKind.ASKED_TIME: "question",
    EventKind.ASKED_PASS: "question",
}


def sentence(kind: str, data: dict[str, Any], *, zone: tzinfo) -> str:
    """Return what a line of this kind says about times; "" when it says nothing."""
    when, on = _moment(data.get("for"), zone), _moment(data.get("on"), zone)
    match kind:
        # A step names a time when the work is taken on with one.
        case EventKind.PLANNED | EventKind.STATUS if when and data.get("is_late"):
            return _("Planned for %(when)s. The limit of the norm stays where it is.") % {
                "when": when
            }
        case EventKind.PLANNED | EventKind.STATUS if when:
            return _("Planned for %(when)s.") % {"when": when}
        case EventKind.REACTED:
            return _("The harm was stopped at %(when)s.") % {"when": on}
        case EventKind.VISIT if data.get("stands_until"):
            return _(
                "Agreed for %(when)s. Until then the clock of the repair stands (point 108 of the "
                "rules № 354)."
            ) % {"when": when}
        case EventKind.VISIT:
            return _("Agreed for %(when)s.") % {"when": when}
        case EventKind.INSPECTED if data.get("found_fault"):
            return _("Looked at %(when)s: the fault is confirmed.") % {"when": on}
        case EventKind.INSPECTED:
            return _("Looked at %(when)s: no fault was found.") % {"when": on}
        case EventKind.EXTENDED:
            return _("The answer comes by %(when)s. Ground: %(clause)s.") % {
                "when": when,
                "clause": data.get("clause", ""),
            }
        case EventKind.ASKED_TIME:
            day = parse_date(data.get("until", "") or "")
            return _("Until %(day)s; the contact centre decides.") % {
                "day": formats.date_format(day, "j E Y") if day else ""
            }
        case EventKind.ASKED_PASS:
            return _("The contact centre decides; the deadline stays.")
    return ""


def news(kind: str, data: dict[str, Any]) -> str:
    """Return what a letter tells of such a line: title and sentence, or ""; the city's zone."""
    about = sentence(kind, data, zone=timezone.get_default_timezone())
    if kind in TITLES:
        return f"{TITLES[EventKind(kind)]}. {about}".strip()
    return about


def told_of_delay(data: dict[str, Any]) -> str:
    """Return whom the broken deadline was told to, as a title."""
    if data["rung"] == Rung.INSPECTORATE:
        # A person signs and sends it: nobody is told yet.
        return _("The deadline is over; a letter to the housing inspectorate is prepared")
    return _("The deadline is over; told of it: %(who)s") % {
        "who": str(Rung(data["rung"]).label).lower()
    }


def _moment(written: str | None, zone: tzinfo) -> str:
    moment = parse_datetime(written or "")
    return formats.date_format(moment.astimezone(zone), "j E Y, H:i") if moment else ""
