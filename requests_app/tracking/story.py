"""The story of a request, told so that a person understands it at a glance. No queries here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from requests_app import clock_words, deadlines
from requests_app.models import Act, Author, EventKind, Request, RequestEvent, Shows
from requests_app.statuses import Outcome, Status, public_words

# The clock turns to its warning colour so long before the end.
SOON = timedelta(hours=3)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the timeline, as components/timeline.html shows it."""

    title: str
    status: str = ""
    outcome: str = ""
    at: datetime | None = None
    who: str = ""
    text: str = ""
    internal: bool = False
    is_next: bool = False
    tone: str = ""
    icon: str = ""
    template: str = ""
    files: list[dict[str, Any]] = field(default_factory=list)
    act: Act | None = None


@dataclass(frozen=True, kw_only=True)
class Clock:
    """How long is left, as components/due_clock.html shows it."""

    words: str
    state: str
    note: str = ""
    due_at: datetime | None = None


_TITLES: dict[str, Promise] = {
    "file": gettext_lazy("The request is taken in"),
    "accept": gettext_lazy("The request is accepted"),
    "start": gettext_lazy("The work has begun"),
    "ask": gettext_lazy("There is a question to you; the clock stands until you answer"),
    "answer": gettext_lazy("You answered; the clock goes on"),
    "go_on": gettext_lazy("The work goes on without waiting for the answer"),
    "redirect": gettext_lazy("Passed to another organisation; the deadline stays"),
    "present_act": gettext_lazy("The work is done, the act is shown"),
    "incident_over": gettext_lazy("The incident is over; say if it is not so at your home"),
    "confirm": gettext_lazy("You confirmed that it is fixed"),
    "close_on_word": gettext_lazy("Closed: you told the operator that it is fixed"),
    "close_silent": gettext_lazy("Closed: you did not object in time"),
    "object": gettext_lazy("You objected: it is not fixed"),
    "reopen": gettext_lazy("The fault came back: the request is in work again"),
    "refuse": gettext_lazy("Closed without repair"),
    "withdraw": gettext_lazy("You withdrew the request"),
}
# The same lines for an executor or an operator, who is not the «you» of the story.
_TITLES_FOR_OTHERS: dict[str, Promise] = {
    **_TITLES,
    "ask": gettext_lazy("The resident is asked a question; the clock stands"),
    "answer": gettext_lazy("The resident answered; the clock goes on"),
    "incident_over": gettext_lazy("The incident is over; the resident is asked"),
    "confirm": gettext_lazy("The resident confirmed that it is fixed"),
    "close_on_word": gettext_lazy("Closed: the resident told the operator that it is fixed"),
    "close_silent": gettext_lazy("Closed: the resident did not object in time"),
    "object": gettext_lazy("The resident objected: it is not fixed"),
    "withdraw": gettext_lazy("The resident withdrew the request"),
}
_KINDS: dict[str, Promise] = {
    EventKind.COMMENT: gettext_lazy("A message"),
    EventKind.NOTE: gettext_lazy("A note of the staff"),
    EventKind.ASSIGNED: gettext_lazy("An operator looks after the request"),
    EventKind.RECATEGORISED: gettext_lazy("The matter is made more exact"),
    **clock_words.TITLES,
}
_ICONS = {
    EventKind.COMMENT: "message",
    EventKind.NOTE: "lock",
    EventKind.ASSIGNED: "user",
    EventKind.RECATEGORISED: "edit",
    EventKind.INCIDENT: "link",
    EventKind.MARKED: "check",
    EventKind.ESCALATED: "alert",
    **clock_words.ICONS,
}


def lines(
    events: Sequence[RequestEvent], item: Request, *, is_mine: bool, now: datetime, zone: tzinfo
) -> list[Line]:
    """
    Return the timeline, oldest first, ending with what comes next.

    `is_mine`: the reader is the resident. `events` come with `attachments` (and their uploads) and
    `act` fetched.
    """
    told = [_line(event, item, is_mine=is_mine, zone=zone) for event in events]
    following = what_next(item, is_mine=is_mine, now=now, zone=zone)
    if following:
        told.append(Line(title=following, icon="clock", is_next=True, status=item.status))
    return told


