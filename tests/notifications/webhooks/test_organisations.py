"""Webhooks of an organisation: who sees them, what they tell, and that nobody takes them along."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.actors import System
from accounts.models import CompanyRepresentative, User
from notifications.models import Message, State, WebhookOff, WebhookSecret, WebhookSubscription
from notifications.webhooks import health, signing, spreading, subscribing
from requests_app import intake
from tests.city_fixtures import COMPANY_INN, RIVAL_INN
from tests.conftest import NOON
from tests.notifications.webhooks.conftest import carry, is_signed, told
from tests.notifications.webhooks.test_api import Program, wanted

pytestmark = pytest.mark.django_db
API, PAGES = "/api/v1/webhooks/", "/accounts/webhooks/"


def representative(email: str, *inns: str, **fields) -> User:
    user = User.objects.create_user(email, name="Сотрудник", **fields)
    for inn in inns:
        CompanyRepresentative.objects.create(user=user, inn=inn)
    return user


@pytest.fixture
def colleague(db) -> User:
    return representative("colleague@example.org", COMPANY_INN)


@pytest.fixture
def held(subscribe, company_user) -> WebhookSubscription:
    return subscribe(company_user)[0]


@pytest.fixture
def file(new_request):
    def make(**fields):
        return intake.file(new_request(**fields), by=System(), at=NOON).request

    return make


def program(user: User) -> Program:
    return Program(user, "webhooks:read", "webhooks:write", "cabinet:read")


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def leave(user: User) -> None:
    CompanyRepresentative.objects.filter(user=user).delete()


def test_representative_subscribes_the_organisation_not_themselves(company_user, place):
    made = program(company_user)("post", API, wanted(place)).json()
    assert made["organisation"] == COMPANY_INN
    row = WebhookSubscription.objects.get()
    assert (row.inn, row.owner) == (COMPANY_INN, None)


def test_colleagues_see_and_mend_it_and_nobody_else_does(
    held, colleague, rival, resident, operator, categories
):
    subscribing.send_test(held, at=NOON)
    (message,) = carry()
    mine = program(colleague)
    assert [row["id"] for row in mine("get", API).json()["results"]] == [held.pk]
    assert mine("get", f"{API}{held.pk}/deliveries/").json()["results"][0]["id"] == message.pk
    assert mine("patch", f"{API}{held.pk}/", {"name": "Наше"}).json()["name"] == "Наше"
    page = browser(colleague)
    assert "Наше" in page.get(PAGES).content.decode()
    shown = page.get(f"{PAGES}{held.pk}/").content.decode()
    assert COMPANY_INN in shown
    assert "whsec_" not in shown
    assert page.get(f"{PAGES}{held.pk}/edit/").status_code == 200
    for stranger in (rival, resident, operator):
        assert browser(stranger).get(f"{PAGES}{held.pk}/").status_code in {403, 404}
        assert "Наше" not in browser(stranger).get(PAGES).content.decode()
        assert not WebhookSubscription.objects.filter(owner=stranger).exists()
    assert program(rival)("get", f"{API}{held.pk}/").status_code == 404
    assert program(resident)("get", API).json()["results"] == []


def test_employee_who_leaves_takes_nothing_along(held, company_user, colleague, place, file):
    leave(company_user)
    assert browser(company_user).get(f"{PAGES}{held.pk}/").status_code == 404
    assert program(company_user)("get", f"{API}{held.pk}/").status_code in {403, 404}
    company_user.delete()
    assert browser(colleague).get(f"{PAGES}{held.pk}/").status_code == 200
    item = file(public=False)
    carry()
    assert told(place.calls[0])["subject"]["number"] == item.number


@pytest.mark.parametrize("last", ["gone", "switched off", "staff"])
def test_organisation_that_nobody_acts_for_is_told_nothing(held, company_user, place, file, last):
    file(public=True)
    spreading.run(at=NOON)
    if last == "gone":
        leave(company_user)
    else:
        wrong = {"is_active": False} if last == "switched off" else {"is_staff": True}
        User.objects.filter(pk=company_user.pk).update(**wrong)
    (message,) = carry()
    assert message.state == State.STOPPED
    file(public=True, description="ещё одна")
    assert len(carry()) == 1
    assert place.calls == []


def test_what_a_resident_subscribed_does_not_tell_the_company_they_come_to(
    subscribe, resident, place, file
):
    """It would go on telling a place of theirs, which no colleague sees."""
    mine, _secret = subscribe(resident)
    CompanyRepresentative.objects.create(user=resident, inn=COMPANY_INN)
    assert program(resident)("get", f"{API}{mine.pk}/").status_code == 200
    file(public=False)
    assert carry() == []
    file(public=True, description="на виду")
    carry()
    subject = told(place.calls[0])["subject"]
    assert (subject["number"], subject["version"]) == (None, None)


def test_who_acts_for_several_says_for_which(place, categories):
    both = representative("both@example.org", COMPANY_INN, RIVAL_INN)
    call = program(both)
    unsaid = call("post", API, wanted(place))
    assert unsaid.status_code == 400
    assert [error["field"] for error in unsaid.json()["errors"]] == ["organisation"]
    made = call("post", API, wanted(place, organisation=RIVAL_INN))
    assert made.json()["organisation"] == RIVAL_INN
    page = browser(both)
    assert RIVAL_INN in page.get(f"{PAGES}new/").content.decode()
    values = {"name": "Карта", "url": f"{place.url}/in", "events": ["incident.opened"]}
    assert page.post(f"{PAGES}new/", values).status_code == 422
    page.post(f"{PAGES}new/", {**values, "organisation": COMPANY_INN})
    assert set(WebhookSubscription.objects.values_list("inn", flat=True)) == {
        COMPANY_INN,
        RIVAL_INN,
    }


def test_webhook_of_one_organisation_tells_nothing_of_the_makers_other_one(subscribe, place, file):
    both = representative("both@example.org", COMPANY_INN, RIVAL_INN)
    wanted = subscribing.Wanted(name="Чужое", url=f"{place.url}/in", events=["request.filed"])
    subscribing.subscribe(both, wanted, at=NOON, organisation=RIVAL_INN)
    assert file(public=False).executor_inn == COMPANY_INN
    assert carry() == []


@pytest.mark.parametrize("asked", [RIVAL_INN, "0000000000"])
def test_organisation_of_others_is_refused(company_user, resident, place, asked):
    for user in (company_user, resident):
        refused = program(user)("post", API, wanted(place, organisation=asked))
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["field"] == "organisation"
    assert not WebhookSubscription.objects.exists()


def test_limit_is_the_organisations(held, colleague, place, monkeypatch):
    monkeypatch.setattr(subscribing, "MOST_OF_ACCOUNT", 1)
    refused = program(colleague)("post", API, wanted(place))
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many")
    assert not subscribing.has_room(colleague)
    assert f"{PAGES}new/" not in browser(colleague).get(PAGES).content.decode()


def test_all_who_act_for_it_get_the_letter_that_it_is_off(held, company_user, colleague):
    health.switch_off(held, WebhookOff.FAILING, at=NOON)
    letters = Message.objects.filter(event="webhook.switched_off")
    assert {letter.recipient for letter in letters} == {company_user.email, colleague.email}


def test_change_of_what_a_colleague_changed_meanwhile_is_refused(held, company_user, colleague):
    ours, theirs = program(company_user), program(colleague)
    url = f"{API}{held.pk}/"
    seen = ours("get", url)["ETag"]
    assert theirs("patch", url, {"name": "Второй"}, **{"if-match": seen}).status_code == 200
    for deed, body in (("patch", {"name": "Первый"}), ("patch", {"on": False}), ("delete", None)):
        late = ours(deed, url, body, **{"if-match": seen})
        assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    answer = ours("get", url)
    assert (answer.json()["name"], answer.json()["on"]) == ("Второй", True)
    off = ours("patch", url, {"on": False}, **{"if-match": answer["ETag"]})
    assert off.status_code == 200
    # Switching is a change as well; a call that fails is none.
    assert theirs("delete", url, **{"if-match": answer["ETag"]}).status_code == 412
    seen = theirs("get", url)["ETag"]
    health.failed(held, at=NOON)
    assert theirs("delete", url, **{"if-match": seen}).status_code == 204


@pytest.mark.parametrize("tag", ['"made-up"', 'W/"x"', '"99999"'])
def test_made_up_tag_matches_nothing(held, company_user, tag):
    refused = program(company_user)("patch", f"{API}{held.pk}/", {"name": "Х"}, **{"if-match": tag})
    assert refused.status_code == 412
    assert program(company_user)("patch", f"{API}{held.pk}/", {"name": "Х"}).status_code == 200


def test_form_opened_before_a_colleagues_change_does_not_undo_it(held, company_user, categories):
    page = browser(company_user)
    url = f"{PAGES}{held.pk}/edit/"
    assert 'name="version" value="1"' in page.get(url).content.decode()
    subscribing.change(held, subscribing.Wanted(name="Второй", url=held.url, events=held.events))
    values = {"name": "Первый", "url": held.url, "events": held.events, "version": "1"}
    late = page.post(url, values)
    assert late.status_code == 422
    held.refresh_from_db()
    assert held.name == "Второй"
    assert 'name="version" value="2"' in late.content.decode()
    assert "Первый" in late.content.decode()
    assert page.post(url, {**values, "version": "2"}).status_code == 302
    held.refresh_from_db()
    assert held.name == "Первый"


def test_webhook_is_somebodys_and_of_one_alone(held, company_user):
    for wrong in ({"inn": ""}, {"owner": company_user}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WebhookSubscription.objects.filter(pk=held.pk).update(**wrong)


def test_webhooks_made_before_go_over_with_their_secrets(subscribe, resident, place):
    """Migration 0020: a program of somebody who acts for two goes on hearing of both."""
    kept, _secret = subscribe(resident)
    both = representative("both@example.org")
    old, secret = subscribe(both)
    for inn in (COMPANY_INN, RIVAL_INN):
        CompanyRepresentative.objects.create(user=both, inn=inn)
    migration = import_module("notifications.migrations.0020_representatives_hand_webhooks_over")
    migration.hand_over(apps, None)
    rows = WebhookSubscription.objects.order_by("pk")
    assert [(row.owner, row.inn) for row in rows] == [
        (resident, ""),
        (None, min(COMPANY_INN, RIVAL_INN)),
        (None, max(COMPANY_INN, RIVAL_INN)),
    ]
    for row in rows[1:]:
        assert signing.secrets_of(row, at=NOON) == [secret]
        subscribing.send_test(row, at=NOON)
    carry()
    assert all(is_signed(call, secret) for call in place.calls)
    assert len(place.calls) == WebhookSecret.objects.count() - 1
    migration.give_back(apps, None)
    assert set(WebhookSubscription.objects.values_list("owner", "inn")) == {
        (resident.pk, ""),
        (both.pk, ""),
    }
    assert {kept.pk, old.pk} < set(rows.values_list("pk", flat=True))
