"""The calculator of totals: its form, whose whole state is the address of the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.models import Building
from outreach.meetings import showing, voting
from outreach.meetings.numbers import BadNumber, area
from outreach.models import AgendaGroup, AgendaKind

MAX_QUESTIONS = 20
_LONGEST = 60
_QUESTION = re.compile(r"q(\d{1,2})-(?:kind|in_favour|against|abstained)")


def choices(kinds: Iterable[AgendaKind]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the kinds of questions by group, each with its majority."""
    order = list(AgendaGroup)
    rows = sorted(kinds, key=lambda kind: (order.index(AgendaGroup(kind.group)), kind.position))
    return [
        (
            str(AgendaGroup(group).label),
            [(kind.code, f"{kind.title} — {kind.get_majority_display()}") for kind in ones],
        )
        for group, ones in groupby(rows, key=lambda kind: kind.group)
    ]


def _area(label: Any, hint: Any = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, help_text=hint, widget=widget)


class _Drawn(forms.Form):
    """A form that only draws itself: the count judges what is typed, and says where."""

    use_required_attribute = False

    def full_clean(self) -> None:
        """Find no mistake by itself."""
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data = {}

    def number(self, name: str) -> Fraction | None:
        """Return the area typed into a field, None after putting an error beside it."""
        try:
            return area(self[name].value() or "")
        except BadNumber as bad:
            self.add_error(name, str(bad))
            return None


class HouseForm(_Drawn):
    """The house, and who takes part."""

    total = _area(
        gettext_lazy("Area of all premises of the owners, m²"),
        gettext_lazy("Flats, shops and car places; stairs, cellar and attic do not count."),
    )
    present = _area(gettext_lazy("Area of those who take part, m²"))


class QuestionForm(_Drawn):
    """A question and its votes."""

    kind = forms.ChoiceField(label=gettext_lazy("What is decided"))
    in_favour = _area(gettext_lazy("For, m²"))
    against = _area(gettext_lazy("Against, m²"))
    abstained = _area(gettext_lazy("Abstained, m²"))

    def __init__(self, *args: Any, kinds: Iterable[AgendaKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = choices(kinds)


@dataclass(frozen=True)
class ErrorLine:
    """A mistake with the address of its field."""

    href: str
    text: str


class Calculator:
    """What the address of the page asks: `form`, `questions`, and after `count` the answer."""

    def __init__(self, data: QueryDict, *, kinds: list[AgendaKind], house: Building | None) -> None:
        self.kinds = {kind.code: kind for kind in kinds}
        self.house = house
        asked = {int(found[1]) for name in data if (found := _QUESTION.fullmatch(name))}
        count = min(max(asked, default=0) + 1, MAX_QUESTIONS)
        if "more" in data:
            count = min(count + 1, MAX_QUESTIONS)
        values: dict[str, Any] = {
            name: data.get(name, "").replace("\x00", "")[:_LONGEST] for name in data
        }
        if house is not None and house.area_m2 and not values.get("total"):
            values["total"] = f"{house.area_m2:f}".replace(".", ",")
        self.is_asked = "present" in data and "more" not in data
        for place in range(count):
            values.setdefault(f"q{place}-kind", "other")
            if self.is_asked:
                for name in ("in_favour", "against", "abstained"):
                    values[f"q{place}-{name}"] = values.get(f"q{place}-{name}") or "0"
        self.form = HouseForm(values)
        self.questions = [
            QuestionForm(values, prefix=f"q{place}", kinds=kinds) for place in range(count)
        ]
        self.is_full = count == MAX_QUESTIONS
        self._values = values

    @property
    def query(self) -> str:
        """Return the address that asks the same."""
        names = ["total", "present", "house"]
        for form in self.questions:
            names += [form.add_prefix(name) for name in form.fields]
        return urlencode([(name, self._values[name]) for name in names if self._values.get(name)])

    def count(self) -> showing.Shown | None:
        """Return the answer in words, or None after putting errors beside the fields."""
        total, present = self.form.number("total"), self.form.number("present")
        votes = [self._votes(form) for form in self.questions]
        if total is None or present is None:
            return None
        try:
            attendance = voting.Attendance(total=total, present=present)
        except voting.Impossible as wrong:
            self.form.add_error(wrong.field, wrong.message)
            return None
        shown = []
        for place, (form, one) in enumerate(zip(self.questions, votes, strict=True)):
            kind = self.kinds.get(str(form["kind"].value()))
            if kind is None:
                form.add_error("kind", _("Choose from the list."))
            elif one is not None:
                try:
                    verdict = voting.judge(voting.Majority(kind.majority), one, attendance)
                except voting.Impossible as wrong:
                    form.add_error(wrong.field, wrong.message)
                else:
                    shown.append(showing.question(place + 1, kind, one, attendance, verdict))
        return showing.shown(attendance, shown) if len(shown) == len(votes) else None

    def _votes(self, form: QuestionForm) -> voting.Votes | None:
        found = [form.number(name) for name in ("in_favour", "against", "abstained")]
        if None in found:
            return None
        in_favour, against, abstained = (one or Fraction(0) for one in found)
        return voting.Votes(in_favour=in_favour, against=against, abstained=abstained)

    def errors(self) -> list[ErrorLine]:
        """Return every mistake, as the summary above the form lists them."""
        return [
            ErrorLine(f"#{form[name].id_for_label}", f"{form[name].label}: {text}")
            for form in [self.form, *self.questions]
            for name, texts in form.errors.items()
            for text in texts
        ]


def kinds_on(day: date) -> list[AgendaKind]:
    """Return the kinds of questions as the law has them on the day. One query."""
    return list(AgendaKind.objects.in_force(day))
