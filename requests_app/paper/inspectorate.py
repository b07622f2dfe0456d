"""The letter to the housing inspectorate about a request whose deadline nobody keeps."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from accounts import phones
from accounts.typesetting import typeset
from requests_app import clock_words, promises
from requests_app.models import Escalation, EventKind, Request, RequestEvent
from requests_app.statuses import Status

TEMPLATE = Path(__file__).with_name("inspectorate.typ")
LANGUAGE = "ru"


def pdf(escalation: Escalation) -> bytes:
    """Return the letter, A4, for a person to sign."""
    return typeset(TEMPLATE, content(escalation))


def content(escalation: Escalation) -> dict[str, Any]:
    """
    Return every word of the letter.

    It names no resident, flat or phone: the inspectorate asks for them by the number.
    """
    with translation.override(LANGUAGE):
        return _content(escalation)


def _content(escalation: Escalation) -> dict[str, Any]:
    item = escalation.request
    city = settings.CITY
    facts = [
        (_("Request"), f"{item.number}, {_moment(item.registered_at)}"),
        (_("House"), item.building.address),
        (_("Matter"), item.category.name),
        (_("Executor"), f"{item.executor_name}, {_('INN')} {item.executor_inn or '—'}"),
        (_("The norm"), f"{item.norm_text} ({item.norm_clause})"),
        (_("Deadline"), _moment(escalation.due_at)),
        (_("Late by, at the date of the letter"), _hours(escalation)),
    ]
    return {
        "title": _("On a broken deadline"),
        "to": city.inspectorate,
        "centre": city.center_name,
        "address": city.center_address,
        "phone": phones.in_words(city.center_phone),
        "date": formats.date_format(timezone.localtime(escalation.at), "j E Y"),
        "number": _("No. %(number)s") % {"number": escalation.outgoing_number or "________"},
        "opening": _(
            "The contact centre took in the request below. Its deadline is over, reminders to the "
            "executor and to its head had no effect, and no act of the work has been presented."
        ),
        "facts": [{"label": label, "value": value} for label, value in facts],
        "promised_word": _("Limits of the law that run on the request"),
        "promised": [
            f"{stage.label}: {_moment(kept.by)} ({kept.clause})"
            for stage, kept in promises.kept(item).items()
        ],
        "story_word": _("What has happened"),
        "story": [_line(event) for event in _events(item)],
        "demand": _(
            "Please inspect the house under article 20 of the Housing Code, oblige the executor to "
            "end the breach, and tell us of the outcome."
        ),
        "sign": _("Head of the contact centre"),
    }


def _events(item: Request) -> list[RequestEvent]:
    """Return the lines that move the request or its clock; nobody's words among them."""
    kinds = [EventKind.FILED, EventKind.STATUS, EventKind.ESCALATED, *clock_words.TITLES]
    return list(
        RequestEvent.objects.filter(request=item, kind__in=kinds, public=True).order_by("at", "id")
    )


def _line(event: RequestEvent) -> str:
    match event.kind:
        case EventKind.FILED | EventKind.STATUS:
            words = str(Status(event.status).label)
        case EventKind.ESCALATED:
            words = clock_words.told_of_delay(event.data)
        case _:
            words = str(clock_words.TITLES[EventKind(event.kind)])
    return f"{_moment(event.at)}: {words}"


def _hours(escalation: Escalation) -> str:
    hours = int((escalation.at - escalation.due_at).total_seconds() // 3600)
    return _("%(hours)d h") % {"hours": hours}


def _moment(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "j E Y, H:i")
