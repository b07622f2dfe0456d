"""The form of the resident's mark for the work, and what its card shows."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from requests_app import lifecycle
from requests_app.models import Mark, Request
from requests_app.steps import Role

# The best first: most people are content, and the first choice is the nearest to the thumb.
WORDS: dict[int, Promise] = {
    5: gettext_lazy("5 – excellent"),
    4: gettext_lazy("4 – good"),
    3: gettext_lazy("3 – so-so"),
    2: gettext_lazy("2 – badly"),
    1: gettext_lazy("1 – very badly"),
}


class MarkForm(forms.Form):
    """A mark from five to one, and words if one likes."""

    use_required_attribute = False
    mark = forms.TypedChoiceField(
        label=gettext_lazy("Your mark"),
        choices=list(WORDS.items()),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a mark from one to five.")},
    )
    text = forms.CharField(
        label=gettext_lazy("A word about the work, if you like"),
        required=False,
        strip=False,
        max_length=lifecycle.TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)


def offered(
    item: Request, actor: Actor, *, at: datetime, form: MarkForm | None = None
) -> dict[str, Any] | None:
    """Return what the card of the mark shows to the resident; None when none can be given."""
    if lifecycle.role_of(actor) is not Role.RESIDENT or not lifecycle.may_be_marked(item, at=at):
        return None
    given = Mark.objects.filter(request=item).values_list("value", flat=True).first()
    form = form or MarkForm(initial={"key": uuid.uuid4().hex, "mark": given})
    return {"form": form, "given": given}
