"""
Every event the portal tells of: its code, what people call it, and whose choice it is.

Events stand in kinds, the rows of a person's table of preferences. An event that no kind names
(a code to sign in, a letter that confirms an address) asks nobody's leave and leaves as written.
`tests/contact_center/test_events.py` holds this list against what the rooms write.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notifications.models import ChannelCode


class Group(StrEnum):
    """Whose events these are."""

    RESIDENT = "resident"
    FOLLOWED = "followed"
    EXECUTOR = "executor"
    STAFF = "staff"


GROUPS: dict[Group, Promise] = {
    Group.RESIDENT: _("My requests and what I asked for"),
    Group.FOLLOWED: _("What I follow"),
    Group.EXECUTOR: _("My organisation"),
    Group.STAFF: _("The contact centre's work"),
}

# Where a kind arrives until its reader chooses; of these, where the reader may be reached.
ORDINARY = frozenset(
    {ChannelCode.EMAIL, ChannelCode.INBOX, ChannelCode.TELEGRAM, ChannelCode.WEB_PUSH}
)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A row of the table of preferences: events that people choose together."""

    code: str
    group: Group
    label: Promise
    hint: Promise | str = ""


@dataclass(frozen=True)
class Event:
    """Something that happened and is told."""

    code: str
    label: Promise
    kind: Kind | None = None


_K = Kind
REQUEST_ASKS = _K(
    code="request_asks",
    group=Group.RESIDENT,
    label=_("My answer is waited for"),
    hint=_("A question about a request, or whether it is fixed."),
)
REQUEST_STEPS = _K(
    code="request_steps",
    group=Group.RESIDENT,
    label=_("Steps of my requests"),
    hint=_("Taken in, in work, passed on, closed."),
)
REQUEST_WORDS = _K(
    code="request_words",
    group=Group.RESIDENT,
    label=_("Words and times about my requests"),
    hint=_("Comments, visits, planned work, a deadline put off."),
)
CLAIMS = _K(code="claims", group=Group.RESIDENT, label=_("My claims for a reduced bill"))
RECEPTION = _K(code="reception", group=Group.RESIDENT, label=_("My personal receptions"))
QUESTIONS = _K(code="questions", group=Group.RESIDENT, label=_("Answers to my questions"))
COURT = _K(
    code="court",
    group=Group.RESIDENT,
    label=_("My case in court"),
    hint=_("Steps, hearings and reminders of them."),
)
SEMINARS = _K(
    code="seminars",
    group=Group.RESIDENT,
    label=_("Seminars and calls that I asked for"),
)
OUTAGES = _K(
    code="outages",
    group=Group.FOLLOWED,
    label=_("Outages"),
    hint=_("At the houses, streets and districts that I follow."),
)
FOLLOWED_REQUESTS = _K(
    code="followed_requests",
    group=Group.FOLLOWED,
    label=_("Requests that I follow"),
)
FOLLOWED_COMPANIES = _K(
    code="followed_companies",
    group=Group.FOLLOWED,
    label=_("What companies disclose"),
)
FOLLOWED_RATINGS = _K(code="followed_ratings", group=Group.FOLLOWED, label=_("New ratings"))
DUTIES = _K(
    code="duties",
    group=Group.EXECUTOR,
    label=_("Disclosure forms"),
    hint=_("Limits that come near, versions that were returned."),
)
RATING = _K(code="rating", group=Group.EXECUTOR, label=_("Our place in the rating"))
LATE = _K(code="late", group=Group.EXECUTOR, label=_("Our deadlines that have passed"))
HEALTH = _K(code="health", group=Group.STAFF, label=_("Letters of the portal are late"))
STAFF_LATE = _K(code="staff_late", group=Group.STAFF, label=_("Deadlines that executors broke"))
KINDS: tuple[Kind, ...] = (
    *(REQUEST_ASKS, REQUEST_STEPS, REQUEST_WORDS, CLAIMS, COURT),
    *(RECEPTION, QUESTIONS, SEMINARS),
    *(OUTAGES, FOLLOWED_REQUESTS, FOLLOWED_COMPANIES, FOLLOWED_RATINGS),
    *(DUTIES, RATING, LATE, STAFF_LATE, HEALTH),
)

