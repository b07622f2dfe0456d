"""What a representative does with a request: one form a verb, and which verbs are open now."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.actors import Executor
from accounts.needed_fields import shown_as_needed
from requests_app import lifecycle
from requests_app.desk.forms import DATE, moment
from requests_app.models import Request
from requests_app.statuses import Status

# Where a refusal of the lifecycle is shown, if the form has such a field.
_FIELD_OF = {"to": None, "": None}


class WorkForm(forms.Form):
    """What one verb asks; `make` does it through the lifecycle."""

    use_required_attribute = False
    # The card lists the classes themselves: their titles, not their fields.
    do_not_call_in_templates = True
    verb = ""
    title: Promise
    # What follows, said before it is done; and what is said after.
    hint: Promise
    done: Promise
    icon = "arrow-right"
    text_label: Promise = gettext_lazy("A word to the resident")
    needs_text = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    text = forms.CharField(
        required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, data: Any = None, *, item: Request, at: datetime) -> None:
        super().__init__(data, initial={"key": uuid.uuid4().hex})
        self.item, self.at = item, at
        self.fields["text"].label = str(self.text_label)
        if self.needs_text:
            shown_as_needed(self.fields["text"])
        self.order_fields([name for name in self.fields if name != "text"])

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """Whether this makes sense for the request now; the lifecycle judges once more."""
        return item.is_open

    def make(self, *, by: Executor, at: datetime) -> None:
        """Do it; raise lifecycle.Refused."""
        raise NotImplementedError

    def refuse(self, refused: lifecycle.Refused) -> None:
        """Show a refusal beside its field, or above the form."""
        name = _FIELD_OF.get(refused.field, refused.field)
        self.add_error(name if name in self.fields else None, refused.message)

    @property
    def _said(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"], "idempotency_key": self.cleaned_data["key"]}

    def _move(self, target: Status, *, by: Executor, at: datetime) -> None:
        lifecycle.move(
            self.item,
            target,
            by=by,
            at=at,
            details=lifecycle.Details(
                text=self.cleaned_data["text"],
                planned_at=self.cleaned_data.get("planned_at"),
            ),
            idempotency_key=self.cleaned_data["key"],
        )


class AcceptForm(WorkForm):
    """Taking the request on, with the time of the work."""

    verb = "accept"
    title = gettext_lazy("Accept the request")
    hint = gettext_lazy(
        "The resident gets one letter: accepted, by whom, and for when the work is planned. The "
        "limit of the norm does not move; a later time needs a word that says why."
    )
    done = gettext_lazy("The request is accepted; the resident is told the planned time.")
    icon = "check"
    planned_at = moment(gettext_lazy("When the work is planned"))

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """New here, or passed here."""
        return item.status in {Status.NEW, Status.REDIRECTED}

    def make(self, *, by: Executor, at: datetime) -> None:
        """Accept it."""
        self._move(Status.ACCEPTED, by=by, at=at)


class StartForm(WorkForm):
    """The work begins, or begins again."""

    verb = "start"
    title = gettext_lazy("Start the work")
    hint = gettext_lazy("The resident is told that the work has begun.")
    done = gettext_lazy("The work is begun; the resident is told.")
    icon = "tools"
    planned_at = moment(gettext_lazy("When it will be done"), required=False)

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """Accepted, or back after an objection."""
        return item.status in {Status.ACCEPTED, Status.REOPENED}

    def make(self, *, by: Executor, at: datetime) -> None:
        """Begin."""
        self._move(Status.IN_PROGRESS, by=by, at=at)


class GoOnForm(WorkForm):
    """The resident did not answer, and the answer is no longer needed."""

    verb = "go_on"
    title = gettext_lazy("Go on without the answer")
    hint = gettext_lazy("The clock runs again; the resident is told.")
    done = gettext_lazy("The work goes on; the clock runs again.")
    icon = "tools"

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """A question is open."""
        return item.status == Status.NEEDS_INFO

    def make(self, *, by: Executor, at: datetime) -> None:
        """Go on."""
        self._move(Status.IN_PROGRESS, by=by, at=at)


class PlanForm(WorkForm):
    """Another time of the work."""

    verb = "plan"
    title = gettext_lazy("Name the planned time")
    hint = gettext_lazy(
        "The resident is told. The law gives a repair no more time: the limit stays, and a time "
        "after it needs a word that says why."
    )
    done = gettext_lazy("The resident is told the planned time.")
    icon = "clock"
    planned_at = moment(gettext_lazy("When the work is planned"))

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """Taken on, and not waiting for the resident."""
        return item.status in {Status.ACCEPTED, Status.IN_PROGRESS, Status.REOPENED}

    def make(self, *, by: Executor, at: datetime) -> None:
        """Name it."""
        planned = self.cleaned_data["planned_at"]
        lifecycle.plan(self.item, planned_at=planned, by=by, at=at, **self._said)


class VisitForm(WorkForm):
    """The time at which the resident lets somebody in."""

    verb = "visit"
    title = gettext_lazy("Agree a visit")
    hint = gettext_lazy(
        "Write down what you agreed by phone. The check is then due at this time, and the repair's "
        "clock stands until it; that of an emergency does not."
    )
    done = gettext_lazy("The agreed visit is written down; the resident is told.")
    icon = "user"
    text_label = gettext_lazy("How it was agreed, with whom")
    needs_text = True
    visit_at = moment(gettext_lazy("Agreed for"))

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """Taken on, and no question is open."""
        return PlanForm.is_open(item, at=at)

    def make(self, *, by: Executor, at: datetime) -> None:
        """Write it down."""
        visit = self.cleaned_data["visit_at"]
        lifecycle.agree_visit(self.item, visit_at=visit, by=by, at=at, **self._said)


class HarmForm(WorkForm):
    """The leak is shut off, the danger fenced."""

    verb = "harm"
    title = gettext_lazy("The harm is stopped")
    hint = gettext_lazy("The leak is shut off, the danger is fenced; the repair is still to come.")
    done = gettext_lazy("It is written down; the resident is told.")
    icon = "check"
    happened_at = moment(pgettext_lazy("moment", "When"))

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """Where the norm sets a time to react."""
        return item.is_open and item.react_by is not None and item.reacted_at is None

    def make(self, *, by: Executor, at: datetime) -> None:
        """Write it down."""
        happened = self.cleaned_data["happened_at"]
        lifecycle.stop_harm(self.item, happened_at=happened, by=by, at=at, **self._said)


class InspectionForm(WorkForm):
    """The act of a check on the spot."""

    verb = "inspection"
    title = gettext_lazy("Act of inspection")
    hint = gettext_lazy("Who came, what they found; the resident reads it.")
    done = gettext_lazy("The act of inspection is kept; the resident is told.")
    icon = "eye"
    text_label = gettext_lazy("What was measured or seen")
    happened_at = moment(pgettext_lazy("moment", "When"))
    found_fault = forms.TypedChoiceField(
        label=gettext_lazy("What was found"),
        choices=[
            ("yes", gettext_lazy("The fault is confirmed")),
            ("no", gettext_lazy("No fault was found")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    signer = forms.CharField(label=gettext_lazy("Who signed the act"), max_length=200)

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """Where a check is due or agreed."""
        return item.is_open and (item.inspect_by is not None or item.visit_at is not None)

    def make(self, *, by: Executor, at: datetime) -> None:
        """Keep it."""
        values = self.cleaned_data
        act = lifecycle.Inspection(
            happened_at=values["happened_at"],
            found_fault=values["found_fault"],
            signer=values["signer"],
            text=values["text"],
        )
        key = values["key"]
        lifecycle.record_inspection(self.item, act, by=by, at=at, idempotency_key=key)


class AnswerForm(WorkForm):
    """The answer in writing that the law wants."""

    verb = "answer"
    title = gettext_lazy("Answer in writing")
    hint = gettext_lazy("The clock of the answer is met with it.")
    done = gettext_lazy("The answer is sent.")
    icon = "mail"
    text_label = pgettext_lazy("cabinet", "Answer")
    needs_text = True

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """Where an answer is due and not given."""
        return item.is_open and item.answer_by is not None and item.answered_at is None

    def make(self, *, by: Executor, at: datetime) -> None:
        """Give it."""
        lifecycle.answer_in_writing(self.item, by=by, at=at, **self._said)


class WriteForm(WorkForm):
    """A message that the resident reads."""

    verb = "write"
    title = gettext_lazy("Write to the resident")
    hint = gettext_lazy("Stands in the request's history, and goes out as a letter.")
    done = gettext_lazy("The message is sent.")
    icon = "message"
    text_label = pgettext_lazy("cabinet", "Message")
    needs_text = True

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """Also after the act, while the resident looks at the work."""
        return item.is_open or item.status == Status.DONE

    def make(self, *, by: Executor, at: datetime) -> None:
        """Send it."""
        lifecycle.comment(self.item, by=by, at=at, **self._said)


class AskForm(WorkForm):
    """A question without whose answer the work cannot go on."""

    verb = "ask"
    title = gettext_lazy("Ask the resident")
    hint = gettext_lazy(
        "Only where the work cannot go on without an answer: the clock of the repair stands until "
        "the resident answers, and the contact centre sees it."
    )
    done = gettext_lazy("The question is sent; the clock stands until the answer.")
    icon = "question"
    text_label = gettext_lazy("Question to the resident")
    needs_text = True

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """Open, and no question is open."""
        return item.is_open and item.status != Status.NEEDS_INFO

    def make(self, *, by: Executor, at: datetime) -> None:
        """Ask."""
        self._move(Status.NEEDS_INFO, by=by, at=at)


class MoreTimeForm(WorkForm):
    """Asking the centre to put the written answer off."""

    verb = "more_time"
    title = gettext_lazy("Ask for more time")
    hint = gettext_lazy("The contact centre decides; until then the limit stays.")
    done = gettext_lazy("The contact centre is asked for more time.")
    icon = "clock"
    text_label = gettext_lazy("Why more time is needed")
    needs_text = True
    until = forms.DateField(label=gettext_lazy("Until which day"), widget=DATE)

    def __init__(self, data: Any = None, *, item: Request, at: datetime) -> None:
        super().__init__(data, item=item, at=at)
        allowed = lifecycle.may_be_extended(item, at=at)
        if allowed is not None:
            self.fields["until"].help_text = _("At most until %(day)s: %(clause)s.") % {
                "day": formats.date_format(allowed.until, "j E Y"),
                "clause": allowed.clause,
            }

    @classmethod
    def is_open(cls, item: Request, *, at: datetime) -> bool:
        """Where the law knows an extension; a repair has none."""
        return lifecycle.may_be_extended(item, at=at) is not None

    def make(self, *, by: Executor, at: datetime) -> None:
        """Ask."""
        until = self.cleaned_data["until"]
        lifecycle.ask_extension(self.item, until=until, by=by, at=at, **self._said)


class PassOnForm(WorkForm):
    """Asking the centre to send the request to whoever answers for it."""

    verb = "pass_on"
    title = gettext_lazy("This is not ours: ask to pass it on")
    hint = gettext_lazy(
        "The contact centre decides who answers. Until then the request is yours, and its deadline "
        "stays as it is for whoever gets it."
    )
    done = gettext_lazy("The contact centre is asked to pass the request on.")
    icon = "forward"
    text_label = gettext_lazy("Who answers for it and why (the resident reads it)")
    needs_text = True

    def make(self, *, by: Executor, at: datetime) -> None:
        """Ask."""
        lifecycle.ask_redirect(self.item, by=by, at=at, **self._said)


FORMS: dict[str, type[WorkForm]] = {
    form.verb: form
    for form in (
        AcceptForm,
        StartForm,
        GoOnForm,
        PlanForm,
        VisitForm,
        HarmForm,
        InspectionForm,
        AnswerForm,
        WriteForm,
        AskForm,
        MoreTimeForm,
        PassOnForm,
    )
}
# The step that the work waits for; the rest is offered more quietly.
MAIN = frozenset({"accept", "start", "go_on"})


def offered(item: Request, *, at: datetime) -> list[type[WorkForm]]:
    """Return the verbs that make sense for this request now, in the order of the work."""
    return [form for form in FORMS.values() if form.is_open(item, at=at)]
