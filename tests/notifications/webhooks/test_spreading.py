"""Who is told of what: filters, visibility at the moment of the call, and what a change costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import Executor, Operator, System
from accounts.models import CompanyRepresentative, User
from notifications.models import Message, State, WebhookEvent, WebhookSubscription
from notifications.webhooks import spreading
from requests_app import intake, lifecycle
from requests_app.models import Request
from requests_app.statuses import Status
from tests.city_fixtures import COMPANY_INN, RIVAL_INN
from tests.conftest import NOON
from tests.notifications.webhooks.conftest import carry, told

pytestmark = pytest.mark.django_db
SECRETS = ("Петрова", "anna@example.org", "+79", "Течёт батарея", "кв")


@pytest.fixture
def file(new_request):
    def make(**fields) -> Request:
        return intake.file(new_request(**fields), by=System(), at=NOON).request

    return make


def test_public_request_is_told_as_the_public_list_shows_it(
    subscribe, place, resident, file, client
):
    subscribe(resident)
    item = file(public=True)
    carry()
    (call,) = place.calls
    body = told(call)
    assert body["type"] == "request.filed"
    assert body["facts"] == {"status": "new"}
    subject = body["subject"]
    assert (subject["id"], subject["category"]) == (item.pk, item.category.slug)
    inner = ("number", "api", "due_at", "emergency", "version")
    assert {name: subject[name] for name in inner} == dict.fromkeys(inner)
    (listed,) = client.get("/api/v1/requests/").json()["results"]
    assert {**listed, **subject} == {**subject, "updated_at": listed["updated_at"]}
    text = call.body.decode()
    assert item.number not in text
    assert item.description not in text
    assert item.contact.name not in text or not item.contact.name
    assert item.contact.email not in text


def test_request_that_is_not_public_reaches_its_executor_and_staff_alone(
    subscribe, place, resident, company_user, rival, operator, file
):
    hooks = {user.pk: subscribe(user)[0] for user in (resident, company_user, rival, operator)}
    item = file(public=False)
    assert item.executor_inn == COMPANY_INN
    messages = carry()
    assert {message.recipient for message in messages} == {
        str(hooks[company_user.pk].pk),
        str(hooks[operator.pk].pk),
    }
    for call in place.calls:
        subject = told(call)["subject"]
        assert subject["number"] == item.number
        assert subject["api"].endswith(f"/api/v1/requests/{item.number}/")
        assert item.contact.email not in call.body.decode()
        assert item.description not in call.body.decode()


def test_executor_who_lost_the_company_before_the_call_leaves_hears_nothing(
    subscribe, place, company_user, file
):
    subscribe(company_user)
    file(public=False)
    spreading.run(at=NOON)
    CompanyRepresentative.objects.all().delete()
    (message,) = carry()
    assert message.state == State.STOPPED
    assert place.calls == []


def test_account_switched_off_before_the_call_hears_nothing(subscribe, place, resident, file):
    subscribe(resident)
    file(public=True)
    spreading.run(at=NOON)
    User.objects.filter(pk=resident.pk).update(is_active=False)
    (message,) = carry()
    assert message.state == State.STOPPED
    assert place.calls == []


def test_request_no_longer_public_at_the_call_is_not_told(subscribe, place, resident, file):
    subscribe(resident)
    item = file(public=True)
    spreading.run(at=NOON)
    Request.objects.filter(pk=item.pk).update(public=False)
    (message,) = carry()
    assert message.state == State.STOPPED
    assert place.calls == []


def test_own_request_of_a_resident_is_not_told_beside_the_public_ones(
    subscribe, place, resident, file
):
    subscribe(resident)
    item = file(public=False)
    Request.objects.filter(pk=item.pk).update(resident=resident)
    carry()
    assert place.calls == []


def test_comment_is_told_to_insiders_only_and_without_its_words(
    subscribe, place, resident, company_user, operator, make_request
):
    item = make_request(status=Status.ACCEPTED, public=True)
    subscribe(resident)
    mine, _secret = subscribe(company_user)
    by = Operator(id=operator.pk, sees_contacts=False, is_admin=False)
    lifecycle.comment(item, by=by, at=NOON, text="Мастер придёт к Ивановой в кв. 12")
    (message,) = carry()
    assert message.recipient == str(mine.pk)
    body = told(place.calls[0])
    assert (body["type"], body["facts"]) == ("request.comment_added", {"author": "operator"})
    assert "Ивановой" not in place.calls[0].body.decode()


def test_internal_note_is_nobodys_event(subscribe, place, operator, make_request):
    item = make_request(status=Status.ACCEPTED)
    subscribe(operator)
    by = Operator(id=operator.pk, sees_contacts=False, is_admin=False)
    lifecycle.internal_note(item, by=by, at=NOON, text="между нами")
    assert carry() == []


def test_step_is_told_with_both_statuses_even_if_others_follow_before_the_call(
    subscribe, place, company_user, make_request
):
    subscribe(company_user, events=["request.status_changed"])
    item = make_request(status=Status.NEW)
    by = Executor(id=company_user.pk, inns=(COMPANY_INN,))
    lifecycle.move(item, Status.ACCEPTED, by=by, at=NOON)
    lifecycle.move(item, Status.IN_PROGRESS, by=by, at=NOON + timedelta(minutes=1))
    carry(at=NOON + timedelta(minutes=2))
    facts = [told(call)["facts"] for call in place.calls]
    assert [(one["before"], one["status"]) for one in facts] == [
        ("new", "accepted"),
        ("accepted", "in_progress"),
    ]
    assert {told(call)["subject"]["status"] for call in place.calls} == {"in_progress"}


@pytest.mark.parametrize(
    ("filters", "is_told"),
    [
        ({}, True),
        ({"districts": ["Заволжский"]}, False),
        ({"inns": [COMPANY_INN]}, True),
        ({"inns": [RIVAL_INN]}, False),
        ({"statuses": ["new"]}, True),
        ({"statuses": ["done"]}, False),
        ({"buildings": [2**40]}, False),
        ({"events": ["request.status_changed"]}, False),
    ],
)
def test_filters_hold(subscribe, place, operator, file, settings, filters, is_told):
    if "districts" in filters:
        filters = {"districts": [settings.CITY.districts[-1]]}
    subscribe(operator, **filters)
    file(public=True)
    assert bool(carry()) == is_told


def test_top_matter_and_leaf_both_let_their_requests_through(subscribe, operator, file, categories):
    top, _secret = subscribe(operator, events=["request.filed"])
    leaf, _secret = subscribe(operator, events=["request.filed"])
    other, _secret = subscribe(operator, events=["request.filed"])
    item = file()
    for held, slug in (
        (top, item.category.parent.slug),
        (leaf, item.category.slug),
        (other, "lift"),
    ):
        WebhookSubscription.objects.filter(pk=held.pk).update(categories=[slug])
    WebhookEvent.objects.all().delete()
    item = file(description="ещё одна")
    assert {message.recipient for message in carry()} == {str(top.pk), str(leaf.pk)}


def test_small_house_cannot_be_watched_by_strangers(
    subscribe, place, resident, operator, file, building
):
    building.flats = 1
    building.save(update_fields=["flats"])
    subscribe(resident, buildings=[building.pk])
    inner, _secret = subscribe(operator, buildings=[building.pk])
    file(public=True)
    (message,) = carry()
    assert message.recipient == str(inner.pk)


def test_small_house_is_not_named_to_strangers(subscribe, place, resident, file, building):
    building.flats = 1
    building.save(update_fields=["flats"])
    subscribe(resident)
    file(public=True)
    carry()
    subject = told(place.calls[0])["subject"]
    assert (subject["building"], subject["lat"], subject["lon"]) == (None, None, None)
    assert subject["url"] is None
    assert subject["place"] == str(building.street)


def test_nothing_is_left_where_nobody_subscribed(resident, subscribe, file):
    subscribe(resident, events=["rating.published"])
    file(public=True)
    assert not WebhookEvent.objects.exists()


def test_event_goes_with_the_change_that_was_taken_back(subscribe, operator, new_request):
    subscribe(operator)
    with pytest.raises(intake.Invalid):
        intake.file(new_request(category="nothing"), by=System(), at=NOON)
    assert not WebhookEvent.objects.exists()


def test_filing_costs_one_statement_more_whether_one_or_a_thousand_subscribe(
    subscribe, operator, file
):
    file()
    with CaptureQueriesContext(connection) as alone:
        file(description="без подписок")
    held, _secret = subscribe(operator)
    WebhookSubscription.objects.bulk_create(
        WebhookSubscription(
            owner=operator, name=str(number), url=held.url, events=held.events, created_at=NOON
        )
        for number in range(1_000)
    )
    with CaptureQueriesContext(connection) as crowded:
        file(description="тысяча подписок")
    assert len(crowded) == len(alone)
    assert WebhookEvent.objects.count() == 1
    with CaptureQueriesContext(connection) as spread:
        assert spreading.run(at=NOON) == 3
    assert Message.objects.filter(channel="webhook").count() == 1_001
    assert len(spread) < 60
    assert not WebhookEvent.objects.exists()


def test_event_that_cannot_be_read_stops_neither_the_others_nor_the_relay(
    subscribe, operator, file, monkeypatch
):
    subscribe(operator)
    bad, good = file(), file(description="вторая")
    real = spreading.subject_of

    def broken(kind):
        found = real(kind)

        def keys(pk):
            if pk == bad.pk:
                raise ZeroDivisionError
            return found.keys(pk)

        return type(found)(keys=keys, shown=found.shown, shape=found.shape)

    monkeypatch.setattr(spreading, "subject_of", broken)
    spreading.run(at=NOON)
    (message,) = Message.objects.filter(channel="webhook")
    assert message.context["subject"] == good.pk
    assert not WebhookEvent.objects.exists()
