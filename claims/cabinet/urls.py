"""Addresses of claims in the cabinet; they come before those of a company's forms."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import path

from claims.cabinet import card, listing, together_page
from disclosure.cabinet.tabs import Maker
from requests_app import urls  # noqa: F401 - brings the converter of numbers

app_name = "claims_cabinet"
_ONE = "claims/<request_number:number>/<int:place>/"


def joined(*, tabs: Sequence[Maker]) -> tuple[list, str]:
    """Return these addresses; the list shows the tabs of every room, in the order given."""
    pages = [
        path("claims/", listing.listing, {"makers": tuple(tabs)}, name="list"),
        path("claims/together/<int:incident>/", together_page.show, name="together"),
        path(_ONE, card.card, name="card"),
        path(f"{_ONE}letter.pdf", card.letter, name="letter"),
        path(f"{_ONE}bill/<uuid:upload_id>/", card.bill, name="bill"),
        path(f"{_ONE}bill/<uuid:upload_id>/small/", card.bill_small, name="bill_small"),
        path(f"{_ONE}do/<slug:target>/", card.do, name="do"),
    ]
    return pages, app_name
