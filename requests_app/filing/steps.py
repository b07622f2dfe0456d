"""The questions of filing: their order, which answers each asks for, and which come first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import Actor, Resident
from requests_app import intake
from requests_app.models import Category
from requests_app.statuses import Channel


@dataclass(frozen=True)
class Question:
    """One page of the form; `fields` are intake's names of what it asks."""

    view: str
    word: Promise
    fields: frozenset[str]

    @property
    def url(self) -> str:
        """The address of its page."""
        return reverse(f"requests_app:{self.view}")


ADDRESS = Question("new", _("Address"), frozenset({"building", "entrance", "flat"}))
MATTER = Question("new_matter", pgettext_lazy("step", "Matter"), frozenset({"category"}))
WORDS = Question(
    "new_words", pgettext_lazy("step", "Details"), frozenset({"description", "uploads"})
)
CONTACT = Question(
    "new_contact",
    _("Contact"),
    frozenset({"contact.name", "contact.email", "contact.phone", "consent", "is_appeal"}),
)
CHECK = Question("new_check", _("Check"), frozenset({"incident"}))
QUESTIONS = (ADDRESS, MATTER, WORDS, CONTACT, CHECK)


def new_request(
    answers: dict[str, Any], uploads: tuple[UUID, ...], *, by: Actor, holder: str = ""
) -> intake.NewRequest:
    """Return what the answers amount to, as intake takes it; gaps become empty values."""
    return intake.NewRequest(
        category=answers.get("category", ""),
        building=answers.get("building") or 0,
        entrance=answers.get("entrance", ""),
        flat=answers.get("flat", ""),
        description=answers.get("description", ""),
        contact=intake.Contact(
            name=answers.get("name", ""),
            email=answers.get("email", ""),
            phone=answers.get("phone", ""),
        ),
        consent=bool(answers.get("consent")),
        public=bool(answers.get("public")),
        is_appeal=bool(answers.get("is_appeal")),
        uploads=uploads,
        holder=holder,
        channel=Channel.WEB,
        incident=answers.get("incident"),
        resident_id=by.id if isinstance(by, Resident) else None,
    )


def wrong_at(question: Question, errors: dict[str, str]) -> dict[str, str]:
    """Return the errors of one question, under the names that its form uses."""
    return {
        name.removeprefix("contact."): text
        for name, text in errors.items()
        if name in question.fields
    }


def first_wrong(errors: dict[str, str]) -> Question | None:
    """Return the first question with a wrong or missing answer; None when all are right."""
    return next((question for question in QUESTIONS if wrong_at(question, errors)), None)


def stop_of(answers: dict[str, Any]) -> Category | None:
    """Return the matter if the person must be told something before going on, else None."""
    slug = answers.get("category", "")
    if not slug or answers.get("warned") == slug:
        return None
    return Category.objects.filter(slug=slug).exclude(stop_kind="").first()


def gap_before(
    question: Question,
    answers: dict[str, Any],
    uploads: tuple[UUID, ...],
    *,
    by: Actor,
    at: datetime,
) -> Question | None:
    """Return an earlier question that must be answered first, or None."""
    errors = intake.check(new_request(answers, uploads, by=by), by=by, at=at)
    wrong = first_wrong(errors)
    if wrong is not None and QUESTIONS.index(wrong) < QUESTIONS.index(question):
        return wrong
    return None


def shown(now: Question) -> dict[str, Any]:
    """Return the values of components/steps.html."""
    at = QUESTIONS.index(now)
    return {
        "steps": [
            {
                "word": question.word,
                "href": question.url,
                "state": "passed" if index < at else "now" if index == at else "next",
            }
            for index, question in enumerate(QUESTIONS)
        ],
        "number": at + 1,
        "total": len(QUESTIONS),
    }
