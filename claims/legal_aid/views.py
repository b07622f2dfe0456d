"""The check of the right to free legal aid; what a person answers is stored nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.middleware import ActorRequest
from claims.legal_aid.rights import Ground, Right, judge
from claims.models import AidGround, GroundLevel, GroundPart
from claims.models.figures import FigureRow
from disclosure.panels import Maker, make

OTHER = "other"
NONE = "none"
_TONES = {
    Right.YES: "good",
    Right.LIKELY: "wait",
    Right.WRONG_MATTER: "quiet",
    Right.NO_GROUND: "quiet",
}


class CheckForm(forms.Form):
    """Two questions; the answers are sent by POST, so that no address or log holds them."""

    matter = forms.ChoiceField(
        label=gettext_lazy("What do you need help with?"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one.")},
    )
    who = forms.MultipleChoiceField(
        label=gettext_lazy("Which of these is true of you?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick all that fit. Nothing is stored or sent anywhere."),
        error_messages={
            "required": gettext_lazy("Tick what fits, or «None of these» in the last line.")
        },
    )
    use_required_attribute = False

    def __init__(self, data: Any, *, rows: Sequence[AidGround]) -> None:
        super().__init__(data)
        for name, part, last in (
            ("matter", GroundPart.MATTER, (OTHER, _("Something else"))),
            ("who", GroundPart.PERSON, (NONE, _("None of these"))),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [
                *((row.code, row.words) for row in rows if row.part == part),
                last,
            ]


def grounds_of(rows: Iterable[AidGround], part: GroundPart) -> list[Ground]:
    """Return the grounds of one part as the rule reads them."""
    return [
        Ground(
            code=row.code,
            words=row.words,
            papers=tuple(row.papers.split("\n")) if row.papers else (),
            clause=row.clause,
            is_sure=row.confidence == FigureRow.Confidence.SURE,
        )
        for row in rows
        if row.part == part
    ]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(http: ActorRequest, panels: Sequence[Maker] = ()) -> HttpResponse:
    """Ask, and answer on the same page; the lawyers' times come from the room above."""
    at = now()
    rows = list(AidGround.objects.holding_on(timezone.localtime(at).date()))
    form = CheckForm(http.POST if http.method == "POST" else None, rows=rows)
    answer = None
    if form.is_valid():
        answer = judge(
            grounds_of(rows, GroundPart.MATTER),
            grounds_of(rows, GroundPart.PERSON),
            matter=form.cleaned_data["matter"],
            ticked=form.cleaned_data["who"],
        )
    values = {
        "form": form,
        "answer": answer,
        "tone": _TONES[answer.right] if answer else "",
        "clauses": list(dict.fromkeys(row.clause for row in rows)),
        "has_region": any(row.level == GroundLevel.REGION for row in rows),
        "is_empty": not rows,
        "panels": make(panels, None, actor=http.actor, at=at),
    }
    status = 422 if form.errors else 200
    answered = render(http, "claims/legal_aid.html", values, status=status)
    # What somebody ticked about their health must not be found by the back button of another.
    answered["Cache-Control"] = "private, no-store"
    return answered
