"""The form of a call's card; cards judges what is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from outreach.hotline import cards
from outreach.models import Call, Outcome, Topic

# Chosen by hand; the others are made by the buttons that file and ask.
_BY_HAND = (
    Outcome.ANSWERED, Outcome.PROMISED, Outcome.REFERRED, Outcome.CLAIM, Outcome.REQUEST,
    Outcome.MISSED, Outcome.CUT,
)  # fmt: skip
_LATER = {
    1: _("next working day"),
    3: _("in three working days"),
    5: _("in five working days"),
}


class StartForm(forms.Form):
    """Who calls; `opened` is the signed moment at which the page was opened."""

    phone = forms.CharField(required=False, max_length=60)
    opened = forms.CharField(max_length=200)
    key = forms.CharField(max_length=64)


class CardForm(forms.Form):
    """In the order in which a call goes."""

    use_required_attribute = False
    phone = forms.CharField(label=_("Caller's phone"), required=False, max_length=60)
    name = forms.CharField(label=_("Name"), required=False, max_length=400)
    asked = forms.CharField(
        label=_("The question in the caller's words"), required=False, max_length=1_000
    )
    guides = forms.TypedMultipleChoiceField(required=False, coerce=int)
    answer = forms.CharField(
        label=_("What was answered"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    topic = forms.ChoiceField(
        label=_("Topic"), required=False, choices=[("", _("as the guide says")), *Topic.choices]
    )
    note = forms.CharField(
        label=_("Note for colleagues"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    about = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    outcome = forms.ChoiceField(
        label=_("How it ended"), required=False, widget=forms.Select(attrs={"data-stop": True})
    )
    follow_up = forms.CharField(label=_("What is still to be done"), required=False, max_length=600)
    follow_up_days = forms.TypedChoiceField(
        label=_("By when"),
        required=False,
        choices=[("", _("nothing is left")), *_LATER.items()],
        coerce=int,
        empty_value=None,
    )
    email = forms.CharField(
        label=_("E-mail for the experts' answer"), required=False, max_length=400
    )
    consent = forms.BooleanField(
        label=_("The caller agreed aloud that we keep the contact"), required=False
    )

    def __init__(self, call: Call, data: Any = None, *, guides: list[int] | None = None) -> None:
        chosen = data.getlist("guides") if data is not None else guides or []
        initial = {
            name: getattr(call, name)
            for name in ("phone", "name", "asked", "answer", "topic", "note", "follow_up")
        }
        initial |= {
            "outcome": call.outcome or Outcome.ANSWERED,
            "guides": guides or [],
            "about": call.request_id,
        }
        super().__init__(data, auto_id="call-%s", initial=initial)
        offered = [
            one for one in _BY_HAND if one != Outcome.MISSED or call.call_back_id is not None
        ]
        self.fields["outcome"].choices = [(one.value, one.label) for one in offered]  # type: ignore[attr-defined]
        # Whether there are such guides is the operation's to say.
        known = [(pk, pk) for pk in chosen if str(pk).isdecimal() and len(str(pk)) < 10]
        self.fields["guides"].choices = known  # type: ignore[attr-defined]

    def written(self) -> cards.Written:
        """Return what was typed."""
        values = self.cleaned_data
        names = cards.Written.__dataclass_fields__
        return cards.Written(**{name: values[name] for name in names if name in values})

    def blame(self, refused: cards.Refused) -> None:
        """Put the words beside their fields."""
        for name, words in refused.errors.items():
            self.add_error(name if name in self.fields else None, words)
