"""The list of matters and what each asks."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_app.models import Category
from tests.city_fixtures import ORDINARY
from tests.requests_app.open311.asking import get

pytestmark = pytest.mark.django_db

FIELDS = {
    "service_code", "service_name", "description", "metadata", "type", "keywords", "group",
}  # fmt: skip
ATTRIBUTE = {
    "variable", "code", "datatype", "required", "datatype_description", "order", "description",
    "values",
}  # fmt: skip


def test_every_matter_has_its_fields_and_a_definition_that_asks(categories):
    found = get("services")
    assert {one["service_code"] for one in found} == set(
        Category.objects.filter(parent__isnull=False, is_open=True).values_list("slug", flat=True)
    )
    for one in found:
        assert set(one) == FIELDS
        assert one["type"] == "realtime"
        assert one["metadata"] is True
        definition = get(f"services/{one['service_code']}")
        assert definition["service_code"] == one["service_code"]
        assert [item["order"] for item in definition["attributes"]] == list(
            range(1, len(definition["attributes"]) + 1)
        )
        for item in definition["attributes"]:
            assert set(item) - {"automated"} == ATTRIBUTE
            assert item["datatype"] in {"string", "text", "singlevaluelist"}
            assert bool(item["values"]) == (item["datatype"] == "singlevaluelist")


def test_a_danger_is_said_before_anything_is_asked(categories):
    dangerous = Category.objects.exclude(stop_message="").filter(parent__isnull=False)
    assert dangerous
    for category in dangerous:
        first = get(f"services/{category.slug}")["attributes"][0]
        assert first["variable"] is False
        assert first["description"] == category.stop_message


def test_consent_is_the_one_thing_that_is_required(categories):
    asked = get(f"services/{ORDINARY}")["attributes"]
    assert [item["code"] for item in asked if item["required"]] == ["consent"]
    automated = {item["code"]: item.get("automated") for item in asked}
    assert automated["fixmystreet_id"] == "server_set"


def test_a_closed_matter_a_top_and_an_unknown_one_are_not_there(categories):
    Category.objects.filter(slug=ORDINARY).update(is_open=False)
    top = categories[ORDINARY].parent.slug
    listed = {one["service_code"] for one in get("services")}
    for code in (ORDINARY, top, "nothing", "%00", "x" * 3000):
        assert code not in listed
        error = get(f"services/{code}", status=404)[0]
        assert error["description"].startswith("service_code:")


def test_a_null_parameter_equals_an_absent_one(categories):
    plain = get("services")
    assert get("services", {"jurisdiction_id": ""}) == plain
    assert get("services", {"jurisdiction_id": "elsewhere", "lat": "54.3", "long": "48.4"}) == plain


def test_the_list_costs_one_query(categories):
    with CaptureQueriesContext(connection) as queries:
        get("services")
    assert len(queries) == 1
