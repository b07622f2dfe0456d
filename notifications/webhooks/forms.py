"""Forms of the pages of webhooks; rules decide in `subscribing`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from notifications.models import WebhookSubscription
from notifications.webhooks import signing, subjects
from notifications.webhooks.catalogue import TYPES
from notifications.webhooks.subscribing import FILTERS, NAME_MAX, URL_MAX, Wanted

_LISTED = ("categories", "districts", "statuses")
_BETWEEN = re.compile(r"[\s,;]+")
_DIGITS = 18


class WebhookForm(forms.Form):
    """
    A subscription as its owner writes it.

    Who acts for several organisations (`inns`) says for which one a new one is.
    """

    organisation = forms.ChoiceField(
        label=pgettext_lazy("webhook", "Organisation"),
        help_text=gettext_lazy("All who act for it see and change the webhook."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=pgettext_lazy("webhook", "What it is for"),
        max_length=NAME_MAX,
        help_text=gettext_lazy("For you alone: the dispatcher's program, a map, a chat."),
    )
    url = forms.CharField(
        label=pgettext_lazy("webhook", "Address that we call"),
        max_length=URL_MAX,
        help_text=gettext_lazy("https://…, port 443 or 8443, open to the internet."),
        widget=forms.URLInput({"autocomplete": "off", "inputmode": "url"}),
    )
    events = forms.MultipleChoiceField(
        label=pgettext_lazy("webhook", "Events"),
        choices=[
            (code, format_lazy("{} ({})", kind.label, kind.hint) if kind.hint else kind.label)
            for code, kind in TYPES.items()
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    categories = forms.MultipleChoiceField(
        label=pgettext_lazy("webhook", "Only these matters"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    districts = forms.MultipleChoiceField(
        label=pgettext_lazy("webhook", "Only these districts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    statuses = forms.MultipleChoiceField(
        label=pgettext_lazy("webhook", "Only when a request gets these statuses"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    inns = forms.CharField(
        label=pgettext_lazy("webhook", "Only these organisations"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("INN, several with commas between them."),
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    buildings = forms.CharField(
        label=pgettext_lazy("webhook", "Only these houses"),
        required=False,
        max_length=1000,
        help_text=gettext_lazy("Numbers of houses in the API, several with commas between them."),
        widget=forms.TextInput({"inputmode": "numeric"}),
    )

    def __init__(
        self,
        *args: Any,
        held: WebhookSubscription | None = None,
        inns: Sequence[str] = (),
        **named: Any,
    ) -> None:
        if held is not None:
            named["initial"] = {
                "version": held.version,
                "name": held.name,
                "url": held.url,
                "events": held.events,
                **{column: getattr(held, column) for column in _LISTED},
                "inns": ", ".join(held.inns),
                "buildings": ", ".join(map(str, held.buildings)),
            }
        super().__init__(*args, **named)
        if held is None and len(inns) > 1:
            whose: Any = self.fields["organisation"]
            whose.choices = [(inn, inn) for inn in inns]
        else:
            del self.fields["organisation"]
        for column, values in subjects.choices().items():
            chosen = set(getattr(held, column)) if held else set()
            field: Any = self.fields[column]
            # What a program chose stays in sight, although the page offers less.
            field.choices = [
                (value.code, value.label)
                for value in values
                if value.on_page or value.code in chosen
            ]

    def clean_buildings(self) -> list[int]:
        """Return the ids."""
        words = _words(self.cleaned_data["buildings"])
        if any(
            not (word.isascii() and word.isdecimal() and len(word) <= _DIGITS) for word in words
        ):
            raise forms.ValidationError(_("Write numbers with commas between them."))
        return [int(word) for word in words]

    def clean_inns(self) -> list[str]:
        """Return them apart."""
        return _words(self.cleaned_data["inns"])

    def wanted(self) -> Wanted:
        """Return what was asked for."""
        found = self.cleaned_data
        return Wanted(
            name=found["name"],
            url=found["url"],
            events=found["events"],
            **{column: found[column] for column in FILTERS},
        )

    def has_filters(self) -> bool:
        """Whether the folded part has something to show."""
        return any(self[column].value() or self[column].errors for column in FILTERS)


class RotateForm(forms.Form):
    """How long the secret that is replaced goes on."""

    overlap = forms.TypedChoiceField(
        label=pgettext_lazy("webhook", "The present secret signs on"),
        coerce=lambda seconds: timedelta(seconds=int(seconds)),
        choices=[
            (str(int(overlap.total_seconds())), words)
            for overlap, words in zip(
                signing.OVERLAPS,
                (
                    pgettext_lazy("webhook", "not at all: it has leaked"),
                    pgettext_lazy("webhook", "for an hour"),
                    pgettext_lazy("webhook", "for a day"),
                    pgettext_lazy("webhook", "for a week"),
                ),
                strict=True,
            )
        ],
        initial="86400",
    )


class SinceForm(forms.Form):
    """From when failed calls are sent again."""

    since = forms.DateTimeField(
        label=pgettext_lazy("webhook", "What failed since"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )


def _words(text: str) -> list[str]:
    return [word for word in _BETWEEN.split(text) if word]
