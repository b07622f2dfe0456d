"""
Choosing the houses of an incident in admin, and what it will touch, shown before it is saved.

Every way of choosing (a part of a street, a supply zone, a drawing on the map) adds a line to one
list, which can be read, corrected and sent without a script.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from disclosure import viewport
from disclosure.models import Building
from requests_app.admin import access
from requests_app.desk import many_houses
from requests_app.incidents import house_area, house_zones, reach
from requests_app.incidents.house_zones import Zone
from requests_app.incidents.pages.views import map_layers
from requests_app.incidents.reach import Reach
from requests_app.incidents.recording import HOUSES_MAX
from requests_app.models import Category, Incident, IncidentBuilding

CHANGE = "requests_app.change_incident"
LOOK = "_look"
POINTS = 2_000
NUMBER_MAX = 9_999


class StreetForm(forms.Form):
    """Houses of a street from a number to a number, on one side or both."""

    street = forms.CharField(label=gettext_lazy("Street"), max_length=120)
    first = forms.IntegerField(
        label=gettext_lazy("From house"), required=False, min_value=1, max_value=NUMBER_MAX
    )
    last = forms.IntegerField(
        label=gettext_lazy("To house"), required=False, min_value=1, max_value=NUMBER_MAX
    )
    side = forms.ChoiceField(
        label=gettext_lazy("Side"),
        required=False,
        choices=[
            ("", gettext_lazy("both sides")),
            ("odd", gettext_lazy("odd numbers")),
            ("even", gettext_lazy("even numbers")),
        ],
    )

    def line(self) -> str:
        """Return the line that means these houses."""
        return many_houses.part_of_street(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """Refuse a range that runs backwards."""
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("These houses run backwards."))
        return values


class ZoneForm(forms.Form):
    """The houses of a supplier, in one district or all."""

    zone = forms.ChoiceField(label=gettext_lazy("Supplier and utility"))
    district = forms.ChoiceField(label=gettext_lazy("District"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = house_zones.choices(timezone.localdate())
        self.fields["zone"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((one.code, f"{one.name}: {one.houses}") for one in zones),
        ]
        self.fields["district"].choices = [  # type: ignore[attr-defined]
            ("", _("all districts")),
            *((name, name) for name in house_zones.districts()),
        ]

    def line(self) -> str:
        """Return the line that means these houses."""
        zone = house_zones.read(self.cleaned_data["zone"])
        assert zone is not None  # the choices are codes
        return many_houses.zone_line(
            Zone(zone.supplier, zone.utility, self.cleaned_data["district"])
        )


class AreaForm(forms.Form):
    """Corners of what was drawn on the map."""

    area = forms.CharField(
        widget=forms.HiddenInput,
        max_length=many_houses.LONGEST,
        error_messages={"required": gettext_lazy("Draw on the map first.")},
    )

    def clean_area(self) -> str:
        """Return the line that means the houses inside."""
        area = house_area.read(self.cleaned_data["area"])
        if area is None:
            raise forms.ValidationError(_("Draw on the map first."))
        return many_houses.area_line(area)

    def line(self) -> str:
        """Return the line that means these houses."""
        return str(self.cleaned_data["area"])


_WAYS: dict[str, type[forms.Form]] = {
    "street": StreetForm,
    "zone": ZoneForm,
    "area": AreaForm,
}


@dataclass
class Chosen:
    """What the page shows of the choice; `is_look` says that nothing is to be saved yet."""

    ways: dict[str, forms.Form]
    is_look: bool = False
    is_stale: bool = False
    lines: list[many_houses.Line] = field(default_factory=list)
    reach: Reach | None = None
    seen: str = ""

    def context(self) -> dict[str, Any]:
        """Return the values of the page."""
        return {
            "chosen": self,
            "most": HOUSES_MAX,
            "houses_points": reverse("admin:requests_app_incident_houses"),
            **map_layers(),
        }


def read(http: HttpRequest, incident: Incident | None) -> Chosen:
    """
    Return what was chosen; a press on «Add» first writes its line into the posted list.

    A save whose houses or matter are not those of the preview in hand is a look as well.
    """
    if http.method != "POST":
        return Chosen({name: way(prefix=name) for name, way in _WAYS.items()})
    posted = http.POST.copy()
    chosen = Chosen({})
    for name, way in _WAYS.items():
        pressed = f"_add_{name}" in posted
        made = way(posted if pressed else None, prefix=name)
        if pressed:
            chosen.is_look = True
            if made.is_valid():
                said = posted.get("more_houses", "").rstrip()
                posted["more_houses"] = f"{said}\n{made.line()}".lstrip()  # type: ignore[attr-defined]
                made = way(prefix=name)
        chosen.ways[name] = made
    http.POST = posted  # type: ignore[assignment]
    found = many_houses.read(posted.get("more_houses", ""))
    dropped = _dropped(posted, incident)
    chosen.lines = found.lines
    chosen.seen = _mark(found.ids, dropped, posted.get("category", ""))
    chosen.is_look |= LOOK in posted
    if (
        not chosen.is_look
        and (found.ids or dropped)
        and posted.get("seen", chosen.seen) != chosen.seen
    ):
        chosen.is_look = chosen.is_stale = True
    category = _category(posted.get("category", ""))
    if chosen.is_look and category is not None and (found.ids or dropped):
        chosen.reach = reach.of(
            found.ids, category=category, at=timezone.now(), incident=incident, dropped=dropped
        )
    return chosen


def _dropped(posted: QueryDict, incident: Incident | None) -> list[int]:
    if incident is None:
        return []
    ids = [pk for pk in posted.getlist("fewer_houses") if pk.isdecimal() and len(pk) < 19]
    rows = IncidentBuilding.objects.filter(incident=incident, pk__in=ids)
    ticked = rows.values_list("building_id", flat=True)
    return [*ticked, *many_houses.read(posted.get("fewer_lines", "")).ids]


def _mark(added: Collection[int], dropped: Collection[int], category: str) -> str:
    said = f"{sorted(added)} {sorted(dropped)} {category}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _category(pk: str) -> Category | None:
    if not pk.isdecimal() or len(pk) > 18:
        return None
    return Category.objects.filter(pk=pk).first()


@require_safe
@access.needs(CHANGE)
def points(http: HttpRequest) -> HttpResponse:
    """Return the houses of a piece of the map as points: at most POINTS of them."""
    rows = Building.objects.taking_requests().filter(lat__isnull=False)
    box = viewport.box_of(http.GET.get("bbox", ""))
    if box is not None:
        rows = rows.filter(viewport.within(box, ""))
    found = list(rows.order_by("id").values_list("pk", "address", "lat", "lon")[: POINTS + 1])
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"id": pk, "title": address, "status": "", "tone": "quiet"},
        }
        for pk, address, lat, lon in found[:POINTS]
    ]
    return JsonResponse(
        {
            "type": "FeatureCollection",
            "features": features,
            "complete": len(found) <= POINTS,
        },
        content_type="application/geo+json",
    )
