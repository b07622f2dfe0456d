"""The forms of an act: filled in here and printed, or a scan of a paper one."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.uploads import MEDIA_TYPES
from requests_app import lifecycle
from requests_app.acts import written
from requests_app.desk.forms import DATE, moment
from requests_app.filing.forms import FilesField
from requests_app.models import Request
from requests_app.taking_in import ids_of

# With the act itself they stay below what one line of a history may carry.
MOST_PHOTOS = 4
_FIELD_OF = {"act.signed_on": "signed_on", "act.signer": "signer", "act.upload": None}


class ActForm(forms.Form):
    """What both kinds of act ask; `parts` are the groups of photos by the name of their field."""

    use_required_attribute = False
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    signed_on = forms.DateField(label=_("When the act was signed"), widget=DATE)
    signer = forms.CharField(
        label=_("Who signed for the executor: post, name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    photos_before = FilesField(label=_("Photos before the work"), required=False)
    photos_after = FilesField(
        label=_("Photos after the work"),
        required=False,
        help_text=_("Up to four, 10 MB each. The resident sees them."),
    )
    # Files that were taken in although the rest of the form was refused.
    kept_before = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    kept_after = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None, *, item: Request, at: datetime) -> None:
        super().__init__(data, files, initial=self._start(item, at=at))
        self.item, self.at = item, at
        self.fields["photos_before"].help_text = self.fields["photos_after"].help_text

    def _start(self, item: Request, *, at: datetime) -> dict[str, Any]:
        return {"key": uuid.uuid4().hex, "signed_on": timezone.localtime(at).date()}

    def clean_kept_before(self) -> tuple[UUID, ...]:
        """Return the ids of photos kept from the refused form."""
        return ids_of(self.cleaned_data["kept_before"])

    def clean_kept_after(self) -> tuple[UUID, ...]:
        """Return the ids of photos kept from the refused form."""
        return ids_of(self.cleaned_data["kept_after"])

    def refuse(self, refused: lifecycle.Refused) -> None:
        """Show a refusal beside its field, or above the form."""
        name = _FIELD_OF.get(refused.field, refused.field)
        self.add_error(name if name in self.fields else None, refused.message)

    def keep(self, **kept: tuple[UUID, ...]) -> None:
        """Let the form, shown again, hold the files already taken and a fresh key."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        for name, ids in kept.items():
            data[f"kept_{name}"] = ",".join(str(one) for one in ids)
        data["key"] = uuid.uuid4().hex
        self.data = data


class WrittenForm(ActForm):
    """The act is filled in here; the portal prints it."""

    works = forms.CharField(
        label=_("What was done"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    materials = forms.CharField(
        label=_("Materials"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    began_at = moment(_("The work began"))
    ended_at = moment(_("The work ended"))
    accepted_by = forms.CharField(
        label=_("Who accepted the work on the spot"),
        max_length=200,
        required=False,
        help_text=_("The resident or the council of the house, if they looked at it."),
    )
    field_order = (
        *("works", "materials", "began_at", "ended_at", "photos_before", "photos_after"),
        *("signed_on", "signer", "accepted_by"),
    )

    def _start(self, item: Request, *, at: datetime) -> dict[str, Any]:
        now = timezone.localtime(at).replace(second=0, microsecond=0)
        began = max(now - timedelta(hours=1), timezone.localtime(item.registered_at))
        return {**super()._start(item, at=at), "began_at": began, "ended_at": now}

    def clean(self) -> dict[str, Any]:
        """Check the times against each other and against the request."""
        values = super().clean() or {}
        if not self.errors:
            for field, words in written.faults(
                self.act(),
                registered_at=self.item.registered_at.replace(second=0, microsecond=0),
                at=self.at,
                zone=timezone.get_current_timezone(),
            ):
                self.add_error(field, words)
        return values

    def act(self) -> written.WrittenAct:
        """Return what was filled in."""
        values = self.cleaned_data
        return written.WrittenAct(
            works=values["works"],
            materials=values["materials"],
            began_at=values["began_at"],
            ended_at=values["ended_at"],
            signed_on=values["signed_on"],
            signer=values["signer"],
            accepted_by=values["accepted_by"],
        )


class ScanForm(ActForm):
    """A paper act, photographed or scanned."""

    scan = forms.FileField(
        label=_("Scan or photo of the act"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(MEDIA_TYPES)}),
    )
    kept_scan = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("A word to the resident"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = (*("scan", "signed_on", "signer"), *("photos_before", "photos_after", "text"))

    def clean_kept_scan(self) -> tuple[UUID, ...]:
        """Return the id of the scan kept from the refused form, if there is one."""
        return ids_of(self.cleaned_data["kept_scan"])

    def clean(self) -> dict[str, Any]:
        """Want the scan, unless it was taken in before."""
        values = super().clean() or {}
        if not values.get("scan") and not values.get("kept_scan"):
            self.add_error("scan", _("Choose the file with the act."))
        return values
