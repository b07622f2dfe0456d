"""A request's timeline in words, as staff read it: internal lines included, residents unnamed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from requests_app import clock_words
from requests_app.models import Author, EventKind, RequestEvent
from requests_app.statuses import Outcome, Status


@dataclass(frozen=True)
class Line:
    """Values of one line of `components/timeline.html`."""

    title: str
    at: datetime
    who: str
    text: str
    status: str
    outcome: str
    internal: bool
    icon: str = ""
    tone: str = ""
    template: str = ""
    files: list[Any] = field(default_factory=list)
    act: Any = None


_ICONS = {
    EventKind.COMMENT: ("message", "info"),
    EventKind.NOTE: ("lock", "wait"),
    EventKind.ASSIGNED: ("user", "quiet"),
    EventKind.RECATEGORISED: ("edit", "info"),
    EventKind.INCIDENT: ("power", "info"),
    EventKind.MARKED: ("check", "info"),
    EventKind.ESCALATED: ("alert", "bad"),
    **{kind: (icon, "info") for kind, icon in clock_words.ICONS.items()},
}


def lines(events: Iterable[RequestEvent]) -> list[Line]:
    """Return the lines; each event comes with `user`, `attachments` and `act` fetched."""
    events = list(events)
    names = _operators(events)
    return [_line(event, names) for event in events]


def _line(event: RequestEvent, names: dict[int, str]) -> Line:
    icon, tone = _ICONS.get(EventKind(event.kind), ("", ""))
    act = getattr(event, "act", None)
    files = list(event.attachments.all())
    return Line(
        title=title(event, names),
        at=event.at,
        who=_who(event),
        text="\n".join(part for part in (event.text, _about_time(event)) if part),
        status=event.status,
        outcome=str(event.data.get("outcome", "")),
        internal=not event.public,
        icon=icon,
        tone=tone,
        template="admin/requests_app/request/_event_files.html" if files or act else "",
        files=files,
        act=act,
    )


def _about_time(event: RequestEvent) -> str:
    zone = timezone.get_current_timezone()
    return clock_words.sentence(event.kind, event.data, zone=zone)


def title(event: RequestEvent, names: dict[int, str] | None = None) -> str:
    """Return what happened, in a few words."""
    data = event.data
    match event.kind:
        case EventKind.FILED:
            return _("Filed")
        case EventKind.COMMENT:
            return _comment(event)
        case EventKind.NOTE:
            return _("Internal note")
        case EventKind.ASSIGNED:
            name = (names or {}).get(data.get("operator") or 0)
            return _("Operator: %(name)s") % {"name": name} if name else _("Operator taken off")
        case EventKind.RECATEGORISED:
            return _("Matter: %(before)s → %(after)s") % {
                "before": data.get("from", ""),
                "after": data.get("to", ""),
            }
        case EventKind.INCIDENT:
            if data.get("title"):
                return _("Attached to the incident “%(title)s”") % {"title": data["title"]}
            return _("Taken off the incident")
        case EventKind.MARKED | EventKind.ESCALATED:
            return _about_the_work(event)
    if event.kind in clock_words.TITLES:
        return str(clock_words.TITLES[EventKind(event.kind)])
    words = str(Status(event.status).label)
    if data.get("outcome"):
        words = f"{words}: {Outcome(data['outcome']).label}"
    if data.get("executor") and event.status == Status.REDIRECTED:
        words = f"{words}: {data['executor']}"
    return words


def _about_the_work(event: RequestEvent) -> str:
    if event.kind == EventKind.ESCALATED:
        return clock_words.told_of_delay(event.data)
    return _("The resident's mark: %(mark)d of 5") % event.data


def _comment(event: RequestEvent) -> str:
    match event.author:
        case Author.RESIDENT:
            return _("The resident writes")
        case Author.EXECUTOR:
            return _("The executor writes")
    return _("Answer to the resident")


def _who(event: RequestEvent) -> str:
    side = str(Author(event.author).label)
    # A resident's name is a contact; it stands behind its own button.
    if event.user is not None and event.author in {Author.OPERATOR, Author.EXECUTOR}:
        return f"{side}, {event.user.get_short_name()}"
    return side


def _operators(events: list[RequestEvent]) -> dict[int, str]:
    wanted = {
        event.data.get("operator")
        for event in events
        if event.kind == EventKind.ASSIGNED and event.data.get("operator")
    }
    if not wanted:
        return {}
    return {user.pk: user.get_short_name() for user in User.objects.filter(pk__in=wanted)}
