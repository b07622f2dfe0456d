"""The forms of a sign-up; signing_up.checked judges what is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.needed_fields import shown_as_needed
from outreach.seminars.finishing import MARKS, TEXT_MAX
from outreach.seminars.signing_up import Person


def _districts() -> list[tuple[str, Any]]:
    return [("", _("not said")), *((name, name) for name in settings.CITY.districts)]


class PersonForm(forms.Form):
    """Who comes."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Surname, first name, patronymic"),
        required=False,
        max_length=200,
        help_text=_("As it should stand on the certificate. Nobody else sees it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=300,
        help_text=_("The pass and a reminder come here. One of e-mail and phone is enough."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    district = forms.ChoiceField(
        label=_("Your district"),
        required=False,
        choices=_districts,
        help_text=_("For the public figures of who was taught."),
    )
    consent = forms.BooleanField(
        label=_("I agree that my name and contact are kept for this seminar for a year"),
        required=False,
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "consent"):
            shown_as_needed(self.fields[name])

    def person(self) -> Person:
        """Return what was typed."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        return Person(**values)

    def blame(self, errors: dict[str, str]) -> None:
        """Put the words beside their fields."""
        for name, words in errors.items():
            self.add_error(name if name in self.fields else None, words)


class NameForm(forms.Form):
    """What may be changed of a sign-up."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Surname, first name, patronymic"), required=False, max_length=200
    )
    district = forms.ChoiceField(label=_("Your district"), required=False, choices=_districts)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown_as_needed(self.fields["name"])


class JudgeForm(forms.Form):
    """What somebody thinks of a seminar."""

    use_required_attribute = False
    mark = forms.ChoiceField(
        label=_("How useful was it?"),
        required=False,
        choices=[(str(mark), str(mark)) for mark in MARKS],
        widget=forms.RadioSelect,
        help_text=_("1: not at all, 5: very."),
    )
    text = forms.CharField(
        label=_("What should we do better?"),
        required=False,
        help_text=_("Only the staff reads it."),
        widget=forms.Textarea(attrs={"rows": 3, "data-limit": TEXT_MAX}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown_as_needed(self.fields["mark"])


class WalkInForm(forms.Form):
    """Somebody who came without signing up."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Surname, first name, patronymic"), required=False, max_length=200
    )
    email = forms.CharField(
        label=_("E-mail"), required=False, max_length=300, help_text=_("For the certificate.")
    )
    consent = forms.BooleanField(
        label=_("Agrees that name and contact are kept for a year"), required=False
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "consent"):
            shown_as_needed(self.fields[name])
