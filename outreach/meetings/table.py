"""The calculator of a whole table of flats: pasted or sent as a file, counted, kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disclosure.sheets import reading, writing
from outreach.meetings import ballots, showing, voting
from outreach.meetings.calculator import choices
from outreach.meetings.numbers import BadNumber, area, in_words
from outreach.models import AgendaKind

LIMITS = reading.Limits(megabytes=5, unpacked_megabytes=60, rows=20_001)
LONGEST = 1_800_000
_KIND_WORDS = {
    ballots.Kind.FLAT: gettext_lazy("Flats"),
    ballots.Kind.OTHER: gettext_lazy("Non-residential premises"),
    ballots.Kind.CAR_PLACE: gettext_lazy("Car places"),
}
HEAD = ("Помещение", "Тип", "Площадь, м²", "Доля", "Вопрос 1", "Вопрос 2", "Вопрос 3")
_EXAMPLE = (
    ("1", "квартира", "54,3", "1/3", "за", "за", "против"),
    ("1", "квартира", "54,3", "1/3", "против", "за", "за"),
    ("1", "квартира", "54,3", "1/3", "", "", ""),
    ("2", "квартира", "38", "1", "за", "за", "воздержался"),
    ("Н-1", "нежилое", "120,5", "1", "за", "против", "за"),
    ("М-1", "машино-место", "13,2", "1", "", "", ""),
)


class TableForm(forms.Form):
    """A table pasted from a spreadsheet or sent as a file, and what each question decides."""

    use_required_attribute = False
    text = forms.CharField(
        label=gettext_lazy("Table of owners and votes"),
        help_text=gettext_lazy(
            "Copy it from Excel with its first row. A flat with three owners is three rows. "
            "No names are needed."
        ),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "sheet"}),
    )
    file = forms.FileField(
        label=gettext_lazy("…or a file, XLSX or CSV"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )
    total = forms.CharField(
        label=gettext_lazy("Area of all premises of the owners, m²"),
        help_text=gettext_lazy("If the table does not list the whole house."),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, kinds: list[AgendaKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {kind.code: kind for kind in kinds}
        self._choices = choices(kinds)
        self.wrongs: list[ballots.Wrong] = []
        self.tally: ballots.Tally | None = None

    def clean_total(self) -> Any:
        """Return the area, None where none is given."""
        text = self.cleaned_data["total"].strip()
        try:
            return area(text) if text else None
        except BadNumber as bad:
            raise forms.ValidationError(str(bad)) from None

    def clean(self) -> dict[str, Any]:
        """Read and count the table; `wrongs` names the rows that stand in the way."""
        values = super().clean() or {}
        sent = values.get("file")
        text = values.get("text", "").replace("\x00", "")
        if sent is None and not text.strip():
            self.add_error("text", _("Paste the table or choose a file."))
            return values
        if self.errors:
            return values
        data = sent.read(LIMITS.megabytes * 1024 * 1024 + 1) if sent else text.encode()
        try:
            lines = [(one.number, one.cells) for one in reading.lines(data, LIMITS)]
        except reading.Unreadable as wrong:
            self.add_error("file" if sent else "text", str(wrong))
            return values
        table = ballots.read(lines)
        self.wrongs = table.wrongs
        if table.wrongs:
            return values
        try:
            self.tally = ballots.count(table, total=values.get("total"))
        except voting.Impossible as wrong:
            self.add_error("total", wrong.message)
            return values
        if sent:
            # The table goes on in the text, so that questions are chosen without sending it anew.
            self.data = {**self.data.dict(), "text": as_text(lines)}  # type: ignore[attr-defined]
        return values

    def kind_of(self, place: int) -> AgendaKind:
        """Return what the question decides: as chosen, or a plain one."""
        chosen = str(self.data.get(f"q{place}-kind", ""))
        return self.kinds.get(chosen) or self.kinds["other"]

    def selects(self) -> list[dict[str, Any]]:
        """Return a select for each question of the table."""
        count = len(self.tally.votes) if self.tally else 0
        return [
            {
                "name": f"q{place}-kind",
                "number": place + 1,
                "groups": self._choices,
                "value": self.kind_of(place).code,
            }
            for place in range(count)
        ]


def shown(form: TableForm) -> showing.Shown:
    """Return the count of a form that has one, in words."""
    tally = form.tally
    assert tally is not None
    questions = []
    for place, votes in enumerate(tally.votes):
        kind = form.kind_of(place)
        verdict = voting.judge(voting.Majority(kind.majority), votes, tally.attendance)
        questions.append(showing.question(place + 1, kind, votes, tally.attendance, verdict))
    return showing.shown(tally.attendance, questions)


def parts(tally: ballots.Tally) -> list[tuple[str, str]]:
    """Return the area by kind of premises, in words."""
    return [
        (str(word), in_words(tally.by_kind[kind]))
        for kind, word in _KIND_WORDS.items()
        if kind in tally.by_kind
    ]


def as_text(lines: Sequence[tuple[int, Sequence[str]]]) -> str:
    """Return the lines as they are pasted: tabs between."""
    return "\n".join("\t".join(cell.replace("\t", " ") for cell in cells) for _n, cells in lines)


def template() -> bytes:
    """Return an XLSX to fill in, with an example of each case."""
    rows: list[Sequence[str]] = [HEAD, *_EXAMPLE]
    return writing.workbook([writing.Sheet("Голоса", rows, widths=(14, 16, 14, 10, 14, 14, 14))])


def result_sheet(found: showing.Shown) -> bytes:
    """Return the count as an XLSX for the protocol."""
    return writing.workbook(
        [writing.Sheet(str(_("Result")), list(_result_rows(found)), widths=(6, 60, 24, 24, 24, 40))]
    )


def _result_rows(found: showing.Shown) -> Iterator[Sequence[writing.Cell]]:
    yield ("№", _("Question"), _("For"), _("Against"), _("Abstained"), _("Decision"), _("Clauses"))
    for one in found.questions:
        yield (
            one.number,
            one.title,
            *(f"{area_words} ({part})" for _word, area_words, part in one.votes),
            _("decided") if one.passed else _("not decided"),
            one.clause,
        )
    yield ("", _("Quorum"), found.present, found.percent, found.total, "", "")
