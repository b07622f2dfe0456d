"""The form of the kit: a house, a kind of meeting, dates and agenda; its state is the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.models import Building
from outreach.meetings import dates, showing
from outreach.meetings.calculator import Calculator, choices
from outreach.meetings.dates import MeetingForm, Plan
from outreach.models import AgendaKind
from requests_app.typed_text import one_line

MAX_QUESTIONS = 20
OWN_LONGEST = 600
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


class Purpose(models.TextChoices):
    """What the papers are for."""

    MEETING = "meeting", gettext_lazy("General meeting of owners")
    COUNCIL = "council", gettext_lazy("Meeting that elects the council of the house")
    TOS = "tos", gettext_lazy("Meeting of residents that founds a ТОС")


# What a meeting of the purpose begins with.
PRESETS = {
    Purpose.MEETING: ["chair_of_meeting"],
    Purpose.COUNCIL: ["chair_of_meeting", "council", "council_chair", "keeping_of_protocols"],
    Purpose.TOS: [],
}
TOS_QUESTIONS = (
    "Избрать председателем собрания …, секретарём собрания ….",
    "Создать территориальное общественное самоуправление «…».",
    "Предложить Думе установить границы территории ТОС: ….",
    "Принять устав ТОС и поручить … направить его на регистрацию в администрацию.",
    "Определить структуру органов ТОС и избрать совет ТОС: …, председателем — ….",
)


@dataclass(frozen=True)
class Question:
    """A question of the agenda; `majority` and `clause` are "" where residents decide by heads."""

    number: int
    wording: str
    title: str = ""
    majority: str = ""
    clause: str = ""
    code: str = ""


class KitForm(forms.Form):
    """Everything a meeting's papers need besides the house; no name of a person among it."""

    use_required_attribute = False
    purpose = forms.ChoiceField(
        label=gettext_lazy("What is held"),
        choices=Purpose.choices,
        widget=forms.RadioSelect,
    )
    form = forms.ChoiceField(
        label=gettext_lazy("How"), choices=MeetingForm.choices, widget=forms.RadioSelect
    )
    notice_on = forms.DateField(
        label=gettext_lazy("Day when everybody is told"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    starts_on = forms.DateField(
        label=gettext_lazy("Day of the meeting, or when ballots begin"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    starts_at = forms.TimeField(
        label=gettext_lazy("Hour of the meeting"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    place = forms.CharField(label=gettext_lazy("Where people meet"), required=False, max_length=200)
    ends_on = forms.DateField(
        label=gettext_lazy("Last day to hand in ballots"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    hand_in = forms.CharField(
        label=gettext_lazy("Where ballots are handed in"), required=False, max_length=200
    )
    materials = forms.CharField(
        label=gettext_lazy("Where the materials can be read"), required=False, max_length=200
    )
    agenda = forms.MultipleChoiceField(
        label=gettext_lazy("Questions"), required=False, widget=forms.CheckboxSelectMultiple
    )
    own = forms.CharField(
        label=gettext_lazy("Other questions, one a line"),
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, kinds: list[AgendaKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.code: kind for kind in kinds}
        agenda = self.fields["agenda"]
        assert isinstance(agenda, forms.MultipleChoiceField)
        self._groups = choices(kind for kind in kinds if kind.code != "other")
        agenda.choices = self._groups
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.error_messages["invalid"] = _("Write a date: 25.03.2026.")

    def _line(self, name: str) -> str:
        return one_line(self.cleaned_data[name])

    def clean_place(self) -> str:
        """Return it on one line."""
        return self._line("place")

    def clean_hand_in(self) -> str:
        """Return it on one line."""
        return self._line("hand_in")

    def clean_materials(self) -> str:
        """Return it on one line."""
        return self._line("materials")

    def clean(self) -> dict[str, Any]:
        """Judge the dates by the law and the agenda by what a meeting can bear."""
        values = super().clean() or {}
        if self.errors:
            return values
        if Purpose(values["purpose"]) == Purpose.TOS:
            # Residents come together: their meeting has no ballots.
            values["form"] = MeetingForm.IN_PERSON.value
        self._judge_places(values)
        for name in ("notice_on", "starts_on", "ends_on"):
            day = values.get(name)
            if day and not _EARLIEST <= day < _LATEST:
                self.add_error(name, _("Check the year."))
        self._judge_agenda(values)
        if not self.errors and Purpose(values["purpose"]) != Purpose.TOS:
            for fault in dates.faults(self.plan()):
                self.add_error(fault.field, fault.text)
        return values

    def _judge_places(self, values: dict[str, Any]) -> None:
        form = MeetingForm(values["form"])
        if form != MeetingForm.ABSENTEE:
            if not values["starts_at"]:
                self.add_error("starts_at", _("Say at what hour people meet."))
            if not values["place"]:
                self.add_error("place", _("Say where people meet."))
        if form == MeetingForm.IN_PERSON:
            values["ends_on"] = values["starts_on"]
        elif not values["ends_on"]:
            self.add_error("ends_on", _("Say until when ballots are taken."))
        elif not values["hand_in"]:
            self.add_error("hand_in", _("Say where ballots are handed in."))

    def _judge_agenda(self, values: dict[str, Any]) -> None:
        own = [one_line(line) for line in values.get("own", "").splitlines()]
        values["own_lines"] = [line for line in own if line]
        if any(len(line) > OWN_LONGEST for line in values["own_lines"]):
            self.add_error(
                "own", _("A question of more than %(count)d characters.") % {"count": OWN_LONGEST}
            )
        count = len(values["own_lines"]) + len(values.get("agenda", []))
        if count > MAX_QUESTIONS:
            self.add_error("own", _("More than %(count)d questions.") % {"count": MAX_QUESTIONS})
        if not count and Purpose(values["purpose"]) != Purpose.TOS:
            self.add_error("agenda", _("Choose at least one question, or write your own."))

    def agenda_groups(self) -> list[dict[str, Any]]:
        """Return the questions to choose from by group, each with whether it is chosen."""
        chosen = self["agenda"].value() or []
        return [
            {
                "name": group,
                "ones": [
                    {
                        "code": code,
                        "title": self.kinds[code].title,
                        "majority": self.kinds[code].get_majority_display(),
                        "is_chosen": code in chosen,
                    }
                    for code, _words in ones
                ],
            }
            for group, ones in self._groups
        ]

    def plan(self) -> Plan:
        """Return the dates."""
        values = self.cleaned_data
        return Plan(
            form=MeetingForm(values["form"]),
            notice_on=values["notice_on"],
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
        )

    def questions(self) -> list[Question]:
        """Return the agenda in the order of the list, own questions last."""
        values = self.cleaned_data
        own = [(line, self.kinds.get("other")) for line in values["own_lines"]]
        if Purpose(values["purpose"]) == Purpose.TOS:
            words = [*TOS_QUESTIONS, *(line for line, _kind in own)]
            return [Question(number, line) for number, line in enumerate(words, start=1)]
        chosen = [kind for code, kind in self.kinds.items() if code in values["agenda"]]
        asked = [*((kind.wording, kind) for kind in chosen), *own]
        return [
            Question(
                number,
                wording,
                kind.title if kind and kind.code != "other" else "",
                str(kind.get_majority_display()) if kind else "",
                kind.clause if kind else "",
                kind.code if kind else "",
            )
            for number, (wording, kind) in enumerate(asked, start=1)
        ]


@dataclass(frozen=True, kw_only=True)
class Kit:
    """What the papers are made of."""

    purpose: Purpose
    house: Building
    company: str
    plan: Plan
    starts_at: time | None
    place: str
    hand_in: str
    materials: str
    questions: list[Question]
    result: showing.Shown | None


def initial(today: date, purpose: Purpose) -> dict[str, Any]:
    """Return what the form begins with: the earliest dates that the law allows, and a day."""
    starts = today + dates.NOTICE + timedelta(days=1)
    return {
        "purpose": purpose.value,
        "form": MeetingForm.MIXED.value,
        "notice_on": today,
        "starts_on": starts,
        "ends_on": starts + timedelta(days=14),
        "starts_at": time(19),
        "agenda": PRESETS[purpose],
    }


def made(form: KitForm, house: Building, *, company: str, data: QueryDict) -> Kit:
    """Return the kit of a valid form; with the votes, if the address brings them."""
    values = form.cleaned_data
    questions = form.questions()
    return Kit(
        purpose=Purpose(values["purpose"]),
        house=house,
        company=company,
        plan=form.plan(),
        starts_at=values["starts_at"],
        place=values["place"],
        hand_in=values["hand_in"],
        materials=values["materials"],
        questions=questions,
        result=result(form, questions, data).count() if "present" in data else None,
    )


def result(form: KitForm, questions: list[Question], data: QueryDict) -> Calculator:
    """Return the calculator with the questions of the agenda, for the protocol."""
    asked = data.copy()
    for place, question in enumerate(questions):
        asked[f"q{place}-kind"] = question.code
    for name in [name for name in asked if name.startswith("q") and name[1:2].isdigit()]:
        if int(name.partition("-")[0][1:] or 0) >= len(questions):
            del asked[name]
    return Calculator(asked, kinds=list(form.kinds.values()), house=None)


def query(data: QueryDict, *, without: tuple[str, ...] = ()) -> str:
    """Return the address's query without what only draws the page."""
    kept = [
        (name, value)
        for name, values in data.lists()
        for value in values
        if name not in {"change", "more", "q", *without} and value
    ]
    return urlencode(kept)
