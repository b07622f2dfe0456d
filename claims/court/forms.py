"""What a lawyer types into the file of a case; the operations judge it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from accounts.uploads import MEDIA_TYPES
from claims.court.files import TITLE_MAX
from claims.court.filing_cabinet import FILE_FIELDS
from claims.court.hearings import Sitting
from claims.court.lifecycle import TEXT_MAX, Details
from claims.court.opening import Newcomer
from claims.court.statuses import CaseKind, Outcome, PartyRole
from claims.court.steps import Need, Step
from claims.models import CaseHearing, CaseParty, CourtCase

FACTS_MAX = 200_000
# Where a court that hears a resident's suit may sit, west to east.
ZONES = (
    "Europe/Kaliningrad",
    "Europe/Moscow",
    "Europe/Samara",
    "Asia/Yekaterinburg",
    "Asia/Omsk",
    "Asia/Krasnoyarsk",
    "Asia/Irkutsk",
    "Asia/Yakutsk",
    "Asia/Vladivostok",
    "Asia/Magadan",
    "Asia/Kamchatka",
)


def day_input() -> forms.DateInput:
    """Return the browser's own calendar."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def _rubles(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=14, decimal_places=2, min_value=Decimal(0), localize=True
    )


class StepForm(forms.Form):
    """Fields of one step: only those it needs."""

    day = forms.DateField(label=_("Day"), widget=day_input())
    court_number = forms.CharField(label=_("Number in the court"), max_length=60)
    judge = forms.CharField(label=_("Judge"), max_length=200)
    outcome = forms.ChoiceField(
        label=_("How the court decided"),
        choices=[(one.value, one.label) for one in (Outcome.WON, Outcome.PARTLY, Outcome.LOST)],
        widget=forms.RadioSelect,
    )
    awarded_rub = _rubles(_("Awarded, ₽"))
    amount_rub = _rubles(_("Received, ₽"))
    writ_number = forms.CharField(label=_("Number of the writ"), max_length=60)
    text = forms.CharField(
        label=pgettext_lazy("court case", "In words"),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    use_required_attribute = False

    def __init__(self, data: QueryDict | None = None, *, step: Step, case: CourtCase) -> None:
        initial = {"court_number": case.court_number, "judge": case.judge}
        super().__init__(data, auto_id=f"id_{step.name}_%s", initial=initial)
        needed = {
            "awarded_rub": Need.AWARDED,
            "amount_rub": Need.AMOUNT,
        }
        for name in list(self.fields):
            if needed.get(name, name) not in step.needs:
                del self.fields[name]

    def details(self) -> Details:
        """Return what `lifecycle.move` takes; call after `is_valid`."""
        return Details(**self.cleaned_data)


class FileForm(forms.ModelForm):
    """The file: court, texts, sums. `version` is the one the lawyer looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    facts = forms.CharField(
        label=_("Circumstances"),
        required=False,
        max_length=FACTS_MAX,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_("Each line is a paragraph of the statement."),
    )
    use_required_attribute = False

    class Meta:
        model = CourtCase
        fields = FILE_FIELDS
        widgets = {
            "kind": forms.RadioSelect,
            "subject": forms.TextInput,
            "demands": forms.Textarea(attrs={"rows": 4}),
            "attachments": forms.Textarea(attrs={"rows": 4}),
            "penalty_from": day_input(),
            "penalty_until": day_input(),
        }
        localized_fields = ("principal_rub", "damage_rub", "moral_rub", "penalty_price_rub")

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.fields["version"].initial = self.instance.version
        for name in self.Meta.localized_fields:
            self.fields[name].required = False
        for field in self.fields.values():
            field.label = str(field.label)[:1].upper() + str(field.label)[1:]

    def clean(self) -> dict[str, Any]:
        """Read an empty sum as nothing."""
        typed = super().clean() or self.cleaned_data
        for name in self.Meta.localized_fields:
            if name in typed and typed[name] is None:
                typed[name] = Decimal(0)
        return typed


class PartyForm(forms.ModelForm):
    """Somebody in a case."""

    use_required_attribute = False

    class Meta:
        model = CaseParty
        fields = ("role", "name", "inn", "address", "phone", "email")

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        for field in self.fields.values():
            field.label = str(field.label)[:1].upper() + str(field.label)[1:]
        self.fields["role"] = forms.ChoiceField(
            label=self.fields["role"].label, choices=PartyRole.choices, initial=PartyRole.DEFENDANT
        )
        self.fields["phone"] = forms.CharField(
            label=self.fields["phone"].label, max_length=40, required=False
        )


def zones() -> list[tuple[str, str]]:
    """Return the zones to choose from, the city's own first."""
    own = settings.CITY.time_zone
    return [
        (key, get_timezone_location(ZoneInfo(key), locale="ru", return_city=True))
        for key in dict.fromkeys((own, *ZONES))
    ]


class HearingForm(forms.Form):
    """When and where the court sits, by its own clock."""

    day = forms.DateField(label=_("Day"), widget=day_input())
    time = forms.TimeField(
        label=_("Time"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    zone = forms.ChoiceField(label=_("Time of the city"))
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=600, initial=60)
    place = forms.CharField(label=_("Where"), max_length=300)
    note = forms.CharField(label=_("What about"), max_length=300, required=False)
    use_required_attribute = False

    def __init__(
        self, data: QueryDict | None = None, *, hearing: CaseHearing | None = None
    ) -> None:
        initial: dict[str, Any] = {"zone": settings.CITY.time_zone}
        if hearing is not None:
            initial = {
                "day": hearing.local.date(),
                "time": hearing.local.time(),
                "zone": hearing.zone,
                "minutes": hearing.minutes,
                "place": hearing.place,
                "note": hearing.note,
            }
        prefix = f"hearing_{hearing.pk}" if hearing else "hearing"
        super().__init__(data, auto_id=f"id_{prefix}_%s", initial=initial)
        field = self.fields["zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = zones()

    def sitting(self) -> Sitting:
        """Return what the operations take; call after `is_valid`."""
        typed = self.cleaned_data
        local = datetime.combine(typed["day"], typed["time"], ZoneInfo(typed["zone"]))
        return Sitting(
            starts_at=local.astimezone(timezone.get_default_timezone()),
            minutes=typed["minutes"],
            zone=typed["zone"],
            place=typed["place"],
            note=typed["note"],
        )


class PaperForm(forms.Form):
    """A scan or a photo with its title."""

    title = forms.CharField(label=_("What it is"), max_length=TITLE_MAX)
    file = forms.FileField(
        label=_("File"),
        help_text=_("A PDF or a photo, up to 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(MEDIA_TYPES)}),
    )
    use_required_attribute = False


def _lawyer_field(people: list[User]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Lawyer"), choices=[(str(one.pk), one.get_full_name()) for one in people]
    )


class LawyerForm(forms.Form):
    """Who gets the case."""

    use_required_attribute = False

    def __init__(
        self, data: QueryDict | None = None, *, people: list[User], chosen: int | None = None
    ) -> None:
        super().__init__(data, initial={"lawyer": str(chosen or "")})
        self.fields["lawyer"] = _lawyer_field(people)
        self._people = {str(one.pk): one for one in people}

    def lawyer(self) -> User:
        """Return who was chosen; call after `is_valid`."""
        return self._people[self.cleaned_data["lawyer"]]


class NewcomerForm(LawyerForm):
    """Somebody who came in person."""

    name = forms.CharField(label=_("Who sues"), max_length=300)
    subject = forms.CharField(label=_("What the suit is about"), max_length=500)
    kind = forms.ChoiceField(
        label=_("How the court is asked"),
        choices=CaseKind.choices,
        initial=CaseKind.SUIT,
        widget=forms.RadioSelect,
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("With the e-mail of an account its holder sees the case."),
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def newcomer(self) -> Newcomer:
        """Return what `opening.open_anew` takes; call after `is_valid`."""
        typed = self.cleaned_data
        names = ("name", "subject", "kind", "email", "phone", "address")
        return Newcomer(**{name: typed[name] for name in names})
