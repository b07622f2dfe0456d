"""A pasted outage notice at the desk: what was understood, corrected, made into outages."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.idempotency import KeyReused
from disclosure.models import Building
from disclosure.utilities import Utility
from requests_app.admin import access
from requests_app.desk import many_houses
from requests_app.incidents import notices, notices_outages
from requests_app.incidents.notices_outages import Outage, Stretch, Understood
from requests_app.lifecycle import Refused
from requests_app.models import Category, Incident, IncidentKind

ADD = "requests_app.add_incident"
_MOMENT = "%Y-%m-%dT%H:%M"
_MOST_HOUSES = 20_000
PROBLEMS = {
    "impossible": gettext_lazy("No calendar has such a day or hour. Correct it in the text."),
    "no_street": gettext_lazy("The register has no such street."),
    "many_streets": gettext_lazy("Several streets are called so: add the type or the settlement."),
    "between": gettext_lazy("A stretch between streets: name its houses."),
    "backwards": gettext_lazy("These houses run backwards."),
    "no_time": gettext_lazy("The notice names no day: add it."),
    "no_places": gettext_lazy("No street was found in the notice."),
}


class OutageForm(forms.Form):
    """What all outages of a notice share."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=IncidentKind)
    utility = forms.ChoiceField(
        label=gettext_lazy("Utility"), choices=[("", "—"), *Utility.choices], required=False
    )
    category = forms.ModelChoiceField(
        label=gettext_lazy("Matter"), queryset=Category.objects.none()
    )
    title = forms.CharField(label=gettext_lazy("What happens"), max_length=200)
    more_houses = forms.CharField(
        label=gettext_lazy("Add houses to each stretch, one a line"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = (  # type: ignore[attr-defined]
            Category.objects.filter(is_open=True)
            .exclude(parent=None)
            .order_by("parent__position", "position")
        )

    def clean_more_houses(self) -> list[int]:
        """Return the ids of the houses typed by hand; name the lines that fit none."""
        found = many_houses.read(self.cleaned_data["more_houses"])
        if found.unknown:
            raise forms.ValidationError(
                [_("No house or street like this: %(line)s") % {"line": x} for x in found.unknown]
            )
        return found.ids


@access.needs(ADD)
def show(http: HttpRequest) -> HttpResponse:
    """GET: an empty box. POST: show what was understood, or make the outages."""
    if http.method != "POST":
        return _page(http, "", None, None)
    text = http.POST.get("text", "").replace("\x00", "")[: notices.LONGEST]
    understood = notices_outages.understand(text, on=timezone.localdate())
    if "make" not in http.POST:
        return _page(http, text, understood, _suggested(understood))
    form = OutageForm(http.POST)
    if understood.is_impossible or not form.is_valid():
        return _page(http, text, understood, form, status=422)
    try:
        made = _make(http, form, text)
    except (Refused, KeyReused) as refused:
        said = refused.message if isinstance(refused, Refused) else _("This form was sent before.")
        form.add_error(None, said)
        return _page(http, text, understood, form, status=422)
    messages.success(
        http,
        ngettext("%(count)d outage is made.", "%(count)d outages are made.", len(made))
        % {"count": len(made)},
    )
    if len(made) == 1:
        return redirect("admin:requests_app_incident_change", made[0])
    return redirect("admin:requests_app_incident_changelist")


def _make(http: HttpRequest, form: OutageForm, text: str) -> list[int]:
    values = form.cleaned_data
    more = values["more_houses"]
    outages = []
    for number in http.POST.getlist("stretch")[: notices_outages.MOST_WINDOWS]:
        chosen = [int(pk) for pk in http.POST.getlist(f"houses-{number}") if pk.isdecimal()]
        houses = dict.fromkeys([*chosen[:_MOST_HOUSES], *more])
        known = Building.objects.filter(pk__in=houses).values_list("pk", flat=True)
        outages.append(
            Outage(
                start=_moment(http.POST.get(f"start-{number}", "")),
                end=_moment(http.POST.get(f"end-{number}", "")),
                houses=tuple(known),
            )
        )
    return notices_outages.make(
        outages,
        kind=values["kind"],
        utility=values["utility"],
        category=values["category"],
        title=values["title"],
        text=text,
        by=access.operator_of(http),
        at=timezone.now(),
        key=http.POST.get("key", "") or uuid.uuid4().hex,
    )


def _moment(typed: str) -> datetime:
    try:
        found = datetime.strptime(typed[:16], _MOMENT)  # noqa: DTZ007 - the city's own, below
    except ValueError:
        raise Refused("", _("This is not a moment: %(text)s") % {"text": typed[:20]}) from None
    return timezone.make_aware(found, timezone.get_current_timezone())


def _suggested(understood: Understood) -> OutageForm:
    notice = understood.notice
    kind = IncidentKind.FAULT if notice.is_fault else IncidentKind.PLANNED
    utility = dict(Utility.choices).get(notice.utility, "")
    streets = list(dict.fromkeys(p.street for s in understood.stretches for p in s.parts))
    where = ", ".join(streets[:3]) + (" …" if len(streets) > 3 else "")
    title = ": ".join(str(part) for part in (kind.label, utility) if part)
    matter = notices_outages.matter_of(notice.utility)
    return OutageForm(
        initial={
            "kind": kind,
            "utility": notice.utility,
            "category": matter.pk if matter else None,
            "title": f"{title}. {where}"[:200],
        }
    )


def _page(
    http: HttpRequest,
    text: str,
    understood: Understood | None,
    form: OutageForm | None,
    *,
    status: int = 200,
) -> HttpResponse:
    stretches = understood.stretches if understood else []
    posted = http.POST if "make" in http.POST else None
    return TemplateResponse(
        http,
        "admin/requests_app/notices/page.html",
        access.frame(
            http,
            title=_("Outage by a notice"),
            opts=Incident._meta,
            text=text,
            understood=understood,
            problems=[
                {"said": PROBLEMS[one.code], "text": one.text, "line": one.line}
                for one in (understood.notice.problems if understood else [])
            ],
            stretches=[_shown(number, one, posted) for number, one in enumerate(stretches)],
            form=form,
            can_make=bool(stretches) and understood is not None and not understood.is_impossible,
            key=http.POST.get("key", "") or uuid.uuid4().hex,
            longest=notices.LONGEST,
        ),
        status=status,
    )


def _shown(number: int, stretch: Stretch, posted: Any) -> dict[str, Any]:
    """Return a stretch as the page shows it; what the operator changed stays changed."""
    number_said = str(number)
    kept = posted is not None and number_said in posted.getlist("stretch")
    chosen = set(posted.getlist(f"houses-{number}")) if kept else None
    return {
        "number": number,
        "is_chosen": posted is None or kept,
        "start": posted.get(f"start-{number}") if kept else _typed(stretch.start),
        "end": posted.get(f"end-{number}") if kept else _typed(stretch.end),
        "count": sum(len(part.houses) for part in stretch.parts),
        "parts": [
            {
                "part": part,
                "houses": [
                    (house, chosen is None or str(house.pk) in chosen) for house in part.houses
                ],
            }
            for part in stretch.parts
        ],
    }


def _typed(moment: datetime) -> str:
    return timezone.localtime(moment).strftime(_MOMENT)
