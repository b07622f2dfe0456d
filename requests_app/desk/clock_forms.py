"""Forms about times at the desk: planned, agreed, reached, put off; one form a matter."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Operator
from requests_app import lifecycle
from requests_app.desk.forms import moment
from requests_app.models import Request


class ClockForm(forms.Form):
    """What one matter about times asks; `made` does it."""

    verb = ""
    title: Promise
    hint: Promise
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    text = forms.CharField(
        label=_("A word to the resident"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id=f"clock-{self.verb}-%s", initial={"key": uuid.uuid4().hex})
        self.order_fields([name for name in self.fields if name != "text"])

    def make(self, item: Request, *, by: Operator, at: datetime) -> None:
        """Do it; raise lifecycle.Refused."""
        raise NotImplementedError

    def refuse(self, refused: lifecycle.Refused) -> None:
        """Show a refusal beside its field."""
        self.add_error(refused.field if refused.field in self.fields else None, refused.message)

    @property
    def _said(self) -> dict[str, Any]:
        return {
            "text": self.cleaned_data["text"],
            "idempotency_key": self.cleaned_data["key"],
        }


class PlanForm(ClockForm):
    """When the work is planned."""

    verb = "plan"
    title = _("Name the planned time")
    hint = _("The resident is told. The limit of the norm does not move.")
    planned_at = moment(_("Planned for"))

    def make(self, item: Request, *, by: Operator, at: datetime) -> None:
        """Name it."""
        planned = self.cleaned_data["planned_at"]
        lifecycle.plan(item, planned_at=planned, by=by, at=at, **self._said)


class VisitForm(ClockForm):
    """When the resident lets somebody in."""

    verb = "visit"
    title = _("Agree a visit")
    hint = _(
        "The check moves to this time; the repair's clock stands until it, an emergency's not."
    )
    visit_at = moment(_("Agreed for"))

    def make(self, item: Request, *, by: Operator, at: datetime) -> None:
        """Write it down."""
        visit = self.cleaned_data["visit_at"]
        lifecycle.agree_visit(item, visit_at=visit, by=by, at=at, **self._said)


class HarmForm(ClockForm):
    """When the harm was stopped."""

    verb = "harm"
    title = _("The harm is stopped")
    hint = _("The leak is shut off, the danger is fenced; the repair is still to come.")
    happened_at = moment(_("When"))

    def make(self, item: Request, *, by: Operator, at: datetime) -> None:
        """Write it down."""
        happened = self.cleaned_data["happened_at"]
        lifecycle.stop_harm(item, happened_at=happened, by=by, at=at, **self._said)


class InspectionForm(ClockForm):
    """The act of a check."""

    verb = "inspection"
    title = _("Act of inspection")
    hint = _("Who came, what they found; the resident reads it.")
    happened_at = moment(_("When"))
    found_fault = forms.TypedChoiceField(
        label=_("What was found"),
        choices=[("yes", _("The fault is confirmed")), ("no", _("No fault was found"))],
        coerce=lambda value: value == "yes",
    )
    signer = forms.CharField(label=_("Who signed the act"), max_length=200)

    def make(self, item: Request, *, by: Operator, at: datetime) -> None:
        """Keep the act."""
        values = self.cleaned_data
        act = lifecycle.Inspection(
            happened_at=values["happened_at"],
            found_fault=values["found_fault"],
            signer=values["signer"],
            text=values["text"],
        )
        lifecycle.record_inspection(item, act, by=by, at=at, idempotency_key=values["key"])


class AnswerForm(ClockForm):
    """The written answer."""

    verb = "answer"
    title = _("Answer in writing")
    hint = _("The clock of the answer is met with it.")

    def make(self, item: Request, *, by: Operator, at: datetime) -> None:
        """Give it."""
        lifecycle.answer_in_writing(item, by=by, at=at, **self._said)


class ExtendForm(ClockForm):
    """Putting the answer off."""

    verb = "extend"
    title = _("Put the answer off")
    hint = _("Once, with a reason; the resident gets a letter.")
    until = forms.DateField(
        label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def make(self, item: Request, *, by: Operator, at: datetime) -> None:
        """Put it off."""
        values = self.cleaned_data
        lifecycle.extend(item, until=values["until"], by=by, at=at, text=values["text"])


FORMS: dict[str, type[ClockForm]] = {
    form.verb: form
    for form in (PlanForm, VisitForm, HarmForm, InspectionForm, AnswerForm, ExtendForm)
}


def offered(item: Request, *, at: datetime, bound: ClockForm | None = None) -> list[ClockForm]:
    """Return the forms that make sense for this request now."""
    if not item.is_open:
        return [bound] if bound else []
    wanted = ["plan", "visit"]
    if item.react_by is not None and item.reacted_at is None:
        wanted.append("harm")
    if item.inspect_by is not None or item.visit_at is not None:
        wanted.append("inspection")
    if item.answered_at is None:
        wanted.append("answer")
    if lifecycle.may_be_extended(item, at=at) is not None:
        wanted.append("extend")
    forms_now = [bound if bound and bound.verb == verb else FORMS[verb]() for verb in wanted]
    if bound is not None and bound.verb not in wanted:
        forms_now.append(bound)
    now = timezone.localtime(at).replace(second=0, microsecond=0)
    for form in forms_now:
        if "happened_at" in form.fields and not form.is_bound:
            form.initial["happened_at"] = now
    return forms_now
