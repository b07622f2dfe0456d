"""The form of a call-back; call_backs.checked judges what is typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.needed_fields import shown_as_needed
from outreach.hotline.call_backs import QUESTION_MAX, Caller
from outreach.models import Topic


class CallBackForm(forms.Form):
    """Whom to call and what about; the time is one of the page's own choices."""

    use_required_attribute = False
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    topic = forms.ChoiceField(
        label=_("What about"), required=False, choices=[("", "—"), *Topic.choices]
    )
    question = forms.CharField(
        label=_("Your question in a few words"),
        required=False,
        help_text=_("Then the consultant has the answer ready."),
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": QUESTION_MAX}),
    )
    name = forms.CharField(
        label=_("How to address you"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=400,
        help_text=_("If you want a letter with the time and a link to move or cancel it."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    consent = forms.BooleanField(
        label=_("I agree that my phone is kept for this call"), required=False
    )
    starts_at = forms.CharField(required=False, max_length=40)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("phone", "topic", "consent"):
            shown_as_needed(self.fields[name])

    def caller(self) -> Caller:
        """Return what was typed."""
        names = Caller.__dataclass_fields__
        return Caller(**{name: self.cleaned_data[name] for name in names})

    def blame(self, errors: dict[str, str]) -> None:
        """Put the words beside their fields."""
        for name, words in errors.items():
            self.add_error(name if name in self.fields else None, words)


def moment(typed: str) -> datetime | None:
    """Return the moment that a choice of the page names, None for anything else."""
    try:
        found = parse_datetime(typed.replace(" ", "+"))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
