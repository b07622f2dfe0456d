"""The form of a person's preferences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from notifications.events import GROUPS, Kind
from notifications.models import ChannelCode, Pace
from notifications.preferences import Chosen

_KIND = "kind_"


class PreferencesForm(forms.Form):
    """Which news by which way, when, and in which language."""

    pace = forms.ChoiceField(
        label=_("How often"),
        choices=Pace.choices,
        widget=forms.RadioSelect,
        help_text=_("The letter of the day comes at 9:00. What is urgent always comes at once."),
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        help_text=_("What happens meanwhile is told afterwards, in one message."),
    )
    language = forms.ChoiceField(
        label=_("Language of the news"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )

    def __init__(
        self,
        *args: Any,
        kinds: Sequence[Kind],
        channels: Sequence[ChannelCode],
        chosen: Chosen,
        **kwargs: Any,
    ) -> None:
        self.kinds = kinds
        kwargs["initial"] = {
            "pace": chosen.pace,
            "quiet_from": chosen.quiet_from,
            "quiet_until": chosen.quiet_until,
            "language": chosen.language,
            **{f"{_KIND}{kind.code}": chosen.choices[kind.code] for kind in kinds},
        }
        super().__init__(*args, **kwargs)
        for kind in kinds:
            self.fields[f"{_KIND}{kind.code}"] = forms.MultipleChoiceField(
                label=str(kind.label),
                help_text=str(kind.hint),
                choices=[(channel.value, channel.label) for channel in channels],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the headings of the table with their rows."""
        found: dict[Any, list[forms.BoundField]] = {}
        for kind in self.kinds:
            found.setdefault(GROUPS[kind.group], []).append(self[f"{_KIND}{kind.code}"])
        return list(found.items())

    def clean(self) -> dict[str, Any]:
        """Hold that quiet hours have two ends."""
        values: dict[str, Any] = super().clean() or {}
        start, end = values.get("quiet_from"), values.get("quiet_until")
        if "quiet_from" not in self.errors and "quiet_until" not in self.errors:
            if (start is None) != (end is None):
                missing = "quiet_from" if start is None else "quiet_until"
                self.add_error(missing, _("Quiet hours have a beginning and an end."))
            elif start is not None and start == end:
                self.add_error("quiet_until", _("Quiet hours cannot end when they begin."))
        return values

    def chosen(self) -> Chosen:
        """Return the choice of a valid form."""
        values = self.cleaned_data
        return Chosen(
            choices={kind.code: values[f"{_KIND}{kind.code}"] for kind in self.kinds},
            pace=values["pace"],
            quiet_from=values["quiet_from"],
            quiet_until=values["quiet_until"],
            language=values["language"],
        )
