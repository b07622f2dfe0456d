"""What the public validator asks of discovery, asked here."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.requests_app.open311.asking import BASE, get

pytestmark = pytest.mark.django_db


def test_discovery_passes_the_validators_rules(settings):
    found = get("discovery")
    assert found["contact"].strip()
    assert found["key_service"].strip()
    assert datetime.fromisoformat(found["changeset"])
    chosen = [one for one in found["endpoints"] if re.search("_v2$", one["specification"])]
    assert chosen == found["endpoints"]
    for endpoint in chosen:
        assert datetime.fromisoformat(endpoint["changeset"]) < datetime.now(UTC)
        assert "text/xml" in endpoint["formats"]
        assert len(endpoint["formats"]) > 1
        assert endpoint["url"] == f"{settings.PUBLIC_URL}{BASE}"
        assert endpoint["type"] in {"production", "test"}


def test_the_bare_types_the_validator_compares():
    for form, expected in (("xml", "text/xml"), ("json", "application/json")):
        assert Client().get(f"{BASE}discovery.{form}")["Content-Type"] == expected


def test_xml_has_the_path_that_clients_walk():
    root = ET.fromstring(Client().get(f"{BASE}discovery.xml").content)
    assert root.tag == "discovery"
    assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == [
        "text/xml",
        "application/json",
    ]


def test_clients_append_to_the_endpoint_without_a_slash():
    url = get("discovery")["endpoints"][0]["url"]
    assert Client().get(url.partition("//")[2].partition("/")[2].join(["/", "services.xml"]))
