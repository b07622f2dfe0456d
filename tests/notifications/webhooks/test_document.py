"""Every payload is what the `webhooks` part of the OpenAPI document says it is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from accounts.actors import Executor, Operator, System, actor_of
from disclosure.forms_standard.checking import Content
from disclosure.models import Building, DisclosureForm, ManagementCompany
from disclosure.publications import drafts, publishing, reports
from notifications.webhooks import subscribing
from notifications.webhooks.catalogue import TEST, TYPES
from ratings import publishing as ratings
from ratings import snapshots
from requests_app import intake, lifecycle
from requests_app.incidents import ending, news, opening
from requests_app.models import Rung
from requests_app.statuses import Status
from tests.city_fixtures import COMPANY_INN
from tests.conftest import NOON
from tests.notifications.webhooks.conftest import carry, told

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AFTER = datetime(2026, 4, 15, 9, 0, tzinfo=UTC)


@cache
def document() -> dict[str, Any]:
    generated: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return generated


def shape_of(code: str) -> dict[str, Any]:
    """Return the JSON Schema of an event's body, closed: a field that is not described fails."""
    posted = document()["webhooks"][code]["post"]["requestBody"]["content"]["application/json"]
    return {
        **posted["schema"],
        "components": {"schemas": document()["components"]["schemas"]},
        "$schema": "https://json-schema.org/draft/2020-12/schema",
    }


def undescribed(body: dict[str, Any], shape: dict[str, Any]) -> set[str]:
    """Return the fields that the schema does not name, at every depth."""
    components = document()["components"]["schemas"]

    def looked_up(one: dict[str, Any]) -> dict[str, Any]:
        for reference in (one, *one.get("allOf", ()), *one.get("oneOf", ())):
            if "$ref" in reference:
                found: dict[str, Any] = components[reference["$ref"].rsplit("/", 1)[1]]
                return found
        return one

    def inner(value: Any, one: dict[str, Any], path: str) -> set[str]:
        if not isinstance(value, dict):
            return set()
        known = looked_up(one).get("properties", {})
        return {f"{path}{name}" for name in value.keys() - known.keys()}.union(
            *(inner(value[name], known[name], f"{path}{name}.") for name in value.keys() & known)
        )

    return inner(body, shape, "")


def test_document_names_each_event_and_no_other():
    assert document()["openapi"].startswith("3.1")
    assert set(document()["webhooks"]) == {*TYPES, TEST.code}


@pytest.fixture
def happened(new_request, operator, company_user, categories, building, company):
    """Return what lets everything of the catalogue happen, through the rooms' own doors."""

    def make() -> None:
        item = intake.file(new_request(public=True), by=System(), at=NOON).request
        by = Executor(id=company_user.pk, inns=(COMPANY_INN,))
        item = lifecycle.move(item, Status.ACCEPTED, by=by, at=NOON + HOUR)
        lifecycle.comment(item, by=by, at=NOON + HOUR, text="Едем")
        late = item.due_at + HOUR
        lifecycle.escalate(item, Rung.EXECUTOR, at=late)
        lifecycle.escalate(item, Rung.EXECUTOR_HEAD, at=late + HOUR)
        staff = actor_of(operator)
        assert isinstance(staff, Operator)
        incident = opening.open_incident(
            kind="fault",
            utility="heating",
            category=item.category_id,
            title="Порыв",
            executor=opening.Mender(inn=COMPANY_INN, name="УК"),
            started_at=NOON,
            buildings=[building.pk],
            by=staff,
            at=NOON,
        )
        news.add_news(incident.pk, text="Копаем", by=staff, at=NOON + HOUR)
        ending.cancel(incident.pk, reason="Ошибка", by=staff, at=NOON + 2 * HOUR)
        disclose(company, building, by)
        draft = snapshots.draft(date(2026, 3, 1), at=AFTER)
        ratings.publish(draft.pk, by=System(), at=AFTER + DAY, waiver="Для проверки")

    return make


def disclose(company: ManagementCompany, building: Building, by: Executor) -> None:
    """Publish a form of a house."""
    call_command("load_forms", stdout=StringIO())
    DisclosureForm.objects.update(loaded_at=NOON - 60 * DAY)
    report = reports.find(company, str(building.pk), "2.6", on=NOON.date())
    content = Content({"fund": "3", "payment_amount_for_1sm": "12,50"}, {})
    saved = drafts.save(report, content, revision=0, tab="t", by=by, at=NOON)
    publishing.publish(report, revision=saved.draft.revision, by=by, at=NOON)


def test_each_payload_is_as_described(subscribe, place, operator, resident, happened):
    for owner in (operator, resident):
        subscribe(owner)
    happened()
    held, _secret = subscribe(operator, name="проба")
    subscribing.send_test(held, at=NOON)
    carry(at=NOON + timedelta(days=60))
    seen = set()
    for call in place.calls:
        body = told(call)
        seen.add(body["type"])
        shape = shape_of(body["type"])
        wrong = [error.message for error in Draft202012Validator(shape).iter_errors(body)]
        assert wrong == [], body["type"]
        assert undescribed(body, shape) == set(), body["type"]
    assert seen == {*TYPES, TEST.code}
    bodies = [told(call) for call in place.calls]
    # Two rungs were told of one broken promise.
    assert len({one["id"] for one in bodies if one["type"] == "request.deadline_passed"}) == 1


def test_payload_says_what_the_reads_of_the_api_answer(
    subscribe, place, resident, happened, client
):
    """A program that reads and is told keeps one way to take a thing in."""
    subscribe(resident, events=["incident.ended", "disclosure.published", "rating.published"])
    happened()
    carry(at=NOON + timedelta(days=60))
    subjects = {told(call)["type"]: told(call)["subject"] for call in place.calls}
    incident, form = subjects["incident.ended"], subjects["disclosure.published"]
    read = client.get(incident.pop("api").removeprefix(settings.PUBLIC_URL)).json()
    assert incident == {name: read[name] for name in incident}
    read = client.get(form["api"].removeprefix(settings.PUBLIC_URL)).json()
    assert form == {name: read[name] for name in form}
    (rating,) = client.get("/api/v1/ratings/").json()["results"]
    assert subjects["rating.published"] == rating
