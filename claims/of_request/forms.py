"""What a step of a claim brings, and what an application asks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from claims.incidents.showing import ShownMonth
from claims.lifecycle import TEXT_MAX, Details
from claims.recalculation import parse
from claims.recalculation.money import KOPECK, kopecks
from claims.steps import Need, Step
from requests_app.filing.forms import FilesField
from requests_app.taking_in import ids_of

MONTHS_AHEAD = 4


class CountForm(forms.Form):
    """One sum from the bill: the hours are known."""

    month = forms.ChoiceField(label=_("Month of the bill"))
    charge = forms.CharField(
        label=_("Charged for the service, ₽"),
        max_length=40,
        error_messages={"required": _("Write the sum from the bill.")},
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}
        ),
    )
    metered = forms.ChoiceField(
        label=_("Is there a meter?"),
        required=False,
        choices=[
            ("", _("I do not know")),
            ("yes", _("Yes, in the flat or in the house")),
            ("no", _("No, we pay by norm")),
        ],
    )
    use_required_attribute = False

    def __init__(
        self, data: Any = None, files: Any = None, *, months: Sequence[ShownMonth], **more: Any
    ) -> None:
        super().__init__(data, files, **more)
        month = self.fields["month"]
        assert isinstance(month, forms.ChoiceField)
        month.choices = [(one.code, f"{one.word}: {one.hours}") for one in months]
        if len(months) == 1:
            # Nothing to choose: told above the form.
            month.required, month.widget = False, forms.HiddenInput()
        self._first = months[0].code

    def clean_month(self) -> str:
        """Return the month asked for, the only one where there is no other."""
        return self.cleaned_data["month"] or self._first

    def clean_charge(self) -> Decimal:
        """Return the sum as the calculation reads it: spaces and a comma are no mistake."""
        try:
            return kopecks(parse.decimal_of(KOPECK, parse.MAX_RUB)(self.cleaned_data["charge"]))
        except ValueError as wrong:
            raise forms.ValidationError(str(wrong)) from None

    def bill(self) -> dict[str, str]:
        """Return what the calculator takes of the bill; call after `is_valid`."""
        return {
            "charge": str(self.cleaned_data["charge"]),
            "metered": self.cleaned_data["metered"],
        }


class ApplyForm(forms.Form):
    """What neither the request nor the bill's sum tells, and the bill itself."""

    account = forms.CharField(
        label=_("Personal account number"),
        required=False,
        max_length=40,
        help_text=_("From the bill; without it the organisation finds you by the address."),
    )
    bills = FilesField(
        label=_("Photo of the bill"),
        required=False,
        help_text=_(
            "Up to 3 photos or PDF, 10 MB each. You, the contact centre and the organisation you "
            "apply to see it, nobody else."
        ),
    )
    # Files that were taken in although the rest of the form was refused.
    kept = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    use_required_attribute = False
    taken: tuple[UUID, ...] = ()

    def clean_kept(self) -> tuple[UUID, ...]:
        """Return the ids of files kept from the refused form; what is not an id is dropped."""
        return ids_of(self.cleaned_data["kept"])

    def again(self) -> Self:
        """Return the refused form with the files that it has taken in, to be sent once more."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["kept"] = ",".join(str(one) for one in self.taken)
        form = self._copy(data)
        form.full_clean()
        for field, errors in self.errors.items():
            form.add_error(None if field == "__all__" else field, [str(text) for text in errors])
        return form

    def _copy(self, data: QueryDict) -> Self:
        return type(self)(data)


class StepForm(forms.Form):
    """Fields of one step: only those it needs."""

    amount = forms.DecimalField(
        label=_("How much is granted, ₽"),
        max_digits=12,
        decimal_places=2,
        min_value=Decimal("0.01"),
        localize=True,
    )
    month = forms.ChoiceField(label=_("In which month's bill"))
    text = forms.CharField(
        label=_("Reason"),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    use_required_attribute = False

    def __init__(self, data: QueryDict | None = None, *, step: Step, today: date) -> None:
        super().__init__(data, auto_id=f"id_{step.name}_%s")
        for need, name in ((Need.AMOUNT, "amount"), (Need.MONTH, "month"), (Need.TEXT, "text")):
            if need not in step.needs:
                del self.fields[name]
        if "month" in self.fields:
            month = self.fields["month"]
            assert isinstance(month, forms.ChoiceField)
            month.choices = months_to_choose(today)
            month.initial = f"{today.replace(day=1)}"

    def details(self) -> Details:
        """Return what `lifecycle.move` takes; call after `is_valid`."""
        month = self.cleaned_data.get("month")
        return Details(
            text=self.cleaned_data.get("text", ""),
            amount_rub=self.cleaned_data.get("amount"),
            credited_in=date.fromisoformat(month) if month else None,
        )


def months_to_choose(today: date) -> list[tuple[str, str]]:
    """Return the months in whose bill money may stand: the last one, this one, some to come."""
    return [(f"{one:%Y-%m-%d}", f"{MONTHS[one.month]} {one.year}") for one in _coming(today)]


def _coming(today: date) -> list[date]:
    first = today.replace(day=1)
    months = [date(first.year - (first.month == 1), first.month - 1 or 12, 1)]
    for _place in range(MONTHS_AHEAD):
        last = months[-1]
        months.append(date(last.year + (last.month == 12), last.month % 12 + 1, 1))
    return months
