"""
«Помощь и обучение»: one place that answers «what do I do now», by what has happened.

A situation leads to its guides, to filing, the calculator, the reception, to learning: whatever
answers it. The front page shows the situations; their page says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.actors import Actor, Nobody
from accounts.middleware import ActorRequest
from disclosure.panels import Panel
from outreach.models import Guide


@dataclass(frozen=True)
class Way:
    """What one may do: the words of the button and where it leads."""

    label: Promise
    href: str
    icon: str


@dataclass(frozen=True)
class Situation:
    """What has happened, in the words of the one who looks; the first guide says what to do now."""

    code: str
    label: Promise
    note: Promise
    icon: str
    guides: tuple[str, ...]
    ways: tuple[Way, ...]


def _file(matter: str) -> Way:
    return Way(_("Report it"), f"/requests/new/?category={matter}", "plus")


_CALCULATE = Way(_("Work out the recalculation"), "/recalculation/", "receipt")
_COMPARE = Way(_("Compare companies by rating"), "/ratings/", "chart")
_SEMINARS = Way(_("Sign up for a seminar"), "/seminars/", "calendar")
_TOS = Way(_("Who speaks for my house"), "/tos/", "users")
_RECEPTION = Way(_("Book a personal reception"), "/reception/", "user")
_CONSULT = Way(_("Ask a consultant"), "/consultations/", "phone")
_PAPERS = Way(_("Papers for a meeting"), "/tos/meeting/", "document")
_VOTES = Way(_("Count the votes"), "/tos/votes/", "scales")
_QUESTIONS = Way(_("Read what was answered"), "/questions/", "message")

SITUATIONS = (
    Situation(
        "leak", _("Water is leaking"), _("from above, from a pipe, from the roof"), "water",
        ("pipe-burst", "flooded-flat", "roof-leak", "sewer-clog"),
        (_file("cold_water"),),
    ),
    Situation(
        "cold", _("The flat is cold"), _("no heat or no hot water"), "heat",
        ("cold-flat", "no-heating", "no-hot-water", "inspection-act", "quality-recalculation"),
        (_file("heating"), _CALCULATE),
    ),
    Situation(
        "bill", _("The bill is wrong"), _("too much, twice, for what was not given"), "receipt",
        ("wrong-charge", "read-the-bill", "maintenance-recalculation", "absence-recalculation",
         "claim-letter"),
        (_CALCULATE, _file("billing")),
    ),
    Situation(
        "company", _("I want another company"), _("a meeting, votes, a council of the house"),
        "building",
        ("change-company", "general-meeting", "house-council", "yearly-report"),
        (_PAPERS, _VOTES, _COMPARE, _TOS, _CONSULT),
    ),
    Situation(
        "official", _("I want to meet an official"), _("in person, with papers or without"), "user",
        ("city-appeal", "housing-inspectorate", "company-silent", "free-legal-aid"),
        (_RECEPTION, _CONSULT),
    ),
    Situation(
        "learn", _("I want to understand it"), _("seminars, guides, answers"),
        "question",
        ("who-answers", "read-the-bill", "meters", "overhaul-fee", "subsidy"),
        (_SEMINARS, _QUESTIONS, _CONSULT),
    ),
)  # fmt: skip


def help_and_learning(_front: None, actor: Actor, at: datetime) -> Panel:
    """Show the situations on the front page; no query."""
    return Panel("outreach/panels/help.html", {"situations": SITUATIONS})


@require_safe
def show(http: ActorRequest) -> HttpResponse:
    """Say for each situation what to do now and where to go on; one query."""
    wanted = {slug for situation in SITUATIONS for slug in situation.guides}
    rows = Guide.objects.visible_to(Nobody()).light().filter(slug__in=wanted)
    found = {guide.slug: guide for guide in rows}
    shown: list[dict[str, Any]] = []
    for situation in SITUATIONS:
        guides = [found[slug] for slug in situation.guides if slug in found]
        shown.append({"it": situation, "first": guides[:1], "others": guides[1:]})
    values = {"shown": shown, "search_url": reverse("outreach:guides")}
    return render(http, "outreach/help.html", values)