def _line(event: RequestEvent, item: Request, *, is_mine: bool, zone: tzinfo) -> Line:
    text = event.text
    reason = _detail(event, zone=zone)
    act = getattr(event, "act", None)
    files = files_of(item, event, act)
    return Line(
        title=_title(event, is_mine=is_mine),
        status=event.status,
        outcome=event.data.get("outcome", ""),
        at=event.at,
        who=_who(event, item, is_mine=is_mine),
        text="\n".join(part for part in (text, reason) if part),
        internal=not event.public,
        tone="" if event.kind in {EventKind.STATUS, EventKind.FILED} else "info",
        icon=_ICONS.get(EventKind(event.kind), ""),
        template="requests_app/tracking/_line_files.html" if files or act else "",
        files=files,
        act=act,
    )


def _title(event: RequestEvent, *, is_mine: bool) -> str:
    if event.kind == EventKind.INCIDENT:
        title = event.data.get("title")
        if title:
            return _("Joined to: %(title)s") % {"title": title}
        return _("No longer joined to a common fault")
    if event.step == "answer" and event.author != Author.RESIDENT:
        return _("The answer is written down; the clock goes on")
    if event.step == "object" and event.author != Author.RESIDENT:
        return _("The resident told us that it is not fixed")
    titles = _TITLES if is_mine else _TITLES_FOR_OTHERS
    if event.step in titles:
        return str(titles[event.step])
    if event.kind == EventKind.ESCALATED:
        return clock_words.told_of_delay(event.data)
    if event.kind == EventKind.MARKED:
        said = _("Your mark: %(mark)d of 5") if is_mine else _("The resident's mark: %(mark)d of 5")
        return said % event.data
    if event.kind == EventKind.COMMENT and event.author == Author.RESIDENT and is_mine:
        return _("Your message")
    return str(_KINDS.get(event.kind, event.get_kind_display()))


def _detail(event: RequestEvent, *, zone: tzinfo) -> str:
    data, said = event.data, []
    if event.step in {"file", "redirect"} and data.get("executor"):
        said.append(_("Answers: %(who)s.") % {"who": data["executor"]})
    if event.kind == EventKind.RECATEGORISED:
        said.append(
            _("Was: %(before)s. Now: %(after)s.")
            % {"before": data.get("from", ""), "after": data.get("to", "")}
        )
    about_time = clock_words.sentence(event.kind, data, zone=zone)
    if about_time:
        return about_time
    due_at = parse_datetime(data.get("due_at", "") or "")
    if due_at and (event.step == "file" or event.kind == EventKind.RECATEGORISED):
        words = deadlines.in_words(due_at, now=event.at, zone=zone)
        said.append(_("To be ready %(due)s.") % {"due": words})
    if data.get("clause"):
        said.append(_("Ground: %(clause)s.") % {"clause": data["clause"]})
    if data.get("duplicate_of"):
        said.append(_("The earlier request: %(number)s.") % {"number": data["duplicate_of"]})
    return " ".join(said)


def _who(event: RequestEvent, item: Request, *, is_mine: bool) -> str:
    if event.author == Author.EXECUTOR:
        return item.executor_name or _("Executor")
    if event.author == Author.RESIDENT and is_mine:
        return _("You")
    return str(Author(event.author).label)


_SHOWN: dict[str, Promise] = {
    Shows.BEFORE: gettext_lazy("Before the work, photo %(number)d"),
    Shows.AFTER: gettext_lazy("After the work, photo %(number)d"),
}


def files_of(item: Request, event: RequestEvent, act: Act | None) -> list[dict[str, Any]]:
    """Return the files of a line; those of an act say what they are."""
    found, seen = [], Counter[str]()
    for attachment in event.attachments.all():
        is_paper = act is not None and attachment.upload_id == act.upload_id
        kind = "paper" if is_paper else attachment.shows
        seen[kind] += 1
        words = _("The act") if is_paper else str(_SHOWN.get(attachment.shows, ""))
        found.append(file_of(item, attachment.upload, seen[kind], words=words))
    return found


