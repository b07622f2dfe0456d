"""The public client of Open311, unchanged, against the running portal, as its README uses it."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from accounts import tokens
from tests.city_fixtures import ORDINARY
from tests.live import LivePortal
from tests.requests_app.filing_steps import picture

pytestmark = pytest.mark.service


@pytest.fixture
def client(live_portal: LivePortal, resident, monkeypatch) -> Any:
    """Return `Three`; it was written for a Python that called filter so."""
    monkeypatch.setattr(itertools, "ifilter", filter, raising=False)
    from three import Three

    key = tokens.issue(resident, name="three", scopes=["open311:write"])
    return Three(f"{live_portal.url}/open311/v2", api_key=key, jurisdiction="city")


def day(days: int) -> str:
    return (localdate() + timedelta(days=days)).strftime("%m-%d-%Y")


def test_its_readme_works_from_discovery_to_token(client, building, live_portal):
    found = client.discovery()
    assert found["endpoints"][0]["url"] == f"{live_portal.url}/open311/v2/"
    assert ORDINARY in [service["service_code"] for service in client.services()]
    definition = client.services(ORDINARY)
    assert "flat" in [attribute["code"] for attribute in definition["attributes"]]

    (filed,) = client.post(
        ORDINARY,
        address=building.address,
        name="Zach Williams",
        phone="+7 900 555-77-33",
        description="My issue description.",
        media=picture(),
    )
    number = filed["service_request_id"]
    assert client.post_response.status_code == 200

    assert [one["service_request_id"] for one in client.requests()] == [number]
    assert client.requests(ORDINARY, status="open")[0]["service_request_id"] == number
    assert client.requests(ORDINARY, status="closed") == []
    between = client.requests(between=[day(-1), day(1)])
    assert [one["service_request_id"] for one in between] == [number]
    assert client.requests(start=day(-30), end=day(1), count=1, page=2) == []
    assert client.requests(start=day(-30), end=day(-10)) == []
    (shown,) = client.request(number)
    assert shown["status"] == "open"
    assert client.token(number) == [{"service_request_id": number, "token": number}]
    assert building.requests.get().attachments.count() == 1


def test_its_refusals_are_errors_it_can_read(client, building):
    (error,) = client.post(ORDINARY, api_key="wrong", address=building.address)
    assert error["code"] == client.post_response.status_code == 403
    (error,) = client.request("26-999999")
    assert error["code"] == 404
