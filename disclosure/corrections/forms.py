"""The form under «this is wrong», and the one that decides it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from disclosure.corrections.models import Matter, Verdict

OF_HOUSE = (
    *(Matter.MANAGER, Matter.CONTACTS, Matter.SUPPLIERS, Matter.PASSPORT, Matter.PLACE),
    *(Matter.TARIFFS, Matter.WORKS, Matter.MEETINGS, Matter.OTHER),
)
OF_COMPANY = (Matter.CONTACTS, Matter.WORKS, Matter.FINANCES, Matter.OTHER)


class WrongForm(forms.Form):
    """What is wrong, what should be there, and where to answer."""

    matter = forms.ChoiceField(label=_("What is wrong"))
    text = forms.CharField(
        label=_("What should be there"),
        max_length=2000,
        help_text=_("And how you know it: a bill, a notice in the entrance, minutes of a meeting."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    email = forms.EmailField(
        label=_("E-mail for the answer"),
        required=False,
        help_text=_("For one letter with the decision; then we delete the address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, matters: tuple[Matter, ...]) -> None:
        super().__init__(data, initial={"key": uuid.uuid4()})
        choice: Any = self.fields["matter"]
        choice.choices = [("", _("Choose")), *((each.value, each.label) for each in matters)]


class VerdictForm(forms.Form):
    """How it ended, and the words for the sender."""

    verdict = forms.ChoiceField(label=_("verdict"), choices=Verdict.choices)
    answer = forms.CharField(
        label=_("answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The sender reads this in a letter. The page itself is corrected by hand."),
    )
