"""Which expert works on a question: taken by one, given back, or taken over on purpose."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Operator
from outreach.models import Question, QuestionTaking


class Colleagues(Exception):
    """A colleague works on the question."""

    def __init__(self) -> None:
        super().__init__(_("A colleague works on this question. Take it over first."))


class Over(Exception):
    """There is nothing left to work on: the question was answered or declined."""

    def __init__(self) -> None:
        super().__init__(_("This question is answered or declined: nothing is left to take."))


@transaction.atomic
def take(question: Question, *, by: Operator, at: datetime, over: bool = False) -> bool:
    """
    Take the question; False when it is one's own already. `over`: from whoever has it.

    Raise Colleagues or Over.
    """
    row = Question.objects.select_for_update().defer("search").get(pk=question.pk)
    if row.answered_at is not None or row.declined_at is not None:
        raise Over
    if not over:
        demand(row, by=by)
    found = QuestionTaking.objects.filter(question=row).first()
    if found is not None and found.by_id == by.id:
        return False
    QuestionTaking.objects.update_or_create(question=row, defaults={"by_id": by.id, "at": at})
    _next_version(row)
    return True


@transaction.atomic
def give_back(question: Question, *, by: Operator) -> bool:
    """Let others take it; False when nobody has it. Raise Colleagues."""
    row = Question.objects.select_for_update().defer("search").get(pk=question.pk)
    demand(row, by=by)
    gone, _by_model = QuestionTaking.objects.filter(question=row).delete()
    if gone:
        _next_version(row)
    return bool(gone)


def demand(question: Question, *, by: Operator) -> None:
    """Raise Colleagues where a colleague has the question; one's own and nobody's pass."""
    if QuestionTaking.objects.filter(question=question).exclude(by=by.id).exists():
        raise Colleagues


def _next_version(row: Question) -> None:
    row.version += 1
    row.save(update_fields=["version"])