def file_of(item: Request, upload: Any, number: int, *, words: str = "") -> dict[str, Any]:
    """Return a file as components/photos.html takes it, under `words` of its own if it has them."""
    if not words:
        words = _("Photo %(number)d") if upload.is_image else _("Document %(number)d")
    return {
        "url": reverse("requests_app:file", args=[item.number, upload.pk]),
        "thumb": reverse("requests_app:thumbnail", args=[item.number, upload.pk])
        if upload.thumbnail_key
        else "",
        "words": words % {"number": number},
    }


def what_next(item: Request, *, is_mine: bool, now: datetime, zone: tzinfo) -> str:
    """Return what happens next and by when, in one sentence; "" once the request is closed."""
    who = item.executor_name or _("the contact centre")
    due = deadlines.in_words(item.due_at, now=now, zone=zone)
    is_late = now > item.due_at
    match item.status:
        case Status.NEW:
            return _("Next: an operator reads the request and passes it to whoever answers.")
        case Status.NEEDS_INFO if is_mine:
            return _("Next: you answer the question, and the clock goes on.")
        case Status.NEEDS_INFO:
            return _("Next: the resident answers the question, and the clock goes on.")
        case Status.DONE if is_mine:
            return _("Next: you check the work and say whether it is fixed.")
        case Status.DONE:
            return _("Next: the resident checks the work and says whether it is fixed.")
        case Status.CLOSED:
            return ""
    if is_late:
        return _("Next: %(who)s finishes the work. The deadline is over.") % {"who": who}
    return _("Next: %(who)s finishes the work %(due)s and shows an act.") % {
        "who": who,
        "due": due,
    }


_ROAD = (
    (pgettext_lazy("progress", "Received"), {Status.NEW}),
    (pgettext_lazy("progress", "Accepted"), {Status.ACCEPTED, Status.REDIRECTED}),
    (
        pgettext_lazy("progress", "Being fixed"),
        {Status.IN_PROGRESS, Status.NEEDS_INFO, Status.REOPENED},
    ),
    (pgettext_lazy("progress", "To be checked"), {Status.DONE}),
    (pgettext_lazy("progress", "Closed"), {Status.CLOSED}),
)


def word_of(item: Request, *, is_mine: bool) -> Promise:
    """Return the status in the reader's words."""
    return item.plain_status if is_mine else public_words(item.status, item.outcome)


def progress(item: Request) -> list[dict[str, Any]]:
    """
    Return the points of components/progress.html: five, or two for what ended without repair.

    Nobody fixed or checked the latter, so those points are not shown as passed.
    """
    if item.status == Status.CLOSED and item.outcome != Outcome.FIXED:
        return [
            {"word": _ROAD[0][0], "state": "passed"},
            {"word": _ROAD[-1][0], "state": "now"},
        ]
    here = next(index for index, (_word, codes) in enumerate(_ROAD) if item.status in codes)
    points: list[dict[str, Any]] = []
    for index, (word, _codes) in enumerate(_ROAD):
        state = "passed" if index < here else "now" if index == here else "next"
        if item.status == Status.REOPENED and index == here:
            state = "bad"
        points.append({"word": word, "state": state})
    if item.status == Status.CLOSED and item.outcome == Outcome.FIXED:
        points[-1] = {"word": item.plain_status, "state": "passed"}
    return points


def clock(item: Request, *, now: datetime, zone: tzinfo) -> Clock | None:
    """Return the clock of a request; None where there is nothing to count."""
    if item.status == Status.CLOSED and item.outcome != Outcome.FIXED:
        return None
    if item.status in {Status.DONE, Status.CLOSED}:
        finished = item.done_at or item.closed_at or item.changed_at
        if finished <= item.due_at:
            return Clock(words=_("done in time"), state="kept")
        late = deadlines.length_in_words(finished - item.due_at)
        return Clock(words=_("done late by %(length)s") % {"length": late}, state="late")
    if item.paused_at is not None:
        return Clock(
            words=_("the clock stands"),
            state="paused",
            note=_("It goes on with the answer."),
        )
    left = deadlines.time_left(item.due_at, now=now)
    state = "late" if left < timedelta() else "soon" if left < SOON else "left"
    return Clock(
        words=deadlines.left_in_words(item.due_at, now=now),
        state=state,
        note=_("To be ready %(due)s")
        % {"due": deadlines.in_words(item.due_at, now=now, zone=zone)},
        due_at=item.due_at,
    )
