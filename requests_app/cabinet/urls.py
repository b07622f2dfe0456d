"""Addresses of requests in the cabinet; they come before those of a company's forms."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import path

from disclosure.cabinet.tabs import Maker
from requests_app import urls  # noqa: F401 - brings the converter of numbers
from requests_app.cabinet import act_page, batch_pages, card, link_page, listing, sheet_page

app_name = "requests_cabinet"
_ONE = "requests/<request_number:number>/"


def joined(*, tabs: Sequence[Maker]) -> tuple[list, str]:
    """Return these addresses; the list shows the tabs of every room, in the order given."""
    pages = [
        path("requests/", listing.listing, {"makers": tuple(tabs)}, name="list"),
        path("requests/requests.csv", sheet_page.download, name="csv"),
        path("requests/table/", sheet_page.table, name="table"),
        path("requests/table/do/", sheet_page.do, name="table_do"),
        path("requests/batches/", batch_pages.listing, name="batches"),
        path("requests/batches/<uuid:batch_id>/", batch_pages.one, name="batch"),
        path(
            "requests/batches/<uuid:batch_id>/refused.csv",
            batch_pages.refusals,
            name="batch_refusals",
        ),
        path(_ONE, card.card, name="card"),
        path(f"{_ONE}contact/", card.show_contact, name="contact"),
        path(f"{_ONE}act/", act_page.fill_in, name="act"),
        path(f"{_ONE}act/scan/", act_page.scan, name="scan"),
        path(f"{_ONE}link/", link_page.give, name="link"),
        path(f"{_ONE}link/<int:link_id>/close/", link_page.close, name="close_link"),
        path(f"{_ONE}do/<slug:verb>/", card.do, name="do"),
    ]
    return pages, app_name
