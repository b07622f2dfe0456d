"""The forms of tracking: opening by number and code, and saying something."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.needed_fields import shown_as_needed
from requests_app.filing.forms import FilesField
from requests_app.taking_in import ids_of


class CodeForm(forms.Form):
    """Number and code, as on the letter."""

    use_required_attribute = False
    number = forms.CharField(
        label=_("Number of the request"),
        max_length=40,
        error_messages={"required": _("Enter the number: 26-000123.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        help_text=_("Sixteen letters and digits: ABCD-EFGH-IJKL-MNOP. Dashes do not matter."),
        error_messages={"required": _("Enter the code from the letter or the last page.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class SayForm(forms.Form):
    """Words and files of a comment or a step; the table of steps says what is needed."""

    use_required_attribute = False
    text = forms.CharField(
        label=_("Your words"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    photos = FilesField(
        label=_("Add photos"),
        required=False,
        help_text=_("Up to 10 photos or PDF documents, 10 MB each."),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Files that were taken in although the rest of the form was refused.
    kept = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, *args: object, needs_text: bool, label: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].label = label
        if needs_text:
            shown_as_needed(self.fields["text"])

    def clean_kept(self) -> tuple[UUID, ...]:
        """Return the ids of files kept from the refused form; what is not an id is dropped."""
        return ids_of(self.cleaned_data["kept"])