_STEPS: dict[str, Promise] = {
    "file": _("Taken in"),
    "accept": _("Accepted by the executor"),
    "start": _("Work has begun"),
    "ask": _("A question to the resident"),
    "answer": _("The resident answered"),
    "go_on": _("The clock goes on"),
    "redirect": _("Passed to another executor"),
    "present_act": _("Act presented: is it fixed?"),
    "incident_over": _("The incident is over: is the service back?"),
    "confirm": _("The resident confirmed"),
    "close_on_word": _("Closed by the resident's word"),
    "close_silent": _("Closed: no objection came"),
    "refuse": _("Closed without repair"),
    "withdraw": _("Withdrawn by the resident"),
    "object": _("The resident objected"),
    "reopen": _("Taken up again"),
    "undo": _("A step taken back"),
}
_LINES: dict[str, Promise] = {
    "comment": _("A comment"),
    "planned": _("Planned time"),
    "reacted": _("Harm stopped"),
    "visit": _("Visit agreed"),
    "inspected": _("Act of inspection"),
    "answered": _("Written answer"),
    "extended": _("Answer put off"),
    "recategorised": _("Another matter"),
}
_CLAIM_STEPS: dict[str, Promise] = {
    "file": _("Claim filed"),
    "hand_over": _("Claim handed over"),
    "grant": _("Claim granted"),
    "grant_part": _("Claim granted in part"),
    "refuse": _("Claim refused"),
    "fall_silent": _("No answer in time"),
    "confirm": _("The resident saw the reduction"),
    "not_on_bill": _("The reduction is not on the bill"),
    "press": _("The resident insists"),
    "withdraw": _("Claim withdrawn"),
    "recount_offered": _("Claim counted anew"),
    "recount": _("Another sum is demanded"),
    "receive_by_court": _("Granted by the court"),
    "lose_in_court": _("The court refused"),
}
_COURT: dict[str, Promise] = {
    "step": _("A step of a court case"),
    "hearing": _("A hearing is set"),
    "hearing_moved": _("A hearing is moved"),
    "hearing_cancelled": _("A hearing is called off"),
    "reminder": _("Reminder of a hearing"),
}
_SEMINAR: dict[str, Promise] = {
    "seated": _("A place at a seminar"),
    "waiting": _("On the waiting list of a seminar"),
    "offered": _("A place at a seminar is offered"),
    "offer_over": _("The offer of a place is over"),
    "cancelled": _("A sign-up for a seminar is cancelled"),
    "changed": _("A seminar is changed"),
    "called_off": _("A seminar is called off"),
    "over": _("A seminar is over"),
    "again": _("Signed up for a seminar already"),
    "reminder": _("Reminder of a seminar"),
}
_CALL_BACK: dict[str, Promise] = {
    "booked": _("A call is booked"),
    "moved": _("A call is moved"),
    "cancelled": _("A call is cancelled"),
}
# What allauth writes of; each is `sensitive`.
_ACCOUNT = (
    *("account_already_exists", "email_changed", "email_confirm", "email_confirmation"),
    *("email_confirmation_signup", "email_deleted", "login_code", "password_changed"),
    *("password_reset", "password_reset_code", "password_reset_key", "password_set"),
    "unknown_account",
)
_SECOND_FACTOR = (
    *("recovery_codes_generated", "totp_activated", "totp_deactivated"),
    *("webauthn_added", "webauthn_removed"),
)
_ASKING = frozenset({"ask", "present_act", "incident_over"})


