"""What the pages of filing share: reading a form, and finding the way between questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from accounts.middleware import ActorRequest
from requests_app.filing import drafts, steps
from requests_app.models import Draft
from requests_app.typed_text import one_line

# Longer is cut: a draft must not become a store. Intake then says what is too long.
_LINE = 300


def line(data: QueryDict, name: str, most: int = _LINE) -> str:
    """Return a field of the form as one line, cut to `most` signs."""
    return one_line(data.get(name, "")[: most * 4])[:most]


def number(text: str | None) -> int:
    """Return the id in `text`; 0, which no row has, for anything else."""
    text = text or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def open_draft(http: ActorRequest, *, at: datetime) -> Draft | None:
    """Return the draft being written; one already sent is none."""
    draft = drafts.of(http, at=at)
    return None if draft is None or drafts.number_of(draft) else draft


def sent_page(draft: Draft) -> HttpResponse:
    """Lead to what came of a draft already sent."""
    return redirect("requests_app:sent", drafts.number_of(draft))


def page(
    http: ActorRequest, question: steps.Question, template: str, values: dict[str, Any]
) -> HttpResponse:
    """Show the page of a question; 422 when it comes back with mistakes."""
    wrong = bool(values.get("form") and values["form"].errors) or bool(values.get("errors"))
    values = {"question": question, "progress": steps.shown(question), **values}
    return render(http, template, values, status=422 if wrong else 200)


def to(http: ActorRequest, question: steps.Question, *, at: datetime) -> Draft | HttpResponse:
    """Return the draft, or where to go instead of asking this question now."""
    draft = drafts.of(http, at=at)
    if draft is None:
        return redirect("requests_app:new")
    if drafts.number_of(draft):
        return sent_page(draft)
    gap = steps.gap_before(question, draft.answers, (), by=http.actor, at=at)
    if gap is not None:
        return redirect(gap.url)
    if steps.QUESTIONS.index(question) > 1 and steps.stop_of(draft.answers):
        return redirect("requests_app:new_stop")
    return draft
