"""What a step of a claim brings, and what an application asks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from claims.lifecycle import TEXT_MAX, Details
from claims.steps import Need, Step

MONTHS_AHEAD = 4


class ApplyForm(forms.Form):
    """The one thing that neither the request nor the bill's sum tells."""

    account = forms.CharField(
        label=_("Personal account number"),
        required=False,
        max_length=40,
        help_text=_("From the bill; without it the organisation finds you by the address."),
    )
    use_required_attribute = False


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
            month.choices = [
                (f"{one:%Y-%m-%d}", f"{MONTHS[one.month]} {one.year}") for one in _coming(today)
            ]

    def details(self) -> Details:
        """Return what `lifecycle.move` takes; call after `is_valid`."""
        month = self.cleaned_data.get("month")
        return Details(
            text=self.cleaned_data.get("text", ""),
            amount_rub=self.cleaned_data.get("amount"),
            credited_in=date.fromisoformat(month) if month else None,
        )


def _coming(today: date) -> list[date]:
    first = today.replace(day=1)
    months = [date(first.year - (first.month == 1), first.month - 1 or 12, 1)]
    for _place in range(MONTHS_AHEAD):
        last = months[-1]
        months.append(date(last.year + (last.month == 12), last.month % 12 + 1, 1))
    return months
