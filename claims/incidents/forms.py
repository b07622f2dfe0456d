"""What somebody without a request says to get money back after an incident: one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.needed_fields import shown_as_needed
from claims.incidents.showing import ShownMonth
from claims.of_request.forms import ApplyForm, CountForm

# Fields of intake that this form calls otherwise.
_NAMES = {"contact.name": "name", "contact.email": "email", "contact.phone": "phone"}


class IncidentClaimForm(ApplyForm, CountForm):
    """Flat, bill, contact and consent; intake and the calculation judge the rest."""

    flat = shown_as_needed(
        forms.CharField(
            label=_("Flat"),
            max_length=12,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
        )
    )
    name = shown_as_needed(
        forms.CharField(
            label=_("Surname and name"),
            max_length=200,
            help_text=_("As on the bill: the application is in your name."),
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )
    )
    email = shown_as_needed(
        forms.CharField(
            label=_("E-mail"),
            help_text=_("Letters about every step come here."),
            widget=forms.TextInput(
                attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"}
            ),
        )
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    consent = shown_as_needed(
        forms.BooleanField(label=_("I agree to the processing of my personal data"))
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    field_order = (
        *("flat", "month", "charge", "metered", "account", "bills"),
        *("name", "email", "phone", "consent"),
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        months: Sequence[ShownMonth],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.months = months
        super().__init__(data, files, months=months, initial=initial)

    def clean_flat(self) -> str:
        """Return the flat: without one a claim names no household."""
        flat = str(self.cleaned_data["flat"]).strip()
        if not flat:
            raise forms.ValidationError(_("Write the flat: the bill is reduced for it."))
        return flat

    def clean_name(self) -> str:
        """Return the name: an application is somebody's."""
        name = str(self.cleaned_data["name"]).strip()
        if not name:
            raise forms.ValidationError(_("Write your surname and name."))
        return name

    def blame(self, errors: Mapping[str, str]) -> None:
        """Put intake's words beside the fields, or above the form for what has no field."""
        for name, text in errors.items():
            field = _NAMES.get(name, name)
            self.add_error(field if field in self.fields else None, text)

    def _copy(self, data: Any) -> Self:
        return type(self)(data, months=self.months)
