"""Phone intake: the form, and what the desk knows while the caller is still talking."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import contact_looks, phones
from accounts.actors import Operator
from disclosure.answerable import Answerable, answerable
from disclosure.models import Building
from requests_app import deadlines, intake, special_days
from requests_app.desk import attention, house
from requests_app.models import Category, Incident, Norm, Request
from requests_app.statuses import Channel
from requests_app.suggestion import suggesting

EARLIER = 5

# Where what intake finds wrong is shown.
FIELD_OF = {
    "contact.phone": "phone",
    "contact.email": "email",
    "contact.name": "name",
    "building": "address_q",
    "category": "matter_q",
    "description": "description",
    "flat": "flat",
    "entrance": "entrance",
    "consent": "consent",
    "incident": None,
}


class PhoneIntakeForm(forms.Form):
    """In the order in which a call goes; intake itself judges the values."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    phone = forms.CharField(
        label=_("Caller's phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={"type": "tel", "autocomplete": "off", "inputmode": "tel", "autofocus": True}
        ),
    )
    address_q = forms.CharField(
        label=_("Address"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    building = forms.IntegerField(required=False, min_value=0, max_value=2**62)
    entrance = forms.CharField(label=_("Entrance"), required=False, max_length=40)
    flat = forms.CharField(label=_("Flat"), required=False, max_length=40)
    matter_q = forms.CharField(
        label=_("What happened, in a word"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    category = forms.CharField(required=False, max_length=64)
    description = forms.CharField(
        label=_("In the caller's words"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=400,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.CharField(
        label=_("E-mail, if letters are wanted"),
        required=False,
        max_length=400,
        widget=forms.TextInput(
            attrs={"type": "email", "autocomplete": "off", "inputmode": "email"}
        ),
    )
    consent = forms.BooleanField(
        label=_("The caller agreed aloud that we keep the contact"), required=False
    )
    incident = forms.IntegerField(required=False, min_value=0, max_value=2**62)

    def __init__(self, data: Any = None, *, known: Mapping[str, str] | None = None) -> None:
        """`known` are the fields that a card of the call already tells."""
        initial = {"key": uuid.uuid4().hex, **(known or {})}
        super().__init__(data, auto_id="intake-%s", initial=initial)

    def new_request(self) -> intake.NewRequest:
        """Return what was typed as intake takes it."""
        values = self.cleaned_data
        return intake.NewRequest(
            category=values["category"],
            building=values["building"] or 0,
            entrance=values["entrance"],
            flat=values["flat"],
            description=values["description"],
            contact=intake.Contact(
                name=values["name"], email=values["email"], phone=values["phone"]
            ),
            consent=values["consent"],
            channel=Channel.PHONE,
            incident=values["incident"],
        )

    def refuse(self, invalid: intake.Invalid) -> None:
        """Show what intake found wrong beside its fields."""
        for name, message in invalid.errors.items():
            self.add_error(FIELD_OF.get(name), message)


@dataclass(frozen=True)
class Answer:
    """What the operator can say at once: who answers, by when, what stops, what is known."""

    building: Building | None
    category: Category | None
    norm: Norm | None
    who: Answerable | None
    due_at: datetime | None
    due_words: str
    duplicates: list[Request]
    incidents: list[Incident]


def answer(building_id: int | None, slug: str, *, by: Operator, at: datetime) -> Answer:
    """Return what is known of the house and the matter; either may still be missing."""
    local = timezone.localtime(at)
    building = Building.objects.filter(pk=building_id).first() if building_id else None
    norm = (
        Norm.objects.select_related("category__parent")
        .filter(category__slug=slug, in_force__contains=local.date())
        .first()
        if slug
        else None
    )
    category = norm.category if norm else None
    who, due_at, due_words = None, None, ""
    if norm:
        promise = deadlines.promise(
            norm.limits(),
            registered_at=at,
            calendar=special_days.calendar_of(local.year),
            zone=local.tzinfo or timezone.get_default_timezone(),
        )
        due_at = promise.due_at
        due_words = deadlines.in_words(due_at, now=at, zone=timezone.get_default_timezone())
        if building:
            who = answerable(building.pk, norm.answers, norm.utility, local.date())
    return Answer(
        building=building,
        category=category,
        norm=norm,
        who=who,
        due_at=due_at,
        due_words=due_words,
        duplicates=house.likely_duplicates(building.pk, category, by=by) if building else [],
        incidents=house.incidents_here(building.pk, at=at) if building else [],
    )


@dataclass(frozen=True)
class Heard:
    """What the caller's words tell: attention, likely matters, and who has told it already."""

    flags: list[attention.Raised]
    alike: list[house.Alike]
    suggested: list[suggesting.Suggested]


def heard(text: str, building_id: int | None, *, by: Operator, at: datetime) -> Heard:
    """Return what is known from the words alone, and from the house if it is chosen."""
    return Heard(
        flags=attention.raised(text),
        alike=house.alike_here(building_id, text, by=by) if building_id and text else [],
        suggested=suggesting.suggest(text, at=at),
    )


def earlier_of(phone: str, *, by: Operator) -> list[Request]:
    """Return the newest requests filed with this phone, however it is spelled."""
    try:
        normal = phones.normalise(phone)
    except ValueError:
        return []
    return list(
        Request.objects.visible_to(by)
        .from_phone(normal)
        .select_related("category", "building")
        .without_texts()
        .order_by("-registered_at", "-id")[:EARLIER]
    )


def earlier_noted(phone: str, *, by: Operator, at: datetime) -> list[Request]:
    """
    Return the same to who may see contacts, to others nothing.

    The newest also tells the caller's flat and house, so it is a look, and noted.
    """
    if not phone or not by.sees_contacts:
        return []
    found = earlier_of(phone, by=by)
    if found:
        contact_looks.record(f"request:{found[0].pk}", by=by, at=at)
    return found
