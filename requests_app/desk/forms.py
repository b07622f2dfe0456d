"""What the desk's forms ask for: exactly what the step needs, by the table of steps."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.uploads import MEDIA_TYPES
from requests_app import lifecycle
from requests_app.desk import organisations
from requests_app.models import Request
from requests_app.statuses import Outcome
from requests_app.steps import Need, Step

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def moment(label: Any, *, required: bool = True) -> forms.DateTimeField:
    """Return a field for a day and time in the city's zone."""
    return forms.DateTimeField(
        label=label,
        required=required,
        widget=_MOMENT,
        input_formats=["%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M"],
    )


# Where a refusal of the lifecycle is shown; what is not named stands above the form.
FIELD_OF = {
    "text": "text",
    "outcome": "outcome",
    "clause": "clause",
    "duplicate_of": "duplicate_of",
    "executor": "executor",
    "act.signer": "signer",
    "act.signed_on": "signed_on",
    "act.upload": "scan",
    "uploads": "files",
    "category": "category",
    "assigned_to": "operator",
}


class _OnVersion(forms.Form):
    """A form that knows which version of the request its reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def refuse(self, refused: lifecycle.Refused) -> None:
        """Show a refusal of the lifecycle beside its field."""
        field = FIELD_OF.get(refused.field)
        self.add_error(field if field in self.fields else None, refused.message)


def _start(item: Request) -> dict[str, Any]:
    return {"version": item.version, "key": uuid.uuid4().hex}


class StepForm(_OnVersion):
    """One step: the fields that its `needs` name, and a text for the resident if there is none."""

    step = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("A word to the resident"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=20_000,
        strip=True,
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        step: Step,
        item: Request,
        choices: list[organisations.Choice] | None = None,
        text: str = "",
    ) -> None:
        super().__init__(
            data,
            files,
            prefix=None,
            auto_id=f"{step.name}-%s",
            initial={**_start(item), "step": step.name, "text": text},
        )
        self.about = step
        self.fields["text"].required = Need.TEXT in step.needs
        if Need.TEXT in step.needs:
            self.fields["text"].label = _TEXT_LABELS.get(step.name, self.fields["text"].label)
        if Need.EXECUTOR in step.needs:
            self._ask_executor(choices or [], data, step.name)
        if Need.OUTCOME in step.needs:
            self._ask_outcome(step)
        if Need.ACT in step.needs:
            self._ask_act()

    def _ask_executor(self, choices: list[organisations.Choice], data: Any, step_name: str) -> None:
        chosen = str((data or {}).get("executor", ""))
        self.choices = choices
        self.fields["executor"] = forms.CharField(
            label=_("Organisation"),
            required=False,
            max_length=40,
            widget=forms.RadioSelect(
                choices=[
                    (choice.code, f"{choice.name} ({choice.note})" if choice.note else choice.name)
                    for choice in choices
                ]
            ),
        )
        self.chosen = chosen
        self.fields["executor_q"] = forms.CharField(
            label=_("Another organisation: name or ИНН"),
            required=False,
            max_length=100,
            # Found while typing; without JavaScript the form comes back with what was found.
            widget=forms.TextInput(
                attrs={
                    "autocomplete": "off",
                    "hx-get": reverse("admin:requests_app_request_organisations"),
                    "hx-trigger": "input changed delay:200ms",
                    "hx-target": f"#{step_name}-found",
                    "hx-sync": "this:replace",
                }
            ),
        )
        self.order_fields(["executor", "executor_q", "text"])

    def _ask_outcome(self, step: Step) -> None:
        self.fields["outcome"] = forms.ChoiceField(
            label=_("How it ends"),
            choices=[(code, code.label) for code in Outcome if code in step.outcomes],
            widget=forms.RadioSelect,
        )
        self.fields["clause"] = forms.CharField(
            label=_("Clause of the law (for a refusal)"), required=False, max_length=200
        )
        self.fields["duplicate_of"] = forms.CharField(
            label=_("Number of the earlier request (for a duplicate)"),
            required=False,
            max_length=16,
        )
        self.order_fields(["outcome", "clause", "duplicate_of", "text"])

    def _ask_act(self) -> None:
        self.fields["signed_on"] = forms.DateField(label=_("When it was signed"), widget=DATE)
        self.fields["signer"] = forms.CharField(label=_("Who signed the act"), max_length=200)
        self.fields["scan"] = forms.FileField(
            label=_("Scan or photo of the act"),
            required=False,
            widget=forms.FileInput(attrs={"accept": ",".join(MEDIA_TYPES)}),
        )
        self.fields["scan_id"] = forms.UUIDField(required=False, widget=forms.HiddenInput)
        self.order_fields(["signed_on", "signer", "scan", "text"])

    def clean(self) -> dict[str, Any]:
        """Find the organisation that was typed, if none was chosen."""
        values = super().clean() or {}
        if Need.EXECUTOR in self.about.needs:
            values["executor"] = self._executor(
                values.get("executor", ""), values.get("executor_q", "")
            )
        return values

    def _executor(self, chosen: str, words: str) -> lifecycle.NewExecutor | None:
        if not chosen and words:
            found = organisations.named(words)
            if len(found) == 1:
                chosen = found[0].code
            else:
                self.add_error(
                    "executor",
                    _("Choose one of the organisations found.")
                    if found
                    else _("No organisation has such a name or ИНН."),
                )
                return None
        executor = organisations.read(chosen)
        if executor is None and "executor" not in self.errors:
            self.add_error("executor", _("Choose the organisation."))
        return executor

    def details(self, *, scan: uuid.UUID | None = None) -> lifecycle.Details:
        """Return what the step brings, as the lifecycle takes it."""
        values = self.cleaned_data
        act = None
        if Need.ACT in self.about.needs:
            act = lifecycle.ActDetails(
                signed_on=values["signed_on"],
                signer=values["signer"],
                upload=scan or values.get("scan_id"),
            )
        return lifecycle.Details(
            text=values["text"],
            act=act,
            executor=values.get("executor"),
            outcome=values.get("outcome", ""),
            clause=values.get("clause", ""),
            duplicate_of=values.get("duplicate_of", ""),
        )


_TEXT_LABELS: dict[str, Any] = {
    "ask": gettext_lazy("Question to the resident"),
    "answer": gettext_lazy("What the resident answered"),
    "redirect": gettext_lazy("Why it is passed on (the resident reads it)"),
    "close_on_word": gettext_lazy("When and how the resident confirmed"),
    "object": gettext_lazy("What is still wrong, in the resident's words"),
    "reopen": gettext_lazy("What came back, in the resident's words"),
    "refuse": gettext_lazy("Explanation for the resident"),
}


class CommentForm(forms.Form):
    """A line that the resident reads, with a photo or paper if need be."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    text = forms.CharField(
        label=gettext_lazy("Answer to the resident"),
        widget=forms.Textarea(
            attrs={
                "rows": 3,
                "data-key": "KeyC",
                "data-key-words": gettext_lazy("Answer to the resident"),
            }
        ),
        max_length=20_000,
    )

    def __init__(self, data: Any = None, *, text: str = "") -> None:
        super().__init__(
            data, auto_id="comment-%s", initial={"key": uuid.uuid4().hex, "text": text}
        )


