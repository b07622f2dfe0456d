"""
The forms of the five questions: labels, hints and widgets.

They check nothing that intake checks: its words come back beside the fields (`steps.wrong_at`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from accounts import phones
from accounts.needed_fields import shown_as_needed
from accounts.uploads import MEDIA_TYPES
from requests_app.intake import DESCRIPTION_MAX


class Question(forms.Form):
    """A form whose mistakes intake names."""

    use_required_attribute = False

    def blame(self, errors: Mapping[str, str]) -> None:
        """Put intake's words beside the fields, or above the form for what has no field."""
        for name, text in errors.items():
            self.add_error(name if name in self.fields else None, text)


class ManyFiles(forms.ClearableFileInput):
    """A file input that takes several at once."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[UploadedFile]:
        """Return every file chosen, not only the last one."""
        return list(files.getlist(name)) if hasattr(files, "getlist") else []


class FilesField(forms.FileField):
    """Files as sent; each is judged by accounts.uploads, not here."""

    widget = ManyFiles(attrs={"accept": ",".join(MEDIA_TYPES)})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return the files as they are."""
        return list(data or [])


class AddressForm(Question):
    """Where exactly in the chosen house."""

    entrance = forms.CharField(
        label=_("Entrance"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    flat = forms.CharField(
        label=_("Flat"),
        required=False,
        help_text=_("Leave it empty if the trouble is in the entrance, the yard or on the roof."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    home = forms.BooleanField(label=_("This is my home: fill it in next time"), required=False)

    def __init__(self, *args: Any, has_account: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_account:
            del self.fields["home"]


class WordsForm(Question):
    """What happened, in the person's own words."""

    description = shown_as_needed(
        forms.CharField(
            label=_("What happened?"),
            help_text=_("Where, since when, how it shows. In your own words."),
            widget=forms.Textarea(attrs={"rows": 6, "data-limit": DESCRIPTION_MAX}),
        )
    )
    photos = FilesField(
        label=_("Add photos"),
        required=False,
        help_text=_("Up to 10 photos or PDF documents, 10 MB each."),
    )


class ContactForm(Question):
    """How to answer, and what the person agrees to."""

    name = forms.CharField(
        label=_("How to address you"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        help_text=_("Letters about every step come here."),
        # Not type="email": the browser's own words would stop the form before ours can help.
        widget=forms.TextInput(
            attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"}
        ),
    )
    phone = forms.CharField(
        label=_("Phone"),
        help_text=_("The dispatcher calls it when somebody must be let in."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    consent = shown_as_needed(
        forms.BooleanField(label=_("I agree to the processing of my personal data"))
    )
    public = forms.BooleanField(
        label=_("Show in the public list"),
        required=False,
        help_text=_(
            "Neighbours see the matter, the house, who answers and the dates. "
            "Never your name, flat, words, photos or contact."
        ),
    )

    is_appeal = forms.BooleanField(
        label=_("This is an appeal under the law on citizens' appeals (59-ФЗ)"),
        required=False,
        help_text=_(
            "A written answer comes within 30 days. Surname and name are needed. "
            "A fault is fixed in its own time all the same."
        ),
    )

    def __init__(self, *args: Any, may_appeal: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_appeal:
            del self.fields["is_appeal"]
        # One of the two is needed, so neither may be called optional; intake says which is missing.
        for name in ("email", "phone"):
            shown_as_needed(self.fields[name])
        phone = self.initial.get("phone")
        if phone:
            self.initial["phone"] = phones.in_words(phone)
