"""What a person types before the account is closed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User


class CloseForm(forms.Form):
    """The account's own address, typed again: no slip of the hand closes an account."""

    email = forms.CharField(
        label=gettext_lazy("Your e-mail, once more"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, person: User, **named: Any) -> None:
        super().__init__(*args, **named)
        self.person = person

    def clean_email(self) -> str:
        """Refuse another address."""
        typed = str(self.cleaned_data["email"]).strip().lower()
        if typed != self.person.email.lower():
            raise forms.ValidationError(_("This is not the address of this account."))
        return typed
