"""The poster for the entrance: one code that opens the filing of a request for this house."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _

from accounts.phones import in_words
from accounts.typesetting import typeset
from disclosure.models import Building, ManagementCompany

TEMPLATE = Path(__file__).with_name("poster.typ")
LANGUAGE = "ru"


def filing_address(house: Building) -> str:
    """Return what the code says: filing with the house filled in."""
    return f"{settings.PUBLIC_URL}/requests/new/?building={house.pk}"


def code(address: str) -> str:
    """Return the code as SVG; a quarter of it may be torn off or soiled."""
    out = io.BytesIO()
    segno.make(address, error="q", micro=False).save(out, kind="svg", border=0, xmldecl=False)
    return out.getvalue().decode()


def pdf(house: Building, company: ManagementCompany | None, *, on: date) -> bytes:
    """Return the poster, A4."""
    return typeset(TEMPLATE, content(house, company, on=on))


def content(house: Building, company: ManagementCompany | None, *, on: date) -> dict[str, Any]:
    """Return every word of the poster."""
    with translation.override(LANGUAGE):
        return _content(house, company, on=on)


def _content(house: Building, company: ManagementCompany | None, *, on: date) -> dict[str, Any]:
    phones = [(settings.CITY.center_name, settings.CITY.center_phone)]
    if company:
        own = company.dispatcher_phone or company.phone
        phones.insert(0, (_("%(company)s, dispatcher") % {"company": company}, own))
    address = filing_address(house)
    return {
        "house": house.address,
        "title": _("Something is broken in the house?"),
        "how": _("Point the phone's camera at the code and tell us. The address is filled in."),
        "then": [
            _("You see at once who must mend it and by when the law wants it done."),
            _("You are told of every step."),
            _("The request closes only after you could object."),
        ],
        "code": code(address),
        "address": address,
        "phones": [{"who": who, "number": in_words(number)} for who, number in phones if number],
        "danger": _("Smell of gas or fire: leave the flat and call 112."),
        "centre": settings.CITY.center_name,
        "printed": _("Phones as of %(day)s") % {"day": formats.date_format(on, "j E Y")},
    }