def _catalogue() -> list[Event]:
    found = []
    for step, label in _STEPS.items():
        found.append(
            Event(f"request.{step}", label, REQUEST_ASKS if step in _ASKING else REQUEST_STEPS)
        )
        found.append(Event(f"joined.{step}", label, REQUEST_STEPS))
        found.append(Event(f"executor.{step}", label))
        found.append(Event(f"followed.{step}", label, FOLLOWED_REQUESTS))
    for line, label in _LINES.items():
        found.append(Event(f"request.{line}", label, REQUEST_WORDS))
        found.append(Event(f"executor.{line}", label))
    for step, label in _CLAIM_STEPS.items():
        found.append(Event(f"claim.{step}", label, CLAIMS))
        found.append(Event(f"executor.claim.{step}", label))
    found += [
        Event("claim.offer", _("Money back offered after an outage"), CLAIMS),
        Event("incident.opened", pgettext_lazy("event", "Outage opened"), OUTAGES),
        Event("incident.news", _("News of an outage"), OUTAGES),
        Event("incident.houses", _("Other houses in an outage"), OUTAGES),
        Event("incident.corrected", _("Beginning of an outage corrected"), OUTAGES),
        Event("incident.over", _("Outage over"), OUTAGES),
        Event("incident.cancelled", _("Outage cancelled"), OUTAGES),
        Event("incident.merged", _("Two outages were one"), OUTAGES),
        Event("incident.took_in", _("An outage took in another"), OUTAGES),
        Event("claim.offer", _("A reduced bill is offered"), CLAIMS),
        Event("overdue.executor", _("Deadlines passed: to the executor"), LATE),
        Event("overdue.executor_head", _("Deadlines passed: to the executor's head"), LATE),
        Event("overdue.centre_head", _("Deadlines passed: to the centre's head"), STAFF_LATE),
        Event("overdue.inspectorate", _("Deadlines passed: a letter to sign"), STAFF_LATE),
        Event("outbox.late", _("Letters leave late"), HEALTH),
        Event("rating.comments", _("A draft rating is open for comments"), RATING),
        Event("rating.decided", _("An objection to a rating is decided"), RATING),
        Event("rating.published", _("A rating is published"), FOLLOWED_RATINGS),
        Event("disclosure.returned", _("A version was returned"), DUTIES),
        Event("disclosure.due", _("A limit comes near"), DUTIES),
        Event("disclosure.late", _("A limit has passed"), DUTIES),
        Event("disclosure.published", _("A company published data"), FOLLOWED_COMPANIES),
        Event("reception.booked", _("Reception booked"), RECEPTION),
        Event("reception.moved", _("Reception moved"), RECEPTION),
        Event("reception.cancelled", _("Reception cancelled"), RECEPTION),
        Event("reception.called_off", _("Reception called off"), RECEPTION),
        Event("reception.place", _("Reception at another place"), RECEPTION),
        Event("reception.reminder", _("Reminder of a reception"), RECEPTION),
        Event("reception.free", _("A free time for a reception"), RECEPTION),
        *(Event(f"court.{news}", label, COURT) for news, label in _COURT.items()),
        *(Event(f"seminar.{news}", label, SEMINARS) for news, label in _SEMINAR.items()),
        *(Event(f"call_back.{news}", label, SEMINARS) for news, label in _CALL_BACK.items()),
        Event("question.asked", _("Question taken in"), QUESTIONS),
        Event("question.answered", _("Question answered"), QUESTIONS),
        Event("question.declined", _("Question declined"), QUESTIONS),
        # Whose letters these are asked for them a moment ago, or must not be kept from them.
        Event("outages.confirm", _("Confirm: outages of a house")),
        Event("follow.confirm", _("Confirm: what to follow")),
        Event("correction.decided", _("A correction is decided")),
        Event("phone_code", _("Code of a phone")),
        Event("destination_stopped", _("A channel stopped")),
        Event("webhook", _("Call of a webhook")),
        Event("webhook.switched_off", _("A webhook is switched off")),
    ]
    found += [Event(f"account.email.{name}", _("Safety of an account")) for name in _ACCOUNT]
    found += [Event(f"mfa.email.{name}", _("Safety of an account")) for name in _SECOND_FACTOR]
    found += [
        Event("socialaccount.email.account_connected", _("A sign-in of a site is joined")),
        Event("socialaccount.email.account_disconnected", _("A sign-in of a site is taken off")),
        Event("account.email.token_made", _("A token of a program is made")),
        Event("account.email.erasure_asked", _("An account is to be erased")),
        Event("account.email.token_expires", _("A token of a program soon stops working")),
    ]
    return found


EVENTS: dict[str, Event] = {event.code: event for event in _catalogue()}


def kind_of(code: str) -> Kind | None:
    """Return the kind of an event; None for one that is nobody's choice."""
    event = EVENTS.get(code)
    return event.kind if event else None