class NoteForm(forms.Form):
    """A line that only staff read."""

    text = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "data-key": "KeyK",
                "data-key-words": gettext_lazy("Note for colleagues"),
            }
        ),
        max_length=20_000,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="note-%s")


class AssignForm(_OnVersion):
    """Which operator answers for the request."""

    operator = forms.IntegerField(
        label=gettext_lazy("Operator"), required=False, widget=forms.Select
    )

    def __init__(
        self, data: Any = None, *, item: Request, operators: list[tuple[str, str]]
    ) -> None:
        super().__init__(
            data,
            auto_id="assign-%s",
            initial={**_start(item), "operator": item.assigned_to_id},
        )
        self.fields["operator"].widget = forms.Select(choices=operators)


class RecategoriseForm(_OnVersion):
    """Another matter: norm, executor and due time follow it."""

    category = forms.SlugField(
        label=gettext_lazy("Matter"), max_length=64, widget=forms.Select, allow_unicode=False
    )
    text = forms.CharField(
        label=gettext_lazy("A word to the resident"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=20_000,
    )

    def __init__(self, data: Any = None, *, item: Request, matters: list[tuple[str, Any]]) -> None:
        super().__init__(
            data,
            auto_id="matter-%s",
            initial={**_start(item), "category": item.category.slug},
        )
        self.fields["category"].widget = forms.Select(choices=matters)
