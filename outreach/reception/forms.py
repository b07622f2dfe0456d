"""The forms of a booking; booking.checked judges what is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.needed_fields import shown_as_needed
from outreach.reception.booking import QUESTION_MAX, Visitor


class VisitorForm(forms.Form):
    """Who comes and what about."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("How to address you"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    question = forms.CharField(
        label=_("What you come about"),
        required=False,
        help_text=_("In a few words: then we prepare the papers."),
        widget=forms.Textarea(attrs={"rows": 4, "data-limit": QUESTION_MAX}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=300,
        help_text=_("Time, place and a reminder come here. One of e-mail and phone is enough."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    consent = forms.BooleanField(
        label=_("I agree that my name and contact are kept for this visit"), required=False
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "question", "consent"):
            shown_as_needed(self.fields[name])

    def visitor(self) -> Visitor:
        """Return what was typed."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        return Visitor(**values)

    def blame(self, errors: dict[str, str]) -> None:
        """Put the words beside their fields."""
        for name, words in errors.items():
            self.add_error(name if name in self.fields else None, words)


class WaitForm(forms.Form):
    """Where to write when a time is free."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown_as_needed(self.fields["email"])

    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=300,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
