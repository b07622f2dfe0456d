"""The owner's pages: subscribe, read the log, try, replace the secret, send again, delete."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.actors import Nobody, Resident, actor_of
from accounts.models import User
from notifications.models import Message, State, WebhookOff, WebhookSubscription
from notifications.webhooks import door, health, subscribing
from tests.conftest import NOON
from tests.notifications.webhooks.conftest import carry, is_signed

pytestmark = pytest.mark.django_db
LIST = "/accounts/webhooks/"


@pytest.fixture
def owner(client, resident) -> Client:
    client.force_login(resident)
    return client


@pytest.fixture
def held(subscribe, resident) -> WebhookSubscription:
    return subscribe(resident)[0]


def page_of(held: WebhookSubscription, deed: str = "") -> str:
    return f"{LIST}{held.pk}/{deed}"


def test_system_is_subscribed_and_its_secret_shown_once(owner, place, resident, categories):
    assert "/accounts/webhooks/new/" in owner.get(LIST).content.decode()
    assert LIST in owner.get("/accounts/profile/").content.decode()
    answer = owner.post(
        f"{LIST}new/",
        {
            "name": "Карта",
            "url": f"{place.url}/in",
            "events": ["incident.opened", "incident.ended"],
            "inns": "7301000016; 7301000023",
            "buildings": "1, 2",
        },
    )
    assert answer.status_code == 200
    (secret,) = re.findall(r"whsec_[\w=-]+", answer.content.decode())
    made = WebhookSubscription.objects.get()
    assert (made.owner, made.events) == (resident, ["incident.opened", "incident.ended"])
    assert (made.inns, made.buildings) == (["7301000016", "7301000023"], [1, 2])
    assert "whsec_" not in owner.get(page_of(made)).content.decode()
    owner.post(page_of(made, "test/"))
    carry(at=Message.objects.get().created_at)
    assert is_signed(place.calls[0], secret)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "https://127.0.0.1/"},
        {"events": []},
        {"events": ["nothing"]},
        {"inns": "семь"},
        {"buildings": "1; drop"},
        {"name": ""},
    ],
)
def test_wrong_form_says_so_beside_the_field_and_makes_nothing(owner, place, categories, wrong):
    values = {"name": "Карта", "url": f"{place.url}/", "events": ["incident.opened"], **wrong}
    answer = owner.post(f"{LIST}new/", values)
    assert answer.status_code == 422
    (field,) = wrong
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not WebhookSubscription.objects.exists()


def test_change_keeps_what_a_program_chose(owner, held, categories):
    leaf = next(slug for slug, one in categories.items() if one.parent_id)
    WebhookSubscription.objects.filter(pk=held.pk).update(categories=[leaf])
    held.refresh_from_db()
    assert f'value="{leaf}"' in owner.get(page_of(held, "edit/")).content.decode()
    values = {"name": "Новое имя", "url": held.url, "events": held.events, "categories": [leaf]}
    assert owner.post(page_of(held, "edit/"), values).status_code == 302
    held.refresh_from_db()
    assert (held.name, held.categories) == ("Новое имя", [leaf])


def test_log_shows_each_attempt_with_its_answer_escaped(owner, held, place):
    place.reply = lambda call: (500, b"<script>alert(1)</script>")
    subscribing.send_test(held, at=NOON)
    carry()
    shown = owner.get(page_of(held)).content.decode()
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert(1)" not in shown
    assert "500" in shown


def test_pages_of_the_log_are_by_key_and_a_broken_cursor_leads_to_the_first(owner, held):
    for _number in range(21):
        subscribing.send_test(held, at=NOON)
    first = owner.get(page_of(held)).content.decode()
    (older,) = re.findall(r'rel="next" href="(\?cursor=[^"]+)"', first)
    assert 'rel="next"' not in owner.get(page_of(held) + older).content.decode()
    assert owner.get(page_of(held) + "?cursor=made-up").status_code == 302


def test_page_asks_as_often_however_long_the_log(owner, held, place, django_assert_max_num_queries):
    for _number in range(20):
        subscribing.send_test(held, at=NOON)
    carry()
    with django_assert_max_num_queries(16):
        owner.get(page_of(held))


def test_secret_is_replaced_and_shown_once(owner, held):
    answer = owner.post(page_of(held, "rotate/"), {"overlap": "3600"})
    assert len(re.findall(r"whsec_[\w=-]+", answer.content.decode())) == 1
    assert held.secrets.count() == 2
    assert owner.post(page_of(held, "rotate/"), {"overlap": "17"}).status_code == 422
    assert held.secrets.count() == 2


def test_switching_off_and_on(owner, held):
    owner.post(page_of(held, "switch/"))
    held.refresh_from_db()
    assert held.off == WebhookOff.OWNER
    owner.post(page_of(held, "switch/"))
    held.refresh_from_db()
    assert held.is_on


def test_what_staff_switched_off_its_owner_cannot_switch_on(owner, held):
    health.switch_off(held, WebhookOff.STAFF, at=NOON)
    owner.post(page_of(held, "switch/"))
    held.refresh_from_db()
    assert held.off == WebhookOff.STAFF


def test_one_and_all_that_failed_are_sent_again(owner, held, place):
    place.reply = lambda call: (410, b"")
    for _number in range(2):
        subscribing.send_test(held, at=NOON)
    first, _second = carry()
    owner.post(page_of(held, f"replay/{first.pk}/"))
    assert Message.objects.filter(channel="webhook", state=State.QUEUED).count() == 1
    owner.post(page_of(held, "replay/"), {"since": "2026-01-01T00:00"})
    assert Message.objects.filter(channel="webhook", state=State.QUEUED).count() == 2
    assert owner.post(page_of(held, "replay/"), {"since": "вчера"}).status_code == 422


def test_deleting_asks_first(owner, held):
    assert owner.get(page_of(held, "delete/")).status_code == 200
    assert WebhookSubscription.objects.exists()
    assert owner.post(page_of(held, "delete/")).status_code == 302
    assert not WebhookSubscription.objects.exists()


@pytest.mark.parametrize(
    "deed", ["", "edit/", "test/", "rotate/", "switch/", "replay/", "replay/1/", "delete/"]
)
def test_strangers_webhook_looks_like_none(client, neighbour, held, deed):
    client.force_login(neighbour)
    if deed in {"", "edit/", "delete/"}:
        assert client.get(page_of(held, deed)).status_code == 404
    if deed:
        assert client.post(page_of(held, deed), {"overlap": "0"}).status_code == 404
    assert WebhookSubscription.objects.get().secrets.count() == 1
    assert not Message.objects.filter(channel="webhook").exists()


def test_staff_without_their_second_factor_are_sent_to_show_it(client, operator, held, settings):
    """A stolen password must not have the desk's news sent elsewhere."""
    WebhookSubscription.objects.update(owner=operator)
    settings.DEMO = False
    client.force_login(operator)
    for there in (LIST, f"{LIST}new/", page_of(held), page_of(held, "edit/")):
        answer = client.get(there)
        assert answer.status_code == 302, there
        assert "/2fa/" in answer["Location"]
    assert client.post(page_of(held, "test/")).status_code == 302
    assert not Message.objects.filter(channel="webhook").exists()


def test_who_acts_as_less_than_the_account_may_is_kept_out(operator, resident, company_user):
    assert door.is_open_to(operator, actor_of(operator))
    assert not door.is_open_to(operator, Resident(operator.pk))
    assert not door.is_open_to(company_user, Resident(company_user.pk))
    assert door.is_open_to(resident, Resident(resident.pk))
    resident.is_active = False
    assert not door.is_open_to(resident, Nobody())


def test_huge_number_in_the_address_is_none(owner):
    assert owner.get(f"{LIST}{10**40}/").status_code == 404


def test_admin_lists_them_without_secrets_and_switches_one_off(client, chief, held, resident):
    client.force_login(chief)
    there = "/admin/notifications/webhooksubscription/"
    shown = client.get(there).content.decode()
    assert held.name in shown
    assert resident.email not in shown
    client.post(there, {"action": "switch_off", "_selected_action": [held.pk]})
    held.refresh_from_db()
    assert held.off == WebhookOff.STAFF
    letter = Message.objects.get(event="webhook.switched_off")
    assert letter.recipient == User.objects.get(pk=resident.pk).email
